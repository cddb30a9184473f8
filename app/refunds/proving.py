"""What orders, lines and receipts say of refunds is proven from the refunds, with the other sums of money."""

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from app.orders.models import Order, OrderLine, OrderPart
from app.payments.models import Payout, Receipt
from app.payments.proving import Unproven, unproven, when_sums_are_proven
from app.refunds.models import Refund, RefundFreight, RefundLine
from app.refunds.vocabulary import ASKED, IN_FORCE, OF_UNITS_THAT_LEFT, REFUSED

_STANDS = Refund.state != REFUSED


@when_sums_are_proven
def sums_of_refunds() -> dict[str, Unproven]:
    """Each stored sum that refunds move, by its name."""
    left = Refund.reason.in_(OF_UNITS_THAT_LEFT)
    of_parts = select(RefundFreight.amount, RefundFreight.part_id).join(Refund, Refund.id == RefundFreight.refund_id)
    of_orders = select(Refund.amount, Refund.order_id).where(Refund.order_id.is_not(None))
    of_receipts = select(Refund.amount, Refund.receipt_id).where(Refund.receipt_id.is_not(None))
    return {
        "order.reduced": unproven(Order.reduced, of_orders.where(Refund.state.in_(IN_FORCE))),
        "line.claimed": unproven(OrderLine.claimed, _lines(RefundLine.amount).where(_STANDS)),
        "line.halted": unproven(OrderLine.halted, _lines(RefundLine.quantity).where(Refund.state == ASKED, ~left)),
        "line.called_off": unproven(
            OrderLine.called_off, _lines(RefundLine.quantity).where(Refund.state.in_(IN_FORCE), ~left)
        ),
        "line.returned": unproven(OrderLine.returned, _lines(RefundLine.quantity).where(_STANDS, left)),
        "part.freight_claimed": unproven(OrderPart.freight_claimed, of_parts.where(_STANDS)),
        "receipt.returned": unproven(Receipt.returned, of_receipts.where(_STANDS)),
        "refund.pays_back": unproven(Refund.pays_back, select(Payout.amount, Payout.refund_id)),
    }


def _lines(what: InstrumentedAttribute[object]) -> Select[object, int]:
    return select(what, RefundLine.line_id).join(Refund, Refund.id == RefundLine.refund_id)
