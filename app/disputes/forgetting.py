"""Disputes go two years after their end, drafts after thirty days, with the other side's key and pictures. Annex 1.

When a member's account is erased, what the other sides wrote goes as well: it was written for this member alone.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.disputes.lifecycle import DRAFT, DRAFT_LASTS, LIVE
from app.disputes.models import Dispute, DisputeEntry, DisputeLink, DisputeSide
from app.foundation.data_keys import KeyDestroyed, data_keys
from app.foundation.personal_data import Keep, Purpose, purpose
from app.foundation.uploads import remove_private
from app.orders.numbers import in_groups
from app.privacy.closure_checks import closure_check
from app.privacy.erasing import when_erasing
from app.privacy.files import file_names
from app.privacy.keeping import began_before, keeps
from app.privacy.people import Person


def _ended(at: datetime) -> Select[Any]:
    return select(Dispute.id).where(Dispute.ended_at < began_before(Keep.TICKETS, at))


def _drafts(at: datetime) -> Select[Any]:
    return select(Dispute.id).where(Dispute.state == DRAFT, Dispute.begun_at < at - DRAFT_LASTS)


@keeps("disputes", Keep.TICKETS, Dispute, DisputeSide, DisputeEntry, DisputeLink, overdue=_ended)
@keeps("dispute_drafts", Keep.TICKETS, Dispute, DisputeSide, overdue=_drafts)
def forget_disputes(session: Session, ids: list[int], at: datetime) -> None:
    """With all that hangs on them. Files and keys go first: of what is left then nobody can read anything."""
    for dispute in session.scalars(select(Dispute).where(Dispute.id.in_(ids))).all():
        forget_other_side(session, dispute)
        _remove_copies(dispute)
        session.delete(dispute)
    session.flush()


def forget_other_side(session: Session, dispute: Dispute) -> None:
    """Nothing that came from the other side can be read afterwards. Safe to repeat."""
    side = dispute.side
    if side is not None and side.subject_id != dispute.subject_id:
        for name in file_names(session, side.subject_id):
            remove_private(name)
        data_keys().destroy(side.subject_id)


def _remove_copies(dispute: Dispute) -> None:
    """Copies of the member's photographs. Of an erased member nobody can read their names, and they went before."""
    with suppress(KeyDestroyed), purpose(Purpose.SERVICE):
        for name in dispute.pictures or ():
            remove_private(name)


@when_erasing
def forget_disputes_of(session: Session, person: Person, at: datetime) -> Counter[str]:
    """Before the member's own rows go."""
    mine = list(session.scalars(select(Dispute.id).where(Dispute.account_id == person.account_id)))
    forget_disputes(session, mine, at)
    return Counter({Dispute.__tablename__: len(mine)})


@closure_check(
    "dispute_open",
    reason=_l("A dispute in which we help is not settled."),
    advice=_l("Please wait until it is closed, or withdraw it."),
    endpoint="disputes.listing",
)
def open_disputes(session: Session, person: Person, at: datetime) -> Iterable[str]:
    mine = select(Dispute.number).where(Dispute.account_id == person.account_id, Dispute.state.in_(LIVE))
    return [in_groups(number) for number in session.scalars(mine.order_by(Dispute.begun_at, Dispute.id))]
