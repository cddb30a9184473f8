"""What the buyer does in a case: withdraw, call the platform in, send the goods back; and the clock in their place."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.after_sales.lifecycle import ON_THE_WAY, REFUSED, NotYetLate
from app.after_sales.moving import check_move, goods_are, lock_case, move_case
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.orders.lifecycle import Actor
from app.shipping.carriers import CARRIERS, tracking_number_in

OTHER_CARRIER = "other"


class WaybillMissing(BusinessError):
    """Goods come back with a carrier and a number, so that nobody's word stands against another's."""

    message = _l("Please choose the carrier and give its tracking number (6 to 40 letters and digits).")
    status = 422


def withdraw(case_id: int, by: Actor, at: datetime) -> None:
    """The buyer ends the case. Raises CaseMoved, MoveNotAllowed, GoodsAreAway."""
    with transaction() as session:
        case = lock_case(session, case_id)
        check_move(case, "withdraw", by)
        move_case(session, case, "withdraw", by, at)


def escalate(case_id: int, by: Actor, at: datetime) -> None:
    """The platform steps in: after a refusal, or when our time is over.

    Raises NotYetLate, CaseMoved, MoveNotAllowed.
    """
    with transaction() as session:
        case = lock_case(session, case_id)
        check_move(case, "escalate", by)
        if case.state != REFUSED and not case.is_late(at):
            raise NotYetLate
        move_case(session, case, "escalate", by, at)


def hand_in(case_id: int, carrier: str, tracking_number: str, by: Actor, at: datetime) -> None:
    """The buyer has handed the goods to a carrier. Raises WaybillMissing, CaseMoved, MoveNotAllowed."""
    number = tracking_number_in(tracking_number)
    if carrier not in (*CARRIERS, OTHER_CARRIER) or number is None:
        raise WaybillMissing
    with transaction() as session:
        case = lock_case(session, case_id)
        check_move(case, "hand_in", by)
        case.return_carrier, case.return_tracking = carrier, number
        goods_are(case, ON_THE_WAY, at)
        move_case(session, case, "hand_in", by, at)
