"""What cases leave behind goes when the policy says so: photographs with the claim, messages two years after its end.

Annex 1, vouchers and tickets. Sums and states stay with the order.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.after_sales.models import Case, CaseMessage, CasePhotograph
from app.foundation.data_keys import KeyDestroyed
from app.foundation.personal_data import Keep
from app.foundation.uploads import remove_private
from app.privacy.keeping import began_before, keeps


def _ended(keep: Keep, at: datetime) -> Select[Any]:
    return select(Case.id).where(Case.closed_at < began_before(keep, at))


def _photographs_of_ended(at: datetime) -> Select[Any]:
    return select(CasePhotograph.id).where(CasePhotograph.case_id.in_(_ended(Keep.VOUCHERS, at)))


@keeps("case_photographs", Keep.VOUCHERS, CasePhotograph, overdue=_photographs_of_ended)
def forget_photographs(session: Session, ids: list[int], at: datetime) -> None:
    """The file goes first: a name whose file is gone does no harm. Of an erased person nobody can read the name."""
    for photograph in session.scalars(select(CasePhotograph).where(CasePhotograph.id.in_(ids))).all():
        try:
            remove_private(CasePhotograph.file.read(photograph))
        except KeyDestroyed:
            continue
    session.execute(delete(CasePhotograph).where(CasePhotograph.id.in_(ids)))


def _messages_of_ended(at: datetime) -> Select[Any]:
    return select(CaseMessage.id).where(CaseMessage.case_id.in_(_ended(Keep.TICKETS, at)))


@keeps("case_messages", Keep.TICKETS, CaseMessage, overdue=_messages_of_ended)
def forget_messages(session: Session, ids: list[int], at: datetime) -> None:
    session.execute(delete(CaseMessage).where(CaseMessage.id.in_(ids)))
