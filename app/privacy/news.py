"""What people are told of new versions on the pages. Clauses 6.1b, 6.2.

From publication to effect everybody is told on every page. Who has an account is told until they say that they have
seen it, of a reduction until they agree or choose to keep the terms of before. Nothing is withheld from them meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import current_app
from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from app.privacy.acceptance import PolicyAcceptance
from app.privacy.acknowledging import PolicyAcknowledgement
from app.privacy.agreed_terms import reduces, running_under
from app.privacy.comparing import FIRST, REDUCTION, WORDING
from app.privacy.policy import policy_version
from app.privacy.publications import Published, known_publications
from app.privacy.texts import Version

_MOST_SETTLED = 20_000


@dataclass(frozen=True)
class News:
    """A version that somebody has to hear of. `weight`: wording, major or reduction."""

    version: Version
    weight: str
    in_force: bool

    @property
    def fills_the_page(self) -> bool:
        """Major changes are told by a hint over the whole first screen."""
        return self.weight != WORDING.code

    @property
    def needs_agreement(self) -> bool:
        return self.weight == REDUCTION.code


class SettledReaders:
    """Who has heard of everything there is, so that their pages ask no store. Forgotten with every publication."""

    def __init__(self) -> None:
        self._of: tuple[Published, ...] = ()
        self._people: set[int] = set()

    def has(self, account_ref: int, known: tuple[Published, ...]) -> bool:
        return self._of is known and account_ref in self._people

    def add(self, account_ref: int, known: tuple[Published, ...]) -> None:
        if self._of is not known or len(self._people) >= _MOST_SETTLED:
            self._of, self._people = known, set()
        self._people.add(account_ref)


def news_for_everybody(on: date) -> list[News]:
    """Versions that are published and not yet in force."""
    return [_news(row, on) for row in known_publications().now() if row.by_two_people and row.effective > on]


def news_for(session: Session, account_ref: int, on: date) -> list[News]:
    """What a person has neither agreed to nor acknowledged, of the versions after the one they agreed to last; the
    newest of each document.
    """
    known, settled = known_publications().now(), current_app.extensions["settled_readers"]
    if all(row.change_class == FIRST for row in known) or settled.has(account_ref, known):
        return []
    accepted, seen = _answers(session, account_ref)
    waiting = [row for row in _newest(known) if _is_news(row, known, accepted, seen)]
    if not waiting:
        settled.add(account_ref, known)
    return [_weighed(_news(row, on), accepted, on) for row in waiting]


def _is_news(
    row: Published,
    known: Sequence[Published],
    accepted: set[tuple[str, str]],
    seen: set[tuple[str, str]],
) -> bool:
    """Founding versions are news to those alone who agreed to an earlier one."""
    name, agreed_to_some = (row.document, row.version), any(document == row.document for document, _ in accepted)
    return name not in accepted | seen and row.change_class != FIRST and (row.by_two_people or agreed_to_some)


def _weighed(news: News, accepted: set[tuple[str, str]], on: date) -> News:
    """As heavy as it is for this person, who may still run under an earlier version than the last one."""
    document = news.version.document
    mine = running_under([version for name, version in accepted if name == document], on, document)
    return replace(news, weight=REDUCTION.code) if reduces(mine, news.version) else news


def _newest(known: Sequence[Published]) -> list[Published]:
    return list({row.document: row for row in known}.values())


def _answers(session: Session, account_ref: int) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(document, version) of what the person agreed to, and of what they acknowledged; one query."""
    agreed, seen = (
        select(literal(name), model.document, model.version).where(model.account_ref == account_ref)
        for name, model in (("agreed", PolicyAcceptance), ("seen", PolicyAcknowledgement))
    )
    rows = session.execute(union_all(agreed, seen)).all()
    found: tuple[set[tuple[str, str]], set[tuple[str, str]]] = (set(), set())
    for kind, document, version in rows:
        found[kind == "seen"].add((document, version))
    return found


def _news(row: Published, on: date) -> News:
    return News(policy_version(row.version, row.document), row.change_class, row.effective <= on)
