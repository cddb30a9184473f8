"""The account and what guards it. Every personal field names its clause; the rest says why it is not personal."""

from datetime import datetime

from flask import g, has_request_context
from flask_login import UserMixin
from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.undertakings import undertaking_of
from app.foundation.clock import today
from app.foundation.database import Id, IdMixin, UtcDateTime, db, new_id
from app.foundation.encryption import blind_index
from app.foundation.languages import N_
from app.foundation.permissions import STAFF_ROLES
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.foundation.web_session import current_session

OPEN, FROZEN, SHUT_OUT, CLOSED = "open", "frozen", "shut_out", "closed"


def name_key_of(name: str) -> bytes:
    """The look-up key of an account name; names that differ only in case are one name."""
    return blind_index("accounts.name", name.casefold())


class Account(PersonalData, UserMixin, IdMixin, db.Model):
    """One person who can sign in. `subject_id` holds their data key, `audit_ref` stands for them in the ledger."""

    __tablename__ = "accounts"
    __table_args__ = (Index("uq_accounts_phone_index", "phone_index", unique=True),)

    name = personal(
        clause="1.1.1a", kind=Kind.NAME, purposes={Purpose.SERVICE, Purpose.SECURITY}, keep=Keep.UNTIL_CLOSED,
        required=True, why=N_("signing in, and how the shop addresses you"),
    )  # fmt: skip
    phone = personal(
        clause="1.1.1a", kind=Kind.CONTACT, purposes={Purpose.SERVICE, Purpose.SECURITY}, keep=Keep.UNTIL_CLOSED,
        required=True, index=True, why=N_("signing in, codes and messages about your orders"),
    )  # fmt: skip
    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the data key"))
    audit_ref: Mapped[int] = mapped_column(Id, unique=True, default=new_id, info=impersonal("random reference"))
    name_key: Mapped[bytes | None] = mapped_column(
        LargeBinary(32), unique=True, info=impersonal("keyed digest of the account name, emptied at closure")
    )
    password_hash: Mapped[str] = mapped_column(String(200), info=impersonal("argon2id, emptied at closure"))
    role: Mapped[str] = mapped_column(String(20), default="buyer", info=impersonal("role table"))
    language: Mapped[str] = mapped_column(String(5), default="zh-cn", info=impersonal("language of messages"))
    state: Mapped[str] = mapped_column(String(10), default=OPEN, info=impersonal("open, frozen, shut out or closed"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("when it was opened"))

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF_ROLES

    @property
    def is_active(self) -> bool:
        """Frozen and closed accounts are refused at the next request, whatever sessions they have."""
        return self.state == OPEN

    @property
    def has_undertaken(self) -> bool:
        """Whether this member of the staff has signed for what they see, and was trained. Clause 5.1.2b."""
        known: dict[int, bool] = g.setdefault("undertaken", {})
        if self.audit_ref not in known:
            known[self.audit_ref] = undertaking_of(db.session(), self.audit_ref, today()) is not None
        return known[self.audit_ref]

    @property
    def has_passed_second_factor(self) -> bool:
        """Whether the browser of this request proved the second factor for this account; buyers need none."""
        if not self.is_staff:
            return True
        row = current_session() if has_request_context() else None
        return row is not None and row.account_id == self.id and row.second_factor_at is not None
