"""People as closing and erasing know them; accounts, which stand above this slice, hand in who keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.notifications.notifying import Addressee


@dataclass(frozen=True)
class Person:
    """One account by the three numbers under which it is known, and how its owner is reached."""

    account_id: int
    subject_id: int
    audit_ref: int
    language: str
    number: str | None

    @property
    def addressee(self) -> Addressee:
        return Addressee(self.subject_id, self.language, self.number, self.account_id, self.audit_ref)


class People(Protocol):
    """What the slice of accounts does for this one."""

    def of_account(self, session: Session, account_id: int) -> Person | None:
        """The person behind an account, if it is still there."""

    def with_refs(self, session: Session, audit_refs: Sequence[int]) -> list[Person]:
        """Those of these audit references whose account is still there."""

    def refs(self) -> Select[int]:
        """The audit references of all accounts that are there."""

    def ref_of_subject(self, session: Session, subject_id: int) -> int | None:
        """The audit reference of the person whose data key this is; None where no account has it."""

    def shut(self, session: Session, account_id: int) -> None:
        """From the next request on nobody uses this account: sessions end, signing in is refused."""


def keep_people(app: Flask, people: People) -> None:
    app.extensions["people"] = people


def people() -> People:
    """Whoever keeps people in the running application."""
    kept: People = current_app.extensions["people"]
    return kept
