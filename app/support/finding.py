"""A guest's way back to a question without its address: number and contact together. Clauses 7.1, 7.2a."""

import hmac

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.foundation.errors import BusinessError
from app.foundation.personal_data import Purpose, purpose
from app.orders.numbers import order_number_in
from app.support.asking import number_in
from app.support.models import Ticket
from app.support.queries import ticket_by_number


class NoSuchTicket(BusinessError):
    """There is none, it has another contact, or it is a member's, who signs in: all look the same."""

    message = _l("No question has this number with this contact. Please check both, or call us.")
    status = 422


def ticket_of_guest(session: Session, number: str, contact: str) -> Ticket:
    """The question of whoever knows its number and the contact left with it. Raises NoSuchTicket."""
    digits = order_number_in(number.strip().upper().removeprefix("W"))
    found = session.scalars(ticket_by_number(f"W{digits}")).first() if digits else None
    if found is None or found.account_id is not None:
        raise NoSuchTicket
    with purpose(Purpose.SERVICE):
        left = _plain(found.contact or "")
    if not left or not hmac.compare_digest(left.encode(), _plain(contact).encode()):
        raise NoSuchTicket
    return found


def _plain(contact: str) -> str:
    """A number as E.164 and anything else without case and spaces, so that people need not type it the same way."""
    return number_in(contact) or "".join(contact.lower().split())
