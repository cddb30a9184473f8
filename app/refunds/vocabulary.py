"""The closed lists of refunds: states and reasons."""

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _l

ASKED, APPROVED, PAID, REFUSED = "asked", "approved", "paid", "refused"
STATES: dict[str, LazyString] = {
    ASKED: lazy_pgettext("refund", "Asked for"),
    APPROVED: lazy_pgettext("refund", "Approved"),
    PAID: lazy_pgettext("refund", "Settled"),
    REFUSED: lazy_pgettext("refund", "Refused"),
}
"""In the order of the desk's tabs. Approved: money is still to be sent."""
MARKS = {ASKED: "waiting", APPROVED: "working", PAID: "done", REFUSED: "stopped"}
IN_FORCE = (APPROVED, PAID)

MISTAKE, OUT_OF_STOCK, PRICE, LATE_DELIVERY = "mistake", "out_of_stock", "price", "late_delivery"
RETURNED, SHORT_HASHRATE, DAMAGED, OTHER, SURPLUS = "returned", "short_hashrate", "damaged", "other", "surplus"
REASONS: dict[str, LazyString] = {
    MISTAKE: _l("Bought by mistake"),
    OUT_OF_STOCK: _l("Out of stock after all"),
    PRICE: _l("Another price was agreed"),
    LATE_DELIVERY: _l("Late delivery"),
    RETURNED: _l("Goods returned"),
    SHORT_HASHRATE: _l("Less hashrate than promised"),
    DAMAGED: _l("Goods damaged"),
    OTHER: _l("Another reason"),
    SURPLUS: _l("Money that no order used"),
}
OF_BUYERS = (MISTAKE, LATE_DELIVERY, OTHER)
"""What a buyer may choose who calls off on the order's page."""
OF_DESKS = (MISTAKE, OUT_OF_STOCK, PRICE, LATE_DELIVERY, RETURNED, SHORT_HASHRATE, DAMAGED, OTHER)
OF_UNITS_THAT_LEFT = frozenset({RETURNED, SHORT_HASHRATE, DAMAGED})
"""Units of such a refund had left the warehouse. Those of any other are called off: they never leave."""
