"""The outbox: what is to be said to whom, sealed under the person's own key. Clauses 1.1.1b, 5.1.1c, 5.1.4."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.notifications.texts import TEMPLATES, Template

WAITING, SENT, FAILED, STALE = "waiting", "sent", "failed", "stale"


class OutboxMessage(PersonalData, IdMixin, db.Model):
    """One message on one channel. A site message is there once written; SMS and mail wait for the sweeper."""

    __tablename__ = "outbox_messages"
    __table_args__ = (Index("ix_outbox_messages_due", "state", "next_try_at"),)

    number = personal(
        clause="1.1.1b", kind=Kind.CONTACT, purposes={Purpose.SERVICE, Purpose.SECURITY}, keep=Keep.OUTBOX,
        index=True, why=N_("where the SMS goes"),
    )  # fmt: skip
    mail = personal(
        clause="1.1.1c", kind=Kind.CONTACT, purposes={Purpose.SERVICE, Purpose.SECURITY}, keep=Keep.OUTBOX,
        index=True, why=N_("where the mail goes"),
    )  # fmt: skip
    values = personal(
        clause="2.1", kind=Kind.TEXT, purposes={Purpose.SERVICE, Purpose.SECURITY}, keep=Keep.OUTBOX,
        json_value=True, why=N_("what is filled into the text of the message"),
    )  # fmt: skip
    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the data key"))
    audit_ref: Mapped[int | None] = mapped_column(Id, info=impersonal("random reference"))
    account_id: Mapped[int | None] = mapped_column(Id, index=True, info=impersonal("whose messages page shows it"))
    channel: Mapped[str] = mapped_column(String(4), info=impersonal("site, sms or mail"))
    code: Mapped[str] = mapped_column(String(40), info=impersonal("which text"))
    language: Mapped[str] = mapped_column(String(5), info=impersonal("language of the SMS or mail"))
    about: Mapped[str] = mapped_column(String(40), info=impersonal("order or request that it serves"))
    state: Mapped[str] = mapped_column(String(8), info=impersonal("waiting, sent, failed or stale"))
    tries: Mapped[int] = mapped_column(default=0, info=impersonal("how often sending was begun"))
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when the sweeper looks again"))
    stale_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("not worth sending after this"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=impersonal("when it was written"))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when the service took it"))
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when it was marked as read"))
    problem: Mapped[str | None] = mapped_column(String(60), info=impersonal("the service's last error code"))

    @property
    def template(self) -> Template:
        return TEMPLATES[self.code]

    def facts(self) -> dict[str, Any]:
        """The filled-in values; empty once they were wiped. Read inside a purpose."""
        return dict(self.values or {})
