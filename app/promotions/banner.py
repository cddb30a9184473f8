"""The advertisement of a page: which one, what this browser remembers of it, what the page tells. 3.1.1e, 2.6."""

import secrets
from dataclasses import replace

from flask import g, render_template, request
from markupsafe import Markup

from app.foundation.clock import today
from app.foundation.database import db
from app.measurement.campaigns import tell_campaign
from app.privacy.changing_prefs import change_prefs
from app.privacy.choices import choices_of
from app.privacy.prefs import prefs_of
from app.promotions.browser_memory import HELD_BACK_ONE_IN, act_on, next_campaign, with_arm, with_showing
from app.promotions.models import DRAFT, Campaign
from app.promotions.queries import running_in

MARK = "offer"
"""The argument by which the page behind an advertisement knows that it was clicked."""


def advertisement(slot: str) -> Markup:
    """One labelled line, or nothing: none runs, all are hidden or shown often enough, or it is withheld.

    A page that an advertisement leads to does not show it once more.
    """
    if request.method != "GET":
        return Markup()
    day, choices, known = today(), choices_of(request), prefs_of(request)
    running = [each for each in running_in(db.session(), slot, day) if request.path != f"/{g.lang}{each.target}"]
    campaign = next_campaign(running, known, day)
    if campaign is None:
        return Markup()
    prefs = with_arm(known, choices.promotion, day, secrets.randbelow(HELD_BACK_ONE_IN))
    act = act_on(campaign, prefs)
    change_prefs(lambda kept: with_showing(replace(kept, arm=prefs.arm), campaign.id, day))
    if choices.promotion:
        tell_campaign(act, campaign.id, campaign.principal_id)
    if act == "withheld":
        return Markup()
    asks = not choices.made and choices.signal is None
    here = request.full_path.rstrip("?")
    page = render_template("promotions/_advertisement.html", campaign=campaign, asks=asks, mark=MARK, here=here)
    return Markup(page)  # noqa: S704  # nosec B704 - made by a template, which escapes


def note_click() -> None:
    """Before a page: tell that it was reached by an advertisement, where promotion counting is allowed."""
    number = request.args.get(MARK, "")
    if request.method != "GET" or not (number.isascii() and number.isdigit() and len(number) < 6):
        return
    if not choices_of(request).promotion:
        return
    campaign = db.session.get(Campaign, int(number))
    if campaign is not None and campaign.state != DRAFT:
        tell_campaign("clicked", campaign.id, campaign.principal_id)
