"""The other side of a dispute as a recipient, and a dispute as what its share rests on. Clauses 4.1.1(5), 4.1.4.

Whoever gets something has signed for this very dispute. Contact data is among the fields only while both have agreed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.disputes.choosing import fields_of
from app.disputes.lifecycle import OPEN, OTHER
from app.disputes.models import Dispute
from app.foundation.clock import SHANGHAI
from app.foundation.languages import N_
from app.foundation.personal_data import Purpose, purpose
from app.foundation.recipients import Ground, Recipient, declare_recipient
from app.privacy.agreed_terms import manifest_for
from app.privacy.grounds import is_named

RECIPIENT = "dispute"
ALWAYS = frozenset({"statement", "said"})
"""What every look of the other side shows: the member's account, and what was written since."""

declare_recipient(
    Recipient(
        code=RECIPIENT,
        name="纠纷的对方",
        name_en="The other side of a dispute",
        kind=N_("settling a dispute at your request"),
        fields={
            "statement": N_("your account of the dispute"),
            "order": N_("order number"),
            "goods": N_("goods and quantities"),
            "amounts": N_("amounts of the order"),
            "dates": N_("days of the order"),
            "delivery": N_("state of a delivery"),
            "case": N_("after-sales case"),
            "messages": N_("messages in the after-sales case"),
            "pictures": N_("photographs of the after-sales case"),
            "question": N_("your question to us and our answers"),
            "said": N_("what you write in the dispute"),
            "contact": N_("how to reach the other side, once both have agreed"),
        },
        purposes=frozenset({Purpose.SERVICE}),
        grounds=frozenset({Ground.DISPUTE}),
        use_days=90,
        draws_on=frozenset(
            {"disputes.statement", "disputes.shown", "disputes.contact", "dispute_entries.text"}
            | {"dispute_sides.contact", "disputes.pictures"}
        ),
        signs_each_case=True,
    )
)


@dataclass(frozen=True)
class SharedDispute:
    """A dispute as `grounds.Case` wants it, for what goes `to` one of its sides about the other."""

    dispute: Dispute
    to: str

    ground = Ground.DISPUTE
    approvers: Collection[int] = ()
    authority = legal_basis = why_not_sums = ""
    document: str | None = None
    review_due_at: datetime | None = None

    @property
    def number(self) -> str:
        return self.dispute.number

    @property
    def reason(self) -> str:
        return self.dispute.about_kind

    @property
    def fields(self) -> Collection[str]:
        contact = {"contact"} if self.dispute.have_both_agreed else set()
        if self.to != OTHER:
            return contact
        with purpose(Purpose.SERVICE):
            return ALWAYS | fields_of(self.dispute.shown) | contact

    @property
    def expires_at(self) -> datetime | None:
        return self.dispute.expires_at

    @property
    def requested_by(self) -> int | None:
        return self.dispute.audit_ref

    @property
    def undertaking(self) -> int | None:
        """The row that says what the recipient signed."""
        if self.to != OTHER:
            return self.dispute.id
        return self.dispute.side.id if self.dispute.side.signed_at else None

    def is_open(self) -> bool:
        return self.dispute.state == OPEN

    def covers(self, subject: int | None) -> bool:
        return subject == (self.dispute.audit_ref if self.to == OTHER else self.dispute.side.audit_ref)


def is_covered(session: Session, audit_ref: int, at: datetime) -> bool:
    """Whether the version that a person runs under names the other side of a dispute as a recipient (6.1a)."""
    return is_named(RECIPIENT, manifest_for(session, audit_ref, at.astimezone(SHANGHAI).date()))
