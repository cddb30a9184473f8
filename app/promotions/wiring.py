"""Wires promotions: the advertisement for templates, the click and the notices."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.foundation.notices import register_notices
from app.promotions.banner import advertisement, note_click

NOTICES = {
    "offer_hidden": _l("This advertisement is hidden for 30 days in this browser."),
    "offer_counted": _l("Thank you. Advertisements are counted in this browser from now on, without any identifier."),
    "offer_not_counted": _l("Advertisements are not counted in this browser, and you are not asked again."),
    "campaign_drafted": _l("The draft is there. It is not shown before it is published."),
    "campaign_saved": _l("The draft is saved."),
    "campaign_published": _l("The campaign is published and runs in its period."),
    "campaign_ended": _l("The campaign has ended."),
    "principal_saved": _l("The principal is saved."),
    "link_made": _l("The new link is good for 90 days. The one before it opens nothing."),
    "link_withdrawn": _l("The link opens nothing from now on."),
}


def init_slice(app: Flask) -> None:
    app.jinja_env.globals["advertisement"] = advertisement
    app.before_request(note_click)
    register_notices({code: ("good", text) for code, text in NOTICES.items()})
