"""A testimonial: what is public of it and nothing besides, sealed under its author's key like all that is theirs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.testimonials.states import MARKS, MOVES, PUBLISHED, SENT, STATES


class Testimonial(PersonalData, IdMixin, db.Model):
    """What a member chose to have published. An item that was not chosen is not here. It never changes once sent."""

    __tablename__ = "testimonials"
    __table_args__ = (Index(None, "state", "published_at"), Index(None, "state", "sent_at"), Index(None, "sent_at"))

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("accounts.id"), index=True, info=impersonal("the member whose words they are")
    )
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key it is sealed"))
    audit_ref: Mapped[int] = mapped_column(Id, info=impersonal("random reference of the member"))
    key: Mapped[str] = mapped_column(String(24), unique=True, info=impersonal("its random address"))
    language: Mapped[str] = mapped_column(String(5), info=impersonal("language in which it is written"))
    state: Mapped[str] = mapped_column(String(10), default=SENT, info=impersonal("code from a closed list"))
    on_products: Mapped[bool] = mapped_column(
        default=False, info=impersonal("whether it stands on the pages of the goods as well")
    )
    digest: Mapped[str] = mapped_column(String(64), info=impersonal("SHA-256 of all that is public of it"))
    avatar_digest: Mapped[str] = mapped_column(String(64), default="", info=impersonal("SHA-256 of the picture"))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("when it came"))
    checked_by: Mapped[int | None] = mapped_column(Id, info=impersonal("audit reference of who read it first"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    decided_by: Mapped[int | None] = mapped_column(Id, info=impersonal("audit reference of who decided last"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when it became public"))
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when it was last reported"))
    reports: Mapped[int] = mapped_column(Integer, default=0, info=impersonal("how often it was reported"))
    text = personal(
        clause="4.3.1", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED, required=True,
        why=N_("your words, published because you ask for it"),
    )  # fmt: skip
    name = personal(
        clause="4.3.1", kind=Kind.NAME, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED,
        why=N_("the name that you want to stand beside your words"),
    )  # fmt: skip
    company = personal(
        clause="4.3.1", kind=Kind.COMPANY, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED,
        why=N_("your company's name, if you want it to stand beside your words"),
    )  # fmt: skip
    province = personal(
        clause="4.3.1", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED,
        why=N_("your province, if you want it to stand beside your words"),
    )  # fmt: skip
    avatar = personal(
        clause="4.3.1", kind=Kind.SECRET, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED,
        why=N_("a copy of your picture, if you want it to stand beside your words"),
    )  # fmt: skip
    reason = personal(
        clause="4.3", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED,
        why=N_("what we decided about your words, and why"),
    )  # fmt: skip
    goods: Mapped[list["TestimonialGoods"]] = relationship(
        order_by="TestimonialGoods.position", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def is_public(self) -> bool:
        return self.state == PUBLISHED

    @property
    def state_text(self) -> str:
        return str(STATES[self.state])

    @property
    def mark(self) -> str:
        return MARKS[self.state]

    def may(self, move: str) -> bool:
        return self.state in MOVES[move]


class TestimonialGoods(IdMixin, db.Model):
    """A model that the author bought and chose to name: its name as it was then, nothing of the order."""

    __tablename__ = "testimonial_goods"
    __personal__ = False
    __table_args__ = (UniqueConstraint("testimonial_id", "position"),)

    testimonial_id: Mapped[int] = mapped_column(Id, ForeignKey("testimonials.id"))
    position: Mapped[int] = mapped_column(Integer)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
