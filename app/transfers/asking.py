"""The transferee of a case as the gate knows it, and what people are asked for one. Clauses 4.2.1, 4.2.4, 5.2.1.

Each case asks for itself, on the page of consents, once two people have approved it and until the package is put
together. Nothing is ticked beforehand, and refusing changes nothing.
"""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.foundation.clock import now
from app.foundation.languages import N_
from app.foundation.personal_data import Purpose
from app.foundation.recipients import Recipient, named_by_cases
from app.privacy.asking import Offer, asks_besides
from app.privacy.scope import choices
from app.transfers.kinds import APPROVED, CONSENT, LAW, MERGER
from app.transfers.models import PREFIX, TransferCase
from app.transfers.switch import are_on

KIND = N_("takes over by a transfer (4.2)")


@named_by_cases
def transferee(session: Session, code: str) -> Recipient | None:
    """Whom a case names, with its fields and its ground and nothing else."""
    if not code.startswith(PREFIX):
        return None
    mine = select(TransferCase).where(TransferCase.number == code.removeprefix(PREFIX))
    case = session.scalars(mine).one_or_none()
    return as_recipient(case) if case else None


def as_recipient(case: TransferCase) -> Recipient:
    """The transferee of a case. A field whose table there is no more stands for itself."""
    known = choices()
    return Recipient(
        code=case.recipient, name=case.name, name_en=case.name_en, kind=KIND,
        fields={name: known.get(name, name) for name in case.fields},
        purposes=frozenset({purpose_of(case)}), grounds=frozenset({case.ground}), region=case.region, by_case=True,
    )  # fmt: skip


def purpose_of(case: TransferCase) -> Purpose:
    """What the law demands goes for what authorities want it for; all else so that the service can go on."""
    return Purpose.SECURITY if case.kind == LAW else Purpose.SERVICE


@asks_besides
def asked(session: Session, lang: str, on: date) -> Iterable[Offer]:
    """What approved transfers ask everybody for."""
    if not are_on(now()):
        return
    for case in session.scalars(_asking()):
        if case.needs_agreement_on(on) and now() < case.expires_at:
            yield Offer(as_recipient(case), case.ground, _in_words(case, lang))


def _asking() -> Select[TransferCase]:
    asking = TransferCase.state == APPROVED, TransferCase.kind.in_((CONSENT, MERGER))
    return select(TransferCase).where(*asking).order_by(TransferCase.asked_at, TransferCase.id)


def _in_words(case: TransferCase, lang: str) -> str:
    known = choices()
    fields = [f"{name} ({_(known[name])})" if name in known else name for name in case.fields]
    return _(
        "%(name)s (%(address)s, %(contact)s) takes over, and keeps for itself: %(fields)s. Case %(case)s, clause "
        "%(clause)s: %(reason)s You can take your agreement back until it was handed over. Refusing changes nothing "
        "else.",
        name=case.name_in(lang), address=case.address, contact=case.contact, fields=_(", ").join(fields),
        case=case.number, clause=case.ground.value, reason=case.reason,
    )  # fmt: skip
