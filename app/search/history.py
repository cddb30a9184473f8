"""What a member searched for: kept to be searched for again, with a switch of its own. Clauses 1.1.2c, 1.1.2e.

Somebody without an account has the same in their own browser (`app.privacy.prefs`), and nothing here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import OPEN, Account
from app.foundation.clock import SHANGHAI
from app.foundation.database import db, transaction
from app.foundation.encryption import blind_index
from app.foundation.personal_data import Keep
from app.privacy.keeping import rows_go
from app.privacy.policy import current_policy
from app.privacy.prefs import LONGEST_TERM
from app.search.models import SearchedTerm, SearchesNotKept

rows_go("searched_terms", Keep.HISTORY, SearchedTerm, SearchedTerm.at)
WRITTEN_AGAIN_AFTER = timedelta(days=1)
"""The newest search, made again, is not written again within a day: turning a page of results costs no write."""


def most_kept(at: datetime) -> int:
    """How many searches of a member are kept at most: those that are offered for repeating."""
    return current_policy(at.astimezone(SHANGHAI).date()).manifest.limit("search.repeats_member")


def is_history_on(session: Session, account_id: int) -> bool:
    return session.get(SearchesNotKept, account_id) is None


def searches_of(session: Session, subject_id: int, at: datetime) -> Sequence[SearchedTerm]:
    """The person's last searches, newest first; the caller opens them for a purpose."""
    mine = select(SearchedTerm).where(SearchedTerm.subject_id == subject_id)
    return session.scalars(mine.order_by(SearchedTerm.at.desc(), SearchedTerm.id).limit(most_kept(at))).all()


def keep_search(account: Account, typed: str, at: datetime) -> None:
    """Keep a search as the newest one; one made before moves up. Nothing while the history is off. Safe to repeat."""
    typed = typed[:LONGEST_TERM].strip()
    key = _key_of(account.subject_id, typed)
    if not typed or _is_newest(db.session(), account.subject_id, key, at):
        return
    with transaction() as session:
        if not _is_open(session, account.id) or not is_history_on(session, account.id):
            return
        mine = select(SearchedTerm).where(SearchedTerm.subject_id == account.subject_id)
        row = session.scalar(mine.where(SearchedTerm.term_key == key))
        if row is None:
            row = SearchedTerm(subject_id=account.subject_id, term_key=key)
            session.add(row)
        row.term, row.at = typed, at
        session.flush()
        newest_first = mine.order_by(SearchedTerm.at.desc(), SearchedTerm.id).with_only_columns(SearchedTerm.id)
        if too_many := session.scalars(newest_first.offset(most_kept(at))).all():
            session.execute(delete(SearchedTerm).where(SearchedTerm.id.in_(too_many)))


def forget_search(account: Account, typed: str) -> None:
    """Delete one search. Safe to repeat."""
    _delete(SearchedTerm.subject_id == account.subject_id,
            SearchedTerm.term_key == _key_of(account.subject_id, typed))  # fmt: skip


def forget_searches(account: Account) -> None:
    """Delete all of them. Safe to repeat."""
    _delete(SearchedTerm.subject_id == account.subject_id)


def switch_history(account: Account, *, on: bool, at: datetime) -> None:
    """Switching off deletes what is kept: a history that is off is none. Safe to repeat."""
    with transaction() as session:
        if not _is_open(session, account.id):
            return
        off = session.get(SearchesNotKept, account.id)
        if on and off is not None:
            session.delete(off)
        if not on and off is None:
            session.add(SearchesNotKept(account_id=account.id, since=at))
        if not on:
            session.execute(delete(SearchedTerm).where(SearchedTerm.subject_id == account.subject_id))


def _delete(*which: object) -> None:
    with transaction() as session:
        session.execute(delete(SearchedTerm).where(*which))  # type: ignore[arg-type]


def _is_open(session: Session, account_id: int) -> bool:
    """Whether there is still somebody to keep it for; acts about one person's searches wait for each other here."""
    mine = select(Account.id).where(Account.id == account_id, Account.state == OPEN)
    return session.scalar(mine.with_for_update()) is not None


def _is_newest(session: Session, subject_id: int, key: bytes, at: datetime) -> bool:
    mine = select(SearchedTerm.term_key, SearchedTerm.at).where(SearchedTerm.subject_id == subject_id)
    newest = session.execute(mine.order_by(SearchedTerm.at.desc(), SearchedTerm.id).limit(1)).first()
    return newest is not None and newest.term_key == key and at - newest.at < WRITTEN_AGAIN_AFTER


def _key_of(subject_id: int, typed: str) -> bytes:
    """Terms that differ only in case are one; equal terms of two people have nothing in common."""
    return blind_index("searched_terms.term", f"{subject_id}/{typed.casefold()}")
