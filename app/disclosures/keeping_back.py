"""Holds of a case: what of its people must outlive an erasure while a demand or a dispute is open. CLAUSES.md A.6.

An erasure seals what is held for two people together and goes on with the rest; the copy goes when the hold ends or is
lifted. Placing and lifting stand in the ledger with the case.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from app.disclosures.models import DisclosureCase
from app.disclosures.opening import DECIDE
from app.foundation.clock import starts_at
from app.foundation.database import transaction
from app.foundation.errors import NotFound
from app.foundation.two_people import Person, who_may
from app.privacy.cases import locked
from app.privacy.holding import AUTHORITY, DISPUTE, Hold, UnknownScope, hold, lift

GROUNDS: dict[str, LazyString] = {AUTHORITY: _l("Order of an authority"), DISPUTE: _l("Live dispute")}
WHY_LIFTED: dict[str, LazyString] = {
    "settled": _l("The matter is settled"),
    "withdrawn": _l("The demand was withdrawn"),
    "mistaken": _l("It was placed by mistake"),
}


def keep_back(
    number: str, positions: Collection[int], ground: str, scope: Sequence[str], until: date, by: Person, at: datetime
) -> list[Hold]:
    """Hold tables of people of a case, by their position in it, to the end of the day `until`.

    The receipt of an erasure names it unless the law forbids to tell of the case. Raises NoTwoKeepers, UnknownScope,
    NotAllowed, NotFound.
    """
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        wanted = [each for each in case.persons if each.position in positions]
        if not wanted:
            raise UnknownScope
        ends = starts_at(until + timedelta(days=1))
        return [
            hold(
                each.audit_ref, ground, scope, ends, is_told=case.barred_until is None, by=person, at=at,
                case=number,
            )
            for each in wanted
        ]  # fmt: skip


def let_go(number: str, hold_id: int, why: str, by: Person, at: datetime) -> None:
    """End a hold of a case before its day. Raises NotAllowed, NotFound."""
    person = who_may(by, DECIDE)
    with transaction() as session:
        found = session.scalars(holds_of(number).where(Hold.id == hold_id).with_for_update()).one_or_none()
        if found is None or why not in WHY_LIFTED:
            raise NotFound
        lift(session, found, why, person)


def holds_of(number: str) -> Select[Hold]:
    """Holds that stand because of a case, oldest first."""
    return select(Hold).where(Hold.case_number == number).order_by(Hold.made_at, Hold.id)
