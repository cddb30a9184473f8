"""The words of states, arms, lags and bands of amounts."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

STATES = {
    "draft": _l("Draft"),
    "planned": lazy_pgettext("campaign", "Planned"),
    "running": lazy_pgettext("campaign", "Running"),
    "ended": lazy_pgettext("campaign", "Ended"),
}
ARMS = {"shown": _l("Shown"), "withheld": _l("Withheld")}
LAGS = {
    "same_day": _l("On the day they last saw it"),
    "week": _l("1 to 7 days later"),
    "later": _l("8 to 29 days later"),
}
AMOUNT_BANDS = {
    1: _l("below ¥1,000"),
    2: "¥1,000 - 4,999",
    3: "¥5,000 - 9,999",
    4: "¥10,000 - 49,999",
    5: "¥50,000 - 99,999",
    6: "¥100,000 - 499,999",
    7: _l("¥500,000 and above"),
}
"""By the numbers of `measurement.purchases.amount_band`."""
DEVICES = {"desktop": _l("Desktop"), "phone": _l("Phone"), "tablet": _l("Tablet"), "other": _l("Other device")}
MEMBERS = {"member": _l("Members"), "guest": _l("Guests")}
RETURNING = {"new": _l("First visit"), "returning": _l("Came back")}
"""Who was reached, by the names that the counting house gives the classes."""
