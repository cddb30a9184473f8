"""Recording a transfer: its papers are sealed, the transferee is named, the scope is bounded. Clauses 4.2, 5.2.1."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.disclosures.naming import people_named
from app.foundation.audit import record
from app.foundation.clock import starts_at
from app.foundation.data_keys import create_subject
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.grounds import AcceptedClause, ShareRefused
from app.foundation.recipients import INSIDE
from app.foundation.two_people import Person, who_may
from app.foundation.uploads import remove_private, store_private
from app.orders.numbers import new_order_number
from app.privacy.grounds import must_be_a_clause
from app.privacy.policy import deadline
from app.privacy.scope import choices
from app.transfers.kinds import AGREEMENT, KINDS, LAW, MERGER
from app.transfers.models import TransferCase, TransferPerson
from app.transfers.switch import must_be_on

RECORD, DECIDE = "transfers.record", "transfers.decide"
MOST_PERSONS = 200


class NoTransferScope(BusinessError):
    """A transfer without fields, or one that the law demands without people, days or a basis, or for too many."""

    message = _l(
        "A transfer needs at least one field; one that the law demands, also its basis, days and 1 to 200 people."
    )
    status = 422


class ForeignTransferee(BusinessError):
    """Nothing leaves the country."""

    message = _l("All information stays inside China. Nothing is transferred to somebody outside.")
    status = 422


class NoSuchClause(BusinessError):
    """The agreement, its version or its clause is not one of ours."""

    message = _l("This version has no such clause.")
    status = 422


class EndsBeforeNotice(BusinessError):
    """People would not have had their notice before the case is over."""

    message = _l(
        "Everybody is told long before the handover, and the case must stand for longer than that. Set a later day."
    )
    status = 422


@dataclass(frozen=True)
class Plan:
    """What is to be transferred to whom. Papers are their digest and their content.

    For the law alone: `legal_basis`, `persons` (account names, mobile numbers or order numbers), days and a bar. For an
    agreement alone: `accepted`. For a merger alone: the undertaking, with the days on which it binds.
    """

    kind: str
    name: str
    name_en: str
    contact: str
    address: str
    region: str
    reason: str
    document: str
    content: bytes
    fields: Sequence[str]
    public_key: str
    expires_on: date
    legal_basis: str = ""
    persons: Sequence[str] = ()
    from_day: date | None = None
    to_day: date | None = None
    barred_until: date | None = None
    bar_basis: str = ""
    accepted: AcceptedClause | None = None
    undertaking_digest: str | None = None
    undertaking_content: bytes = b""
    undertaken_from: date | None = None
    undertaken_to: date | None = None


def record_transfer(plan: Plan, by: Person, at: datetime) -> TransferCase:
    """Record a transfer; nothing leaves by it. The papers are sealed before the row names them.

    Raises TransfersAreOff, NotAllowed, ForeignTransferee, NoTransferScope, NobodyThere, NoSuchClause, EndsBeforeNotice.
    """
    person = who_may(by, RECORD)
    must_be_on(at)
    ends = starts_at(plan.expires_on + timedelta(days=1))
    _check(plan, ends, at)
    key_id = create_subject()
    file = store_private(key_id, plan.content)
    second = store_private(key_id, plan.undertaking_content) if _undertaken(plan) else None
    try:
        with transaction() as session:
            case = TransferCase(
                number=f"T{new_order_number()}", key_id=key_id, document_file=file, undertaking_file=second,
                asked_by=person, asked_at=at, expires_at=ends, fields=sorted(set(plan.fields)),
                **{name: getattr(plan, name) for name in (*_COPIED, *_OF_KIND.get(plan.kind, ()))}, **_clause(plan),
            )  # fmt: skip
            session.add(case)
            session.flush()
            refs = people_named(session, plan.persons) if case.names_people else ()
            session.add_all(TransferPerson(case_id=case.id, audit_ref=ref) for ref in refs)
            _written_down(session, case, person, len(refs))
    except BaseException:
        for name in filter(None, (file, second)):
            remove_private(name)
        raise
    return case


_COPIED = ("kind", "name", "name_en", "contact", "address", "region", "reason", "document", "public_key")
_OF_KIND: dict[str, tuple[str, ...]] = {
    LAW: ("legal_basis", "from_day", "to_day", "barred_until", "bar_basis"),
    MERGER: ("undertaking_digest", "undertaken_from", "undertaken_to"),
}
"""What belongs to one kind alone is not kept for another."""


def _check(plan: Plan, ends: datetime, at: datetime) -> None:
    if plan.region != INSIDE:
        raise ForeignTransferee
    if plan.kind not in KINDS or not plan.fields or not set(plan.fields) <= set(choices()):
        raise NoTransferScope
    if plan.kind == LAW:
        has_days = plan.from_day is not None and plan.to_day is not None and plan.from_day <= plan.to_day
        if not (has_days and plan.legal_basis and 0 < len(plan.persons) <= MOST_PERSONS):
            raise NoTransferScope
    if plan.kind == AGREEMENT:
        try:
            must_be_a_clause(plan.accepted)
        except ShareRefused:
            raise NoSuchClause from None
    if plan.kind == MERGER and ends <= at + deadline("transfer.notice"):
        raise EndsBeforeNotice


def _undertaken(plan: Plan) -> bool:
    return plan.kind == MERGER and plan.undertaking_digest is not None


def _clause(plan: Plan) -> dict[str, str]:
    if plan.kind != AGREEMENT or plan.accepted is None:
        return {}
    accepted = plan.accepted
    return {"agreement": accepted.document, "agreement_version": accepted.version, "clause": accepted.clause}


def _written_down(session: Session, case: TransferCase, person: int, persons: int) -> None:
    facts: dict[str, Any] = {"kind": case.kind, "ground": case.ground, "document": case.document, "fields": case.fields}
    if case.undertaking_digest:
        facts["undertaking"] = case.undertaking_digest
    record("transfer.asked", actor=person, case=case.number, persons=persons, **facts)
