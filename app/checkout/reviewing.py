"""What the review page shows: the cart as it would be ordered now, to the address that was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.cart.contents import CartItem, Contents, contents_of
from app.cart.holding import MemberCart
from app.checkout.addresses import addresses_of
from app.checkout.models import Address
from app.checkout.quoting import Quote, planned, quote
from app.foundation.personal_data import Purpose, purpose
from app.shipping.provinces import Province, province_in


@dataclass(frozen=True)
class Review:
    """The offer, and what it rests on. Without an address there is nothing to offer yet."""

    contents: Contents
    addresses: Sequence[Address]
    address: Address | None
    province: Province | None
    offer: Quote | None

    @property
    def changed(self) -> list[CartItem]:
        """Lines whose price is another than when they were put into the cart."""
        return [item for item in self.contents.available if item.price_has_changed]

    @property
    def left_out(self) -> list[CartItem]:
        """Lines that cannot be bought now; they stay in the cart."""
        return [item for item in self.contents.items if item.is_unavailable]


def review(session: Session, account_id: int, address_id: int | None) -> Review:
    """The cart as it would be ordered now, to one's own address `address_id`, else to the default one."""
    contents = contents_of(session, MemberCart(session, account_id).lines())
    addresses = addresses_of(session, account_id)
    address = next((each for each in addresses if each.id == address_id), addresses[0] if addresses else None)
    if address is None or not contents.can_be_ordered:
        return Review(contents, addresses, address, None, None)
    with purpose(Purpose.SERVICE):
        province = province_in(address.consignee["address"])
    return Review(contents, addresses, address, province, quote(contents, planned(contents), province))
