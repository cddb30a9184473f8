"""What after-sales hands the application: its duties, its notices, and what the page of an order shows of cases."""

from collections.abc import Sequence

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.after_sales import closing, deadlines, forgetting, refunding  # noqa: F401 - duties, rules and hooks
from app.after_sales.models import Case
from app.after_sales.queries import cases_of_order
from app.catalog.units import Hashrate
from app.foundation.database import db
from app.foundation.notices import register_notices


def init_slice(app: Flask) -> None:
    app.jinja_env.globals.update(cases_of_order=_cases_of_order, hashrate_text=_hashrate_text)
    register_notices(
        {
            "case_opened": ("good", _l("The case is open. We answer within the time shown here.")),
            "case_said": ("good", _l("Your message stands in the case.")),
            "case_handed_in": ("good", _l("Thank you. We examine the goods when they arrive.")),
            "case_withdrawn": ("good", _l("The case is withdrawn.")),
            "case_escalated": ("good", _l("Somebody else of the platform now looks at the case.")),
            "case_moved": ("caution", _l("The case has moved on in the meantime. Here is its present state.")),
        }
    )


def _hashrate_text(base: int, unit: str) -> str:
    """A hashrate in base units as its maker would print it."""
    return str(Hashrate(base, unit))


def _cases_of_order(order_id: int) -> Sequence[Case]:
    """For the pages of an order, the buyer's and the desk's."""
    return cases_of_order(db.session(), order_id)
