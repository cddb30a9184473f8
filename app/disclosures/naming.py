"""Whom a paper names: found by what stands in it, known from then on by audit reference. Clauses 4.1.1(2), 4.2.2."""

from collections.abc import Sequence

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, name_key_of
from app.accounts.numbers import NotAMobileNumber, mobile_number
from app.accounts.opening import phone_key_of
from app.foundation.errors import BusinessError
from app.orders.models import Order
from app.orders.numbers import order_number_in


class NobodyThere(BusinessError):
    """Lines that name nobody of this shop; `lines` counts from 1."""

    status = 422

    def __init__(self, lines: Sequence[int]) -> None:
        self.lines = lines

    @property
    def text(self) -> LazyString:
        return _l("Nobody is found by what stands in line %(lines)s.", lines=", ".join(map(str, self.lines)))


def people_named(session: Session, typed: Sequence[str]) -> list[int]:
    """Audit references of the people named, each once: by order number, mobile number or account name.

    Raises NobodyThere.
    """
    refs = [_one(session, text) for text in typed]
    if lines := [number for number, ref in enumerate(refs, 1) if ref is None]:
        raise NobodyThere(lines)
    return list(dict.fromkeys(ref for ref in refs if ref is not None))


def _one(session: Session, typed: str) -> int | None:
    """Whichever of the three it reads as."""
    refs = select(Account.audit_ref)
    if number := order_number_in(typed):
        return session.scalar(refs.join(Order, Order.account_id == Account.id).where(Order.number == number))
    try:
        return session.scalar(refs.where(Account.phone_index == phone_key_of(mobile_number(typed))))
    except NotAMobileNumber:
        return session.scalar(refs.where(Account.name_key == name_key_of(typed)))
