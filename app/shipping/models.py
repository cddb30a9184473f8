"""Parcels: what left under which number, which machines were in it, and where it has come to.

A part of an order leaves in as many parcels as it takes; `OrderLine.shipped` counts what has left of a line, and is the
sum of the lines of those parcels. A parcel of an after-sales case brings goods once more and is counted nowhere.
Clauses 1.1.5a-b.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.shipping.tracking import HANDED


class Parcel(IdMixin, db.Model):
    """What one carrier took at once under one tracking number."""

    __tablename__ = "parcels"
    __personal__ = False
    __table_args__ = (
        UniqueConstraint("part_id", "position"),
        UniqueConstraint("part_id", "carrier", "tracking_number"),
    )

    part_id: Mapped[int] = mapped_column(Id, ForeignKey("order_parts.id"))
    position: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[int | None] = mapped_column(Id)
    """The after-sales case that it belongs to: goods exchanged, repaired or sent back."""
    carrier: Mapped[str] = mapped_column(String(20))
    tracking_number: Mapped[str] = mapped_column(String(40))
    shipped_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default=HANDED, server_default=HANDED)
    state_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the carrier says that it was signed for. What it says moves neither order nor money."""
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When the tracking service is next asked; None where there is nothing to ask."""
    looks: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Questions without an answer since the last one that was answered."""
    subscribed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(40))

    events: Mapped[list["TrackingEvent"]] = relationship(order_by="TrackingEvent.at.desc()", lazy="selectin")
    links: Mapped[list["CarrierLink"]] = relationship(order_by=lambda: CarrierLink.made_at.desc(), lazy="selectin")
    lines: Mapped[list["ParcelLine"]] = relationship(order_by="ParcelLine.id", lazy="selectin")
    units: Mapped[list["ParcelUnit"]] = relationship(order_by="ParcelUnit.position", lazy="selectin")

    @property
    def quantities(self) -> dict[int, int]:
        """Units in it, by the key of their order line."""
        return {line.line_id: line.quantity for line in self.lines}


class ParcelLine(IdMixin, db.Model):
    """How many units of an order line are in a parcel."""

    __tablename__ = "parcel_lines"
    __personal__ = False
    __table_args__ = (UniqueConstraint("parcel_id", "line_id"), CheckConstraint("quantity > 0", name="holds_something"))

    parcel_id: Mapped[int] = mapped_column(Id, ForeignKey("parcels.id"))
    line_id: Mapped[int] = mapped_column(Id, ForeignKey("order_lines.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)


_IS_AWAY = text("returned_at IS NULL")


class ParcelUnit(PersonalData, IdMixin, db.Model):
    """One machine by the number on its label. A number is away once: the index is unique over the whole shop."""

    __tablename__ = "parcel_units"
    __table_args__ = (
        Index(
            "uq_parcel_units_serial_index", "serial_index", unique=True, sqlite_where=_IS_AWAY,
            postgresql_where=_IS_AWAY,
        ),
    )  # fmt: skip

    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the data key"))
    parcel_id: Mapped[int] = mapped_column(Id, ForeignKey("parcels.id"), index=True, info=impersonal("which parcel"))
    line_id: Mapped[int] = mapped_column(Id, ForeignKey("order_lines.id"), info=impersonal("which order line"))
    position: Mapped[int] = mapped_column(Integer, info=impersonal("in the order of scanning"))
    serial = personal(
        clause="2.1", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.VOUCHERS, required=True, index=True,
        why=N_("which machine you have, for its warranty and repair"),
    )  # fmt: skip
    warranty_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=impersonal("a moment"))
    open_case: Mapped[int | None] = mapped_column(Id, info=impersonal("the after-sales case that it is in now"))
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when it came back for good"))


class TrackingEvent(PersonalData, IdMixin, db.Model):
    """One thing that was reported of a parcel, by the carrier or by a clerk. Once, however often it is reported."""

    __tablename__ = "tracking_events"
    __table_args__ = (UniqueConstraint("parcel_id", "digest"),)

    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the data key"))
    parcel_id: Mapped[int] = mapped_column(Id, ForeignKey("parcels.id"), info=impersonal("which parcel"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
    state: Mapped[str] = mapped_column(String(12), info=impersonal("a word of a closed list"))
    text = personal(
        clause="1.1.5a", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.ORDERS, required=True,
        why=N_("where your delivery is, as the carrier reports it"),
    )  # fmt: skip
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), info=impersonal("keyed digest of moment and text"))
    by: Mapped[int | None] = mapped_column(Id, info=impersonal("audit reference of a clerk"))


class CarrierMessage(IdMixin, db.Model):
    """A message that came to a parcel's address: what became of it, and a digest of the whole, never the text."""

    __tablename__ = "carrier_messages"
    __personal__ = False
    __table_args__ = (UniqueConstraint("parcel_id", "digest"),)

    parcel_id: Mapped[int] = mapped_column(Id, ForeignKey("parcels.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    verdict: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CarrierLink(IdMixin, db.Model):
    """A clerk's leave for the carrier to read the consignee of one parcel, until it is received."""

    __tablename__ = "carrier_links"
    __personal__ = False

    parcel_id: Mapped[int] = mapped_column(Id, ForeignKey("parcels.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
