"""What a principal reads: own campaigns, closed weeks, one fixed table. Clauses 4.1.3(3), 4.1.3b."""

from typing import Any

from app.foundation.clock import SHANGHAI, today
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.measurement.campaigns import name_of_country, released_weeks_of
from app.promotions.models import Campaign, Principal
from app.promotions.principals import LinkEnded, principal_behind
from app.promotions.queries import campaigns_shown_of
from app.promotions.views import bp
from app.promotions.views.campaigns import page
from app.promotions.words import AMOUNT_BANDS, DEVICES, MEMBERS, RETURNING, STATES

PRINCIPAL = "/principal/<token>"


@bp.get(PRINCIPAL)
def figures(token: str) -> Any:
    principal = _behind(token)
    if principal is None:
        return page("link_ended", 410)
    rows = db.session.scalars(campaigns_shown_of(principal)).all()
    return page("figures", principal=principal, rows=rows, token=token, day=today(), states=STATES)


@bp.get(f"{PRINCIPAL}/campaigns/<int(max=65535):number>")
def figures_of_campaign(token: str, number: int) -> Any:
    """Another principal's campaign is not to be told from none at all."""
    principal = _behind(token)
    if principal is None:
        return page("link_ended", 410)
    own = campaigns_shown_of(principal).where(Campaign.id == number)
    campaign = db.session.scalars(own).one_or_none()
    if campaign is None:
        raise NotFound
    ended = campaign.ended_at.astimezone(SHANGHAI).date() if campaign.ended_at else campaign.ends_on
    weeks = released_weeks_of(number, campaign.starts_on, min(ended, campaign.ends_on))
    return page(
        "figures_of_campaign",
        principal=principal,
        campaign=campaign,
        weeks=weeks,
        token=token,
        bands=AMOUNT_BANDS,
        audience={"devices": DEVICES, "members": MEMBERS, "returning": RETURNING},
        name_of_country=name_of_country,
    )


def _behind(token: str) -> Principal | None:
    """None for a link whose time is over. Raises NotFound for any other that opens nothing."""
    try:
        return principal_behind(db.session(), token, today())
    except LinkEnded:
        return None
