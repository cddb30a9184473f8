"""What disputes hand the application: their duties and rules, their notices, and how their blocks are printed."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.after_sales.lifecycle import OUTCOMES
from app.after_sales.trade_rules import KINDS as CASE_KINDS
from app.after_sales.trade_rules import REASONS
from app.disputes import ending, forgetting  # noqa: F401 - duty, keeping rules, step of the erasure, check of closing
from app.disputes.words import ITEMS, KINDS
from app.foundation.notices import register_notices
from app.privacy.my_data import is_changed_at


def init_slice(app: Flask) -> None:
    app.jinja_env.globals.update(
        dispute_items=ITEMS, dispute_kinds=KINDS, case_kinds=CASE_KINDS, case_reasons=REASONS, case_outcomes=OUTCOMES
    )
    for table in ("disputes", "dispute_entries"):
        is_changed_at(table, "disputes.listing")
    register_notices(
        {
            "dispute_sent": ("good", _l("We have it and answer you here. Nobody outside has seen anything yet.")),
            "dispute_deleted": ("good", _l("The draft is deleted.")),
            "dispute_withdrawn": ("good", _l("Withdrawn. The other side can see nothing any more.")),
            "dispute_said": ("good", _l("Your message stands in the dispute.")),
            "dispute_contact": ("good", _l("Kept. It is shown once both sides have agreed.")),
            "dispute_contact_back": ("good", _l("Taken back and deleted.")),
            "dispute_moved": ("caution", _l("The dispute has moved on in the meantime. Here is its present state.")),
        }
    )
