"""Which version a person runs under: the one they last accepted, moved on by what takes nothing from them. Clause 6.1a.

A reduction applies to nobody who has not accepted it: their deadlines and keeping times stay those of the version
before, and the shop serves them as ever. Whatever binds us towards one account is asked here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.privacy.acceptance import PolicyAcceptance
from app.privacy.comparing import REDUCTION, class_of, compare_versions
from app.privacy.manifest import Manifest
from app.privacy.policy import current_policy, versions
from app.privacy.texts import FOLDERS, POLICY, Version


@dataclass(frozen=True)
class Standing:
    """Of one document: the version that a person runs under, the newest there is, and whether it waits for them."""

    running: Version
    newest: Version
    needs_agreement: bool


def standing_of(session: Session, account_ref: int, on: date) -> list[Standing]:
    """How a person stands to each document."""
    mine = select(PolicyAcceptance.document, PolicyAcceptance.version).where(
        PolicyAcceptance.account_ref == account_ref
    )
    accepted = session.execute(mine).all()
    return [_standing(document, [row.version for row in accepted if row.document == document], on)
            for document in FOLDERS]  # fmt: skip


def _standing(document: str, accepted: list[str], on: date) -> Standing:
    running, newest = running_under(accepted, on, document), versions(document)[-1]
    return Standing(running, newest, newest.version not in accepted and reduces(running, newest))


def version_for(session: Session, account_ref: int, on: date, document: str = POLICY) -> Version:
    """The version that a person runs under on a day; somebody who never agreed to any: the one in force."""
    mine = select(PolicyAcceptance.version).where(
        PolicyAcceptance.account_ref == account_ref, PolicyAcceptance.document == document
    )
    return running_under(set(session.scalars(mine)), on, document)


def manifest_for(session: Session, account_ref: int, on: date) -> Manifest:
    """The promises of the policy towards one person: every deadline and keeping time of theirs is read from it."""
    return version_for(session, account_ref, on).manifest


def deadline_for(session: Session, account_ref: int, name: str, on: date) -> timedelta:
    """A time that binds us towards one person, such as `closure.decision`. Raises UnknownPromise."""
    return manifest_for(session, account_ref, on).deadline(name)


def running_under(accepted: Iterable[str], on: date, document: str = POLICY) -> Version:
    """From the newest accepted version on, every later one in force that reduces nothing of what holds by then."""
    known, current = versions(document), current_policy(on, document)
    agreed = [number for number, version in enumerate(known) if version.version in set(accepted)]
    if not agreed:
        return current
    running = known[agreed[-1]]
    for later in known[agreed[-1] + 1 :]:
        if later.effective <= on and not reduces(running, later):
            running = later
    return running


@lru_cache(maxsize=64)
def reduces(old: Version, new: Version) -> bool:
    """Whether the newer version takes something from who runs under the older."""
    return class_of(compare_versions(old, new)) is REDUCTION
