"""A question and its answers. Texts and contacts are sealed under the asker's key."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal


class Ticket(PersonalData, IdMixin, db.Model):
    """One question to the shop, from a member or a guest, answered within the time that the policy states."""

    __tablename__ = "support_tickets"

    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the data key"))
    account_id: Mapped[int | None] = mapped_column(Id, index=True, info=impersonal("the member who asks, if any"))
    audit_ref: Mapped[int | None] = mapped_column(Id, info=impersonal("random reference of the member"))
    key: Mapped[str] = mapped_column(String(32), unique=True, info=impersonal("random address of the ticket"))
    topic: Mapped[str] = mapped_column(String(20), info=impersonal("code from a closed list"))
    channel: Mapped[str] = mapped_column(String(10), info=impersonal("page, mail or hotline"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("when it came"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=impersonal("when the answer is due"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when it was answered"))
    text = personal(
        clause="7.1", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.TICKETS, required=True,
        why=N_("your question, so that we can answer it"),
    )  # fmt: skip
    contact = personal(
        clause="7.1", kind=Kind.CONTACT, purposes={Purpose.SERVICE}, keep=Keep.TICKETS,
        why=N_("where to reach you about your question, if you want to be reached"),
    )  # fmt: skip
    answers: Mapped[list["Answer"]] = relationship(
        primaryjoin=lambda: Ticket.id == Answer.ticket_id, order_by="Answer.at", lazy="selectin"
    )


class Answer(PersonalData, IdMixin, db.Model):
    """What the shop answered, sealed like the question."""

    __tablename__ = "support_answers"

    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("names the data key"))
    ticket_id: Mapped[int] = mapped_column(
        Id, ForeignKey("support_tickets.id"), index=True, info=impersonal("the question")
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("when"))
    by: Mapped[int] = mapped_column(Id, info=impersonal("audit reference of the member of staff"))
    text = personal(
        clause="7.2a", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.TICKETS, required=True,
        why=N_("our answer to your question"),
    )  # fmt: skip
