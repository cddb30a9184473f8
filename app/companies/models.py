"""The company for which an account buys."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal


class Company(PersonalData, IdMixin, db.Model):
    """Name and code as they stand on the business licence. One for each account; one company may have many accounts."""

    __tablename__ = "companies"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("accounts.id"), unique=True, info=impersonal("whose company it is")
    )
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key it is sealed"))
    name = personal(
        clause="1.1.1c", kind=Kind.COMPANY, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED, required=True,
        why=N_("knowing your company's remittance by its payer, and the title of your invoices"),
    )  # fmt: skip
    code = personal(
        clause="1.1.1c", kind=Kind.COMPANY, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED, required=True,
        why=N_("the tax number on your invoices"),
    )  # fmt: skip
    name_key: Mapped[bytes] = mapped_column(
        LargeBinary(32), index=True, info=impersonal("keyed digest of the name, by which a payer is looked up")
    )
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))
