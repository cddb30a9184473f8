"""A question and its answers. Texts and contacts are sealed under the asker's key."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import DEFAULT_LANGUAGE, N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
from app.support.vocabulary import BY_HAND, QUESTION


class Ticket(PersonalData, IdMixin, db.Model):
    """One question to the shop, from a member or a guest, answered within the time that the policy states."""

    __tablename__ = "support_tickets"

    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the data key"))
    account_id: Mapped[int | None] = mapped_column(Id, index=True, info=impersonal("the member who asks, if any"))
    audit_ref: Mapped[int | None] = mapped_column(Id, info=impersonal("random reference of the member"))
    key: Mapped[str] = mapped_column(String(32), unique=True, info=impersonal("random address of the ticket"))
    number: Mapped[str] = mapped_column(String(24), unique=True, index=True, info=impersonal("random number to name"))
    kind: Mapped[str] = mapped_column(String(10), default=QUESTION, info=impersonal("code from a closed list"))
    topic: Mapped[str] = mapped_column(String(20), info=impersonal("code from a closed list"))
    channel: Mapped[str] = mapped_column(String(10), info=impersonal("page, mail, hotline or letter"))
    language: Mapped[str] = mapped_column(String(5), default=DEFAULT_LANGUAGE, info=impersonal("language of the asker"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("when it came"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=impersonal("when the answer is due"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when it was answered"))
    answer_seconds: Mapped[int | None] = mapped_column(Integer, info=impersonal("from receipt to the answer"))
    warnings: Mapped[int] = mapped_column(Integer, default=0, info=impersonal("warnings given that it is due soon"))
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when the holding answer went out"))
    promised_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("the day that it names"))
    reviews_id: Mapped[int | None] = mapped_column(
        Id, unique=True, index=True, info=impersonal("the ticket whose answer is to be reviewed")
    )
    not_by: Mapped[int | None] = mapped_column(Id, info=impersonal("audit reference of who gave that answer"))
    way_back: Mapped[str] = mapped_column(String(7), info=impersonal("how the asker hears of the answer: a code"))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when the asker was told of it last"))
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
    review: Mapped["Ticket | None"] = relationship(
        primaryjoin=lambda: Ticket.id == foreign(remote(Ticket.reviews_id)), viewonly=True, uselist=False
    )
    """The ticket that asks for the second review of this one's answer."""

    @property
    def is_reviewable(self) -> bool:
        """Answered, not reviewed yet, and no second review itself. Clause 7.2b."""
        return self.answered_at is not None and self.reviews_id is None and self.review is None

    @property
    def is_to_be_told(self) -> bool:
        """Whether a colleague must still call or write to whoever asks: nothing else reaches them."""
        said_at = self.answered_at or self.held_at
        return self.way_back == BY_HAND and said_at is not None and (self.told_at is None or self.told_at < said_at)


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


class SupportCall(IdMixin, db.Model):
    """A call to the hotline in which the caller proved to be a member: who took it, since when, how long.

    Nothing of what was said: that stands in tickets. Clauses 1.1.6, 1.2.1(5).
    """

    __tablename__ = "support_calls"
    __personal__ = False

    account_id: Mapped[int] = mapped_column(Id, index=True)
    by: Mapped[int] = mapped_column(Id, index=True)
    """Audit reference of the member of the staff."""
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it ends by itself, whoever forgets to end it."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def over_at(self) -> datetime:
        return self.ended_at or self.ends_at
