"""What becomes public, made of what a member chose: exactly that, known by one digest from preview to page. 4.3.1."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.profile import avatar_of
from app.catalog.models import Product, Sku
from app.companies.declaring import company_of
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, purpose
from app.orders.lifecycle import COMPLETED
from app.orders.models import Order, OrderLine, OrderPart
from app.testimonials.masking import masked_contacts
from app.testimonials.models import Testimonial


@dataclass(frozen=True)
class Chosen:
    """What a member wrote and ticked. `goods` are keys of products; what is not ticked stays out."""

    text: str
    language: str
    name: str = ""
    company: bool = False
    province: str = ""
    avatar: bool = False
    goods: Collection[int] = ()
    on_products: bool = False


@dataclass(frozen=True)
class Named:
    """A model that somebody bought, by its names."""

    product_id: int
    name_zh: str
    name_en: str

    def name(self, locale: str) -> str:
        return self.name_zh if locale == "zh" else self.name_en


@dataclass(frozen=True)
class PublicCopy:
    """All that is public of a testimonial. `province` is a code, `avatar` the SHA-256 of the picture; "" is nothing."""

    text: str
    language: str
    name: str = ""
    company: str = ""
    province: str = ""
    avatar: str = ""
    goods: Sequence[Named] = ()
    on_products: bool = False

    @property
    def digest(self) -> str:
        """Names the copy in evidence: what was seen, sent, checked, approved and shown is the same."""
        facts = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(facts.encode()).hexdigest()


def bought_by(session: Session, account_id: int) -> list[Named]:
    """The models in a member's completed orders, by name."""
    parts = select(OrderLine.sku_id).join(OrderPart, OrderPart.id == OrderLine.part_id)
    mine = parts.join(Order, Order.id == OrderPart.order_id).where(
        Order.account_id == account_id, Order.state == COMPLETED
    )
    found = select(Product.id, Product.name_zh, Product.name_en).where(
        Product.id.in_(select(Sku.product_id).where(Sku.id.in_(mine)))
    )
    return [Named(*row) for row in session.execute(found.order_by(Product.name_en, Product.id))]


def portrait_of(session: Session, account: Account) -> bytes | None:
    """A member's own picture; None where there is none."""
    try:
        return avatar_of(session, account)
    except (NotFound, FileNotFoundError):
        return None


def composed(session: Session, account: Account, chosen: Chosen) -> PublicCopy:
    """The copy that would be public. Of what a member does not have nothing can be chosen."""
    portrait = portrait_of(session, account) if chosen.avatar else None
    company = company_of(session, account.id) if chosen.company else None
    goods = tuple(each for each in bought_by(session, account.id) if each.product_id in chosen.goods)
    with purpose(Purpose.SERVICE):
        return PublicCopy(
            text=masked_contacts(chosen.text),
            language=chosen.language,
            name=masked_contacts(chosen.name),
            company=str(company.name) if company else "",
            province=chosen.province,
            avatar=sha256(portrait).hexdigest() if portrait else "",
            goods=goods,
            on_products=chosen.on_products and bool(goods),
        )


def copy_of(row: Testimonial) -> PublicCopy:
    """The copy as its row holds it. Raises KeyDestroyed once its author was erased."""
    with purpose(Purpose.SERVICE):
        return PublicCopy(
            text=row.text,
            language=row.language,
            name=row.name or "",
            company=row.company or "",
            province=row.province or "",
            avatar=row.avatar_digest,
            goods=tuple(Named(each.product_id, each.name_zh, each.name_en) for each in row.goods),
            on_products=row.on_products,
        )
