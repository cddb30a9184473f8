"""Search terms are counted: each once a day for a browser, and only told where several searched for it. Clause 1.1.2d.

How a term counts. A page of results carries a small image, where the browser may be counted, the term may be
(scrubbing.py), and the browser's `prefs` do not say that it was counted today. The image's request is what counts:

1. A browser whose `prefs` bear no mark of today gets one that is still empty, and is sent once to the same address.
2. It comes back with the mark: the term is tallied, and its bit set in the mark. Without one it keeps no cookies, and
   nothing is counted, however often it searches. So the page itself sets no cookie and writes nothing.
3. The mark has 64 bits and each term of a day and language has one of them; the next page for the same term carries no
   image. Two terms of one browser that share a bit count as one: figures err to the low side, by one search in 64 at
   the second term of a day, and one browser can never put more than 64 counts into a day.

Two images of one browser that load at the same instant each bring back the mark without the other's bit: a term that
is searched for again that day may then count once more. Somebody who keeps five cookie jars is five browsers.

A mark is settings, not an identifier: browsers that searched for the same terms on the same day have the same one.
Counting at the image and not at the next page has a reason: from a page of results people open several machines at
once, all with one and the same cookie, and one browser would count as five.

When the day is over, terms of enough browsers go to the counting house, and the tally of the day is deleted.
"""

from datetime import date, datetime, timedelta
from hashlib import blake2b

from sqlalchemy import Table, delete, inspect, select
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.foundation.database import insert_into, transaction
from app.measurement.duties import TERM_FLOOR, Searched, tell_terms
from app.privacy.prefs import CountedTerms
from app.search.models import SearchTally

CLOSES_AFTER = timedelta(minutes=5)
"""A day is told so long after its end, when no request that began in it is still under way."""

_TALLIES: Table = inspect(SearchTally).local_table


def has_mark_of(day: date, counted: CountedTerms) -> bool:
    """Whether the browser kept what it was given today."""
    return counted.day == day.toordinal()


def empty_mark(day: date) -> CountedTerms:
    return CountedTerms(day.toordinal(), 0)


def is_counted(term: str, language: str, day: date, counted: CountedTerms) -> bool:
    """Whether this browser was counted for the term on this day already."""
    return has_mark_of(day, counted) and bool(counted.mark & _bit(term, language, day))


def with_counted(term: str, language: str, day: date, counted: CountedTerms) -> CountedTerms:
    before = counted.mark if has_mark_of(day, counted) else 0
    return CountedTerms(day.toordinal(), before | _bit(term, language, day))


def _bit(term: str, language: str, day: date) -> int:
    digest = blake2b(f"{day.toordinal()}/{language}/{term}".encode(), digest_size=8).digest()
    return 1 << int.from_bytes(digest) % 64


def tally(term: str, language: str, day: date, *, found: bool) -> None:
    """One more browser that searched for a term. Whether anything was found is the last one's word."""
    with transaction() as session:
        row = insert_into(session, _TALLIES).values(day=day, language=language, term=term, browsers=1, found=found)
        one_more = {"browsers": _TALLIES.c.browsers + 1, "found": row.excluded.found}
        session.execute(row.on_conflict_do_update(index_elements=["day", "language", "term"], set_=one_more))


def close_days(session: Session, at: datetime) -> None:
    """Tell every day that is over, then forget it. Safe to repeat and to stop at any instant.

    Told first: a worker that dies in between tells the same again. A tally below the floor is told to nobody.
    """
    open_day = (at - CLOSES_AFTER).astimezone(SHANGHAI).date()
    over = select(SearchTally.day).where(SearchTally.day < open_day).distinct().order_by(SearchTally.day)
    for day in session.scalars(over).all():
        enough = select(SearchTally).where(SearchTally.day == day, SearchTally.browsers >= TERM_FLOOR)
        rows = session.scalars(enough.order_by(SearchTally.language, SearchTally.term)).all()
        tell_terms(day, [Searched(row.language, row.term, row.browsers, row.found) for row in rows])
        with transaction(session):
            session.execute(delete(SearchTally).where(SearchTally.day == day))
