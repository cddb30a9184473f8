"""Applications to close, and people with something in every corner of the shop."""

from typing import Any

from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.people import person_of
from app.foundation.clock import application_clock, now
from app.foundation.database import db
from app.privacy.closing import apply_to_close, approve
from app.privacy.closures import Closure
from app.privacy.erasing import carry_on_all

REVIEWER = 7


def applied(account: Account) -> Closure:
    return apply_to_close(person_of(account), now())


def erased(account: Account) -> Closure:
    """The application of somebody whose closure was approved and carried out to its end, the SMS service being away."""
    closure = applied(account)
    approve(closure.id, REVIEWER, now())
    carry_on_all()
    application_clock.travel(minutes=11)
    carry_on_all()
    return fresh(closure)


def fresh(closure: Closure) -> Closure:
    return db.session.get_one(Closure, closure.id, populate_existing=True)


def all_of(model: Any) -> list[Any]:
    return list(db.session.scalars(select(model)))
