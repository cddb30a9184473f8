"""Recording a demand: its paper is sealed, its scope is bounded, and its people are found. Clauses 4.1.1(2), 4.3.2a."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.disclosures.kinds import KINDS
from app.disclosures.models import DisclosedPerson, DisclosureCase
from app.disclosures.naming import people_named
from app.foundation.audit import record
from app.foundation.clock import starts_at
from app.foundation.data_keys import create_subject
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.two_people import Person, who_may
from app.foundation.uploads import remove_private, store_private
from app.orders.numbers import new_order_number
from app.privacy.scope import choices

RECORD, DECIDE = "disclosures.record", "disclosures.decide"
MOST_PERSONS = 200


class NoScope(BusinessError):
    """A demand without people, fields or days, or for too many people."""

    message = _l("A case needs people (at most 200), at least one field, and days in their order.")
    status = 422


@dataclass(frozen=True)
class Demand:
    """What a demand says. `persons` are account names, mobile numbers or order numbers, one each.

    `barred_until` is the first day on which the people may be told, with `bar_basis`, the rule that forbids it.
    """

    kind: str
    authority: str
    legal_basis: str
    reason: str
    document: str
    content: bytes
    persons: Sequence[str]
    fields: Sequence[str]
    from_day: date
    to_day: date
    public_key: str
    received_on: date
    expires_on: date
    why_not_sums: str = ""
    barred_until: date | None = None
    bar_basis: str = ""


def record_demand(demand: Demand, by: Person, at: datetime) -> DisclosureCase:
    """Record what came in; nothing leaves by it. The paper is sealed before the row names it.

    Raises NotAllowed, NobodyThere, NoScope.
    """
    person = who_may(by, RECORD)
    if demand.from_day > demand.to_day or not demand.fields or not set(demand.fields) <= set(choices()):
        raise NoScope
    key_id = create_subject()
    file = store_private(key_id, demand.content)
    try:
        with transaction() as session:
            case = DisclosureCase(
                number=f"D{new_order_number()}", key_id=key_id, document_file=file, asked_by=person, asked_at=at,
                expires_at=starts_at(demand.expires_on + timedelta(days=1)),
                **{name: getattr(demand, name) for name in _COPIED}, fields=sorted(set(demand.fields)),
            )  # fmt: skip
            case.persons = [
                DisclosedPerson(position=number, audit_ref=ref)
                for number, ref in enumerate(_named(session, demand.persons), 1)
            ]
            session.add(case)
            record(
                "disclosure.asked", actor=person, case=case.number, kind=case.kind, ground=KINDS[case.kind].ground,
                document=case.document, fields=case.fields, persons=len(case.persons),
            )  # fmt: skip
    except BaseException:
        remove_private(file)
        raise
    return case


_COPIED = (
    "kind", "authority", "legal_basis", "reason", "document", "from_day", "to_day", "public_key", "received_on",
    "why_not_sums", "barred_until", "bar_basis",
)  # fmt: skip


def _named(session: Session, typed: Sequence[str]) -> list[int]:
    if not 0 < len(typed) <= MOST_PERSONS:
        raise NoScope
    return people_named(session, typed)
