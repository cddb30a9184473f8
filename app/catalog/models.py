"""Brands, categories, products and their SKUs. Catalogue tables say nothing about anybody.

A product is one model and has one page. Its SKUs are what can be bought: the hashrate variants, and apart from each
other new and used, spot and futures. A NULL fact is an unknown fact.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog import units
from app.catalog.futures import FuturesTerms
from app.catalog.vocabulary import FUTURES, MACHINE, NEW, ON_REQUEST, OUT, SERVICE, SPOT
from app.foundation.database import UtcDateTime, db
from app.foundation.money import Money, MoneyType

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"
ALGORITHM, COIN, PART_TYPE, SERVICE_TYPE = "algorithm", "coin", "part", "service"


class Bilingual:
    """Something with a name in both languages of the shop."""

    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))

    def name(self, locale: str) -> str:
        """The name for `zh` or `en`."""
        return self.name_zh if locale == "zh" else self.name_en


class Brand(Bilingual, db.Model):
    """A maker. Aliases are what people type for it, one a line: 蚂蚁 is Antminer is Bitmain."""

    __tablename__ = "brands"
    __personal__ = False

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    aliases: Mapped[str] = mapped_column(Text, default="")


class Category(Bilingual, db.Model):
    """An algorithm, a coin, a kind of part or a kind of service. Only an algorithm has a unit of hashrate."""

    __tablename__ = "categories"
    __personal__ = False

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    position: Mapped[int] = mapped_column(Integer, default=1000)
    unit: Mapped[str | None] = mapped_column(String(8))
    aliases: Mapped[str] = mapped_column(Text, default="")


product_coins = Table(
    "product_coins",
    db.metadata,
    Column("product_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
    Column("category_id", ForeignKey("categories.id"), primary_key=True),
    info={"personal": False},
)


class Product(Bilingual, db.Model):
    """One model and its page. The slug is the same in both languages and never changes once published."""

    __tablename__ = "products"
    __personal__ = False
    __table_args__ = (Index(None, "state", "kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(10), default=MACHINE)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), index=True)
    model: Mapped[str] = mapped_column(String(60))
    about_zh: Mapped[str] = mapped_column(Text, default="")
    about_en: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    brand: Mapped[Brand] = relationship(lazy="joined", innerjoin=True)
    category: Mapped[Category] = relationship(lazy="joined", innerjoin=True)
    coins: Mapped[list[Category]] = relationship(secondary=product_coins, order_by=Category.position, lazy="selectin")
    skus: Mapped[list["Sku"]] = relationship(
        back_populates="product", order_by="Sku.hashrate.desc(), Sku.id", lazy="selectin"
    )

    @property
    def is_published(self) -> bool:
        return self.state == PUBLISHED

    @property
    def needs_no_parcel(self) -> bool:
        """A service is done, not sent: it has no stock, no weight and no freight."""
        return self.kind == SERVICE

    def about(self, locale: str) -> str:
        return self.about_zh if locale == "zh" else self.about_en


class Sku(db.Model):
    """What a buyer puts into the cart. Figures are integers in base units; `hashrate_unit` is for show."""

    __tablename__ = "skus"
    __personal__ = False
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    code: Mapped[str] = mapped_column(String(120))
    label_zh: Mapped[str] = mapped_column(String(80), default="")
    label_en: Mapped[str] = mapped_column(String(80), default="")

    hashrate: Mapped[int | None] = mapped_column(BigInteger)
    hashrate_unit: Mapped[str | None] = mapped_column(String(8))
    power_mw: Mapped[int | None] = mapped_column(BigInteger)
    efficiency_fj: Mapped[int | None] = mapped_column(BigInteger)
    noise_low_db: Mapped[int | None] = mapped_column(Integer)
    noise_high_db: Mapped[int | None] = mapped_column(Integer)
    cooling: Mapped[str | None] = mapped_column(String(10))
    voltage: Mapped[str | None] = mapped_column(String(40))
    interface: Mapped[str | None] = mapped_column(String(40))
    weight_g: Mapped[int | None] = mapped_column(Integer)
    size_mm: Mapped[str | None] = mapped_column(String(24))
    released: Mapped[str | None] = mapped_column(String(7))
    psu_included: Mapped[bool | None] = mapped_column(Boolean)
    list_price_usd_cents: Mapped[int | None] = mapped_column(Integer)
    notes: Mapped[str | None] = mapped_column(Text)

    condition: Mapped[str] = mapped_column(String(5), default=NEW)
    warranty_months: Mapped[int | None] = mapped_column(Integer)
    price: Mapped[Money | None] = mapped_column(MoneyType)
    moq: Mapped[int] = mapped_column(Integer, default=1)
    delivery: Mapped[str] = mapped_column(String(8), default=SPOT)
    delivery_month: Mapped[str | None] = mapped_column(String(7))
    futures_terms_id: Mapped[int | None] = mapped_column(ForeignKey("futures_terms.id"))
    available: Mapped[bool] = mapped_column(Boolean, default=False)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)

    product: Mapped[Product] = relationship(back_populates="skus", lazy="joined", innerjoin=True)
    futures_terms: Mapped[FuturesTerms | None] = relationship()

    @property
    def is_on_sale(self) -> bool:
        """Shown to shoppers with a price; whether any are left is another question."""
        return self.product.is_published and not self.withdrawn and self.price is not None

    @property
    def delivery_state(self) -> str:
        """`spot`, `futures`, `on-request` without a price, or `out` where none is left."""
        return ON_REQUEST if self.price is None else self.delivery if self.available else OUT

    @property
    def is_futures(self) -> bool:
        return self.delivery == FUTURES

    @property
    def hashrate_text(self) -> str | None:
        """`110 TH/s`, as its maker writes it."""
        return str(units.Hashrate(self.hashrate, self.hashrate_unit)) if self.hashrate and self.hashrate_unit else None

    def label(self, locale: str) -> str:
        """What tells this SKU from the others of its product: its own label, else its hashrate."""
        return (self.label_zh if locale == "zh" else self.label_en) or self.hashrate_text or ""

    def full_name(self, locale: str) -> str:
        """Product and variant, as a cart or order line names it."""
        return " ".join(filter(None, (self.product.name(locale), self.label(locale))))


class SkuPrice(db.Model):
    """A price a SKU had from a moment on. Appended, never changed; the newest equals `Sku.price`."""

    __tablename__ = "sku_prices"
    __personal__ = False
    __table_args__ = (Index(None, "since"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("skus.id"), index=True)
    price: Mapped[Money | None] = mapped_column(MoneyType)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(200), default="")
