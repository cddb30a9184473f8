"""Principals with their goods, and campaigns. Nothing here is about a visitor or an order."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import UtcDateTime, db

DRAFT, PUBLISHED, ENDED = "draft", "published", "ended"
HOME, LISTING, PRODUCT = "home", "listing", "product"
SLOTS = (HOME, LISTING, PRODUCT)
BRAND, MODEL = "brand", "product"


class Bilingual:
    """Something with a name in both languages of the shop."""

    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))

    def name(self, locale: str) -> str:
        """The name for `zh` or `en`."""
        return self.name_zh if locale == "zh" else self.name_en


class Principal(Bilingual, db.Model):
    """Who pays for campaigns. The link to the figures is signed over `link_version` and good until `link_until`."""

    __tablename__ = "principals"
    __personal__ = False
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    link_version: Mapped[int] = mapped_column(Integer, default=0)
    link_until: Mapped[date | None] = mapped_column(Date)

    goods: Mapped[list["PrincipalGoods"]] = relationship(
        cascade="all, delete-orphan", order_by="PrincipalGoods.kind, PrincipalGoods.code", lazy="selectin"
    )

    def codes(self, kind: str) -> list[str]:
        """Brand codes or product slugs that count as this principal's goods."""
        return [goods.code for goods in self.goods if goods.kind == kind]


class PrincipalGoods(db.Model):
    """A brand (its code) or a product (its slug) whose sale is a purchase of the principal's goods."""

    __tablename__ = "principal_goods"
    __personal__ = False

    principal_id: Mapped[int] = mapped_column(ForeignKey("principals.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    code: Mapped[str] = mapped_column(String(80), primary_key=True)


class Campaign(Bilingual, db.Model):
    """One advertisement. Its id is the number that tickets, cookies and counters know; it is never given again."""

    __tablename__ = "campaigns"
    __personal__ = False
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="period"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("principals.id"), index=True)
    text_zh: Mapped[str] = mapped_column(String(80))
    text_en: Mapped[str] = mapped_column(String(120))
    target: Mapped[str] = mapped_column(String(200))
    """A page of the shop, without language: `/products/s21-pro`."""
    on_home: Mapped[bool] = mapped_column(Boolean, default=False)
    on_listing: Mapped[bool] = mapped_column(Boolean, default=False)
    on_product: Mapped[bool] = mapped_column(Boolean, default=False)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    holds_back: Mapped[bool] = mapped_column(Boolean, default=True)
    """Whether it is withheld from one in ten of those who allowed counting, to learn what happens without it."""
    state: Mapped[str] = mapped_column(String(10), default=DRAFT, index=True)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    principal: Mapped[Principal] = relationship(lazy="joined", innerjoin=True)

    @property
    def slots(self) -> list[str]:
        chosen = {HOME: self.on_home, LISTING: self.on_listing, PRODUCT: self.on_product}
        return [slot for slot in SLOTS if chosen[slot]]

    @property
    def is_draft(self) -> bool:
        return self.state == DRAFT

    def stands_on(self, day: date) -> str:
        """`draft`, `planned`, `running` or `ended` on a business day."""
        if self.state != PUBLISHED:
            return self.state
        return "planned" if day < self.starts_on else "running" if day <= self.ends_on else ENDED


class Offer(NamedTuple):
    """A running campaign, as far as a page shows it."""

    id: int
    principal_id: int
    target: str
    text_zh: str
    text_en: str
    principal_zh: str
    principal_en: str
    starts_on: date
    holds_back: bool

    def text(self, locale: str) -> str:
        return self.text_zh if locale == "zh" else self.text_en

    def principal(self, locale: str) -> str:
        return self.principal_zh if locale == "zh" else self.principal_en
