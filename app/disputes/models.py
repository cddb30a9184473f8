"""A dispute, its other side, what the two write, and the links by which the other side opens it.

What the member wrote and chose is sealed under the member's key; whatever comes from the other side, and its name and
number, under a key of its own that goes with the case.
"""

from datetime import datetime

from flask_babel import LazyString
from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.disputes.lifecycle import DRAFT, LIVE, MARKS, MOVES, OPEN, OUTCOMES, STATES
from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.orders.numbers import in_groups

FOR_SERVICE = frozenset({Purpose.SERVICE})


class Dispute(PersonalData, IdMixin, db.Model):
    """One dispute of a member with somebody outside. `shown` is exactly what the other side may see of it."""

    __tablename__ = "disputes"
    __table_args__ = (Index(None, "state", "sent_at"), Index(None, "account_id", "begun_at"))

    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the data key"))
    account_id: Mapped[int] = mapped_column(Id, info=impersonal("the member"))
    audit_ref: Mapped[int] = mapped_column(Id, info=impersonal("random reference of the member"))
    number: Mapped[str] = mapped_column(String(12), unique=True, info=impersonal("random number to name"))
    state: Mapped[str] = mapped_column(String(9), default=DRAFT, info=impersonal("where it stands"))
    about_kind: Mapped[str] = mapped_column(String(6), info=impersonal("order, ticket or case"))
    about: Mapped[str] = mapped_column(String(24), info=impersonal("number of what it is about"))
    items: Mapped[list[str]] = mapped_column(JSON, info=impersonal("codes of what was chosen"))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    undertaking: Mapped[str] = mapped_column(String(64), info=impersonal("digest of what the member signed"))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True, info=impersonal("a moment"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True, info=impersonal("a moment"))
    outcome: Mapped[str | None] = mapped_column(String(10), info=impersonal("code from a closed list"))
    contact_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, info=impersonal("when the member agreed that contacts are exchanged")
    )
    statement = personal(
        clause="4.1.1(5)", kind=Kind.TEXT, purposes=FOR_SERVICE, keep=Keep.TICKETS, required=True,
        why=N_("your account of a dispute, for the other side and for us"),
    )  # fmt: skip
    shown = personal(
        clause="4.1.1(5)", kind=Kind.TEXT, purposes=FOR_SERVICE, keep=Keep.TICKETS, required=True, json_value=True,
        why=N_("what you chose item by item for the other side of a dispute to see"),
    )  # fmt: skip
    pictures = personal(
        clause="4.1.1(5)", kind=Kind.SECRET, purposes=FOR_SERVICE, keep=Keep.TICKETS, json_value=True,
        why=N_("copies of the photographs that you chose for the other side of a dispute to see"),
    )  # fmt: skip
    finding = personal(
        clause="4.1.1(5)", kind=Kind.TEXT, purposes=FOR_SERVICE, keep=Keep.TICKETS,
        why=N_("what we think of a dispute, or why we did not take it on"),
    )  # fmt: skip
    contact = personal(
        clause="4.1.1(5)", kind=Kind.CONTACT, purposes=FOR_SERVICE, keep=Keep.TICKETS,
        why=N_("how the other side of a dispute reaches you, once both sides have agreed"),
    )  # fmt: skip

    side: Mapped["DisputeSide"] = relationship(lazy="selectin", cascade="all, delete-orphan")
    entries: Mapped[list["DisputeEntry"]] = relationship(
        order_by="DisputeEntry.at, DisputeEntry.id", cascade="all, delete-orphan"
    )
    links: Mapped[list["DisputeLink"]] = relationship(
        order_by="DisputeLink.made_at.desc()", cascade="all, delete-orphan"
    )

    @property
    def state_text(self) -> LazyString:
        return STATES[self.state]

    @property
    def mark(self) -> str:
        return MARKS[self.state]

    @property
    def outcome_text(self) -> LazyString | None:
        return OUTCOMES[self.outcome] if self.outcome else None

    @property
    def spoken_number(self) -> str:
        return in_groups(self.number)

    @property
    def picture_codes(self) -> list[str]:
        """Codes of the chosen photographs, in the order of their copies in `pictures`."""
        return [code for code in self.items if code.startswith("picture-")]

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def have_both_agreed(self) -> bool:
        """Whether contacts are exchanged. Each side's word stands in its own row; both are written under one lock."""
        return self.contact_at is not None and self.side.contact_at is not None

    def is_open_at(self, at: datetime) -> bool:
        """Whether the other side may look."""
        return self.state == OPEN and self.expires_at is not None and at < self.expires_at

    def may(self, move: str) -> bool:
        return self.state in MOVES[move]


class DisputeSide(PersonalData, IdMixin, db.Model):
    """The other side of one dispute. It has no account: `audit_ref` is how the ledger knows it."""

    __tablename__ = "dispute_sides"

    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names a data key of its own"))
    dispute_id: Mapped[int] = mapped_column(
        Id, ForeignKey("disputes.id"), unique=True, info=impersonal("which dispute")
    )
    audit_ref: Mapped[int] = mapped_column(Id, info=impersonal("random reference"))
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when it signed"))
    undertaking: Mapped[str | None] = mapped_column(String(64), info=impersonal("digest of the text that it signed"))
    contact_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, info=impersonal("when it agreed that contacts are exchanged")
    )
    name = personal(
        clause="4.1.1(5)", kind=Kind.NAME, purposes=FOR_SERVICE, keep=Keep.TICKETS, required=True,
        why=N_("with whom a dispute is, as the member named them"),
    )  # fmt: skip
    mobile = personal(
        clause="4.1.1(5)", kind=Kind.CONTACT, purposes=FOR_SERVICE, keep=Keep.TICKETS, required=True,
        why=N_("where the other side of a dispute gets the link to it"),
    )  # fmt: skip
    signed_name = personal(
        clause="4.1.4", kind=Kind.NAME, purposes=FOR_SERVICE, keep=Keep.TICKETS,
        why=N_("the name with which the other side of a dispute signed for confidentiality"),
    )  # fmt: skip
    contact = personal(
        clause="4.1.1(5)", kind=Kind.CONTACT, purposes=FOR_SERVICE, keep=Keep.TICKETS,
        why=N_("how the member reaches the other side of a dispute, once both sides have agreed"),
    )  # fmt: skip


class DisputeEntry(PersonalData, IdMixin, db.Model):
    """What one side, or we, wrote in an open dispute; sealed under the writer's key, ours under the member's."""

    __tablename__ = "dispute_entries"

    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the writer's data key"))
    dispute_id: Mapped[int] = mapped_column(Id, ForeignKey("disputes.id"), index=True, info=impersonal("which dispute"))
    side: Mapped[str] = mapped_column(String(6), info=impersonal("member, other or staff"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    hidden_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, info=impersonal("when we took it out of the other's sight")
    )
    text = personal(
        clause="4.1.1(5)", kind=Kind.TEXT, purposes=FOR_SERVICE, keep=Keep.TICKETS, required=True,
        why=N_("what the two sides of a dispute and we write to each other"),
    )  # fmt: skip
    files = personal(
        clause="4.1.1(5)", kind=Kind.SECRET, purposes=FOR_SERVICE, keep=Keep.TICKETS, json_value=True,
        why=N_("pictures that the other side of a dispute sent as evidence"),
    )  # fmt: skip


class DisputeLink(IdMixin, db.Model):
    """A link for the other side: our signature over this row's key, and when it ends."""

    __tablename__ = "dispute_links"
    __personal__ = False

    dispute_id: Mapped[int] = mapped_column(Id, ForeignKey("disputes.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
