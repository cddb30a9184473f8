"""Parcels: what left under which number, which machines were in it, and where it has come to.

A part of an order leaves in as many parcels as it takes; `OrderLine.shipped` counts what has left of a line, and is the
sum of its parcel lines. Clauses 1.1.5a-b.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal


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
    carrier: Mapped[str] = mapped_column(String(20))
    tracking_number: Mapped[str] = mapped_column(String(40))
    shipped_at: Mapped[datetime] = mapped_column(UtcDateTime)

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


class ParcelUnit(PersonalData, IdMixin, db.Model):
    """One machine by the number on its label. A number leaves once: the index is unique over the whole shop."""

    __tablename__ = "parcel_units"
    __table_args__ = (Index("uq_parcel_units_serial_index", "serial_index", unique=True),)

    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the data key"))
    parcel_id: Mapped[int] = mapped_column(Id, ForeignKey("parcels.id"), index=True, info=impersonal("which parcel"))
    line_id: Mapped[int] = mapped_column(Id, ForeignKey("order_lines.id"), info=impersonal("which order line"))
    position: Mapped[int] = mapped_column(Integer, info=impersonal("in the order of scanning"))
    serial = personal(
        clause="2.1", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.VOUCHERS, required=True, index=True,
        why=N_("which machine you have, for its warranty and repair"),
    )  # fmt: skip
    warranty_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=impersonal("a moment"))
