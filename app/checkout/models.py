"""The address book. Each entry is one sealed block of exactly four fields (clause 1.1.3b)."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal


class Address(PersonalData, IdMixin, db.Model):
    """Where a buyer has goods sent. An order keeps a copy: editing an address changes no order (FLOWS.md 5)."""

    __tablename__ = "addresses"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("accounts.id"), index=True, info=impersonal("whose address book it is in")
    )
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key it is sealed"))
    consignee = personal(
        clause="1.1.3b",
        kind=Kind.CONSIGNEE,
        purposes={Purpose.SERVICE},
        keep=Keep.UNTIL_CLOSED,
        why=N_("your address book: receiving warehouse, consignee, address, mobile number, for the next order"),
        required=True,
        json_value=True,
    )
    is_default: Mapped[bool] = mapped_column(default=False, info=impersonal("which entry the checkout offers first"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
