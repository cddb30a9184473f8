"""Keeping an address book. The owner check stands in `address_of`, once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.checkout.models import Address
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound

MOST_ADDRESSES = 20

_MINE = Address.account_id == bindparam("account")
_BOOK = select(Address).where(_MINE).order_by(Address.is_default.desc(), Address.changed_at.desc(), Address.id)
_OWN = select(Address).where(Address.id == bindparam("address"), _MINE)


class AddressBookFull(BusinessError):
    """Another address does not go in."""

    message = _l("The address book holds 20 addresses. Please delete or edit one.")


@dataclass(frozen=True)
class Consignee:
    """Exactly the four fields an order needs (1.1.3b). `mobile` is E.164."""

    warehouse: str
    consignee: str
    address: str
    mobile: str

    def block(self) -> dict[str, str]:
        """As it is sealed."""
        return asdict(self)


def addresses_of(session: Session, account_id: int) -> Sequence[Address]:
    """The default one first, then the last changed."""
    return session.scalars(_BOOK, {"account": account_id}).all()


def address_of(session: Session, account_id: int, address_id: int) -> Address:
    """One's own address. Raises NotFound for anybody else's alike."""
    found = session.scalars(_OWN, {"address": address_id, "account": account_id}).first()
    if found is None:
        raise NotFound
    return found


def add_address(account_id: int, subject_id: int, consignee: Consignee, at: datetime) -> Address:
    """Put an address into the book; the first one is the default. Raises AddressBookFull."""
    with transaction() as session:
        present = addresses_of(session, account_id)
        if len(present) >= MOST_ADDRESSES:
            raise AddressBookFull
        address = Address(
            account_id=account_id,
            subject_id=subject_id,
            consignee=consignee.block(),
            is_default=not present,
            changed_at=at,
        )
        session.add(address)
    return address


def edit_address(account_id: int, address_id: int, consignee: Consignee, at: datetime) -> None:
    """Raises NotFound."""
    with transaction() as session:
        address = address_of(session, account_id, address_id)
        address.consignee = consignee.block()
        address.changed_at = at


def remove_address(account_id: int, address_id: int) -> None:
    """Delete an address; another becomes the default where it was it. Raises NotFound."""
    with transaction() as session:
        address = address_of(session, account_id, address_id)
        session.delete(address)
        session.flush()
        rest = addresses_of(session, account_id)
        if rest and not rest[0].is_default:
            rest[0].is_default = True


def make_default(account_id: int, address_id: int) -> None:
    """Offer this address first from now on. Raises NotFound."""
    with transaction() as session:
        address = address_of(session, account_id, address_id)
        session.execute(update(Address).where(Address.account_id == account_id).values(is_default=False))
        address.is_default = True
