"""The marketer's desk: campaigns, their wording, their life and their effect."""

from typing import Any

from flask import abort, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.http_edge import personal_page
from app.foundation.permissions import requires
from app.measurement.campaigns import effect_of_campaign, reached_by_campaign, visits_that_allowed
from app.promotions.bars import bars_of
from app.promotions.drafting import draft_campaign, edit_campaign, end_campaign, publish_campaign
from app.promotions.forms import SLOT_NAMES, CampaignForm
from app.promotions.models import Campaign
from app.promotions.queries import all_campaigns, all_principals, campaign_numbered
from app.promotions.views import bp
from app.promotions.words import AMOUNT_BANDS, ARMS, LAGS, STATES

CAMPAIGN = "/desk/campaigns/<int(max=65535):number>"


@bp.get("/desk/campaigns")
@requires("campaigns.manage")
def campaigns() -> Any:
    rows = db.session.scalars(all_campaigns()).all()
    reached = reached_by_campaign([campaign.id for campaign in rows])
    return page("campaigns", rows=rows, reached=reached, day=today(), states=STATES, slots=SLOT_NAMES)


@bp.route("/desk/campaigns/new", methods=["GET", "POST"])
@requires("campaigns.manage")
def new_campaign() -> Any:
    form = _form()
    if request.method == "GET":
        form.holds_back.data = True
    elif form.validate_on_submit():
        campaign = draft_campaign(form.wording(), actor=current_user.audit_ref)
        return done("campaign_drafted", "promotions.campaign", number=campaign.id)
    return page("campaign_form", 200 if request.method == "GET" else 422, form=form, campaign=None)


@bp.get(CAMPAIGN)
@requires("campaigns.manage")
def campaign(number: int) -> Any:
    return _campaign_page(campaign_numbered(db.session(), number))


@bp.route(f"{CAMPAIGN}/wording", methods=["GET", "POST"])
@requires("campaigns.manage")
def wording(number: int) -> Any:
    found, form = campaign_numbered(db.session(), number), _form()
    if request.method == "GET":
        form.show(found)
    elif form.validate_on_submit():
        edit_campaign(number, form.wording(), actor=current_user.audit_ref)
        return done("campaign_saved", "promotions.campaign", number=number)
    return page("campaign_form", 200 if request.method == "GET" else 422, form=form, campaign=found)


@bp.post(f"{CAMPAIGN}/publication")
@requires("campaigns.manage")
def publish(number: int) -> Any:
    pressed("promotions.campaign")
    try:
        publish_campaign(number, now(), actor=current_user.audit_ref)
    except BusinessError as refusal:
        return _refused(number, refusal)
    return done("campaign_published", "promotions.campaign", number=number)


@bp.post(f"{CAMPAIGN}/end")
@requires("campaigns.manage")
def end(number: int) -> Any:
    pressed("promotions.campaign")
    try:
        end_campaign(number, now(), actor=current_user.audit_ref)
    except BusinessError as refusal:
        return _refused(number, refusal)
    return done("campaign_ended", "promotions.campaign", number=number)


def page(template: str, status: int = 200, **facts: Any) -> Any:
    """A page of the desk: nobody's cache keeps it."""
    return personal_page(make_response(render_template(f"promotions/{template}.html", **facts), status))


def done(code: str, endpoint: str, **values: Any) -> Any:
    return redirect(url_for(endpoint, done=code, **values), 303)


def pressed(name: str) -> None:
    if not button_pressed(name):
        abort(400)


def _form() -> CampaignForm:
    form = CampaignForm()
    form.offer(list(db.session.scalars(all_principals())), g.locale)
    return form


def _refused(number: int, refusal: BusinessError) -> Any:
    if refusal.status == 404:
        raise refusal
    return _campaign_page(campaign_numbered(db.session(), number), refusal.status, refusal.text)


def _campaign_page(found: Campaign, status: int = 200, refusal: Any = None) -> Any:
    effect = effect_of_campaign(found.id)
    return page(
        "campaign",
        status,
        campaign=found,
        refusal=refusal,
        state=found.stands_on(today()),
        states=STATES,
        slots=SLOT_NAMES,
        effect=effect,
        allowed=visits_that_allowed(found.starts_on, min(found.ends_on, today())),
        lags=LAGS,
        arms=ARMS,
        bands=AMOUNT_BANDS,
        bars=bars_of(effect.reached_by_day, _("Browsers reached")),
    )
