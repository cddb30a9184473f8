"""Writing campaigns, publishing and ending them. Every act is in the ledger. Clause 2.6."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from app.foundation.audit import record
from app.foundation.clock import SHANGHAI
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.promotions.models import DRAFT, ENDED, PUBLISHED, Campaign
from app.promotions.queries import campaign_numbered, principal_numbered

LARGEST_NUMBER = 65_535
"""What a page ticket and the `promo` cookie have room for."""


class NoDraft(BusinessError):
    """A campaign that was published keeps its words and its period, so that its figures mean one thing."""

    message = _l("This campaign was published. It can be ended, and a new one written.")


class NotPublished(BusinessError):
    """Only what is published can be ended."""

    message = _l("This campaign is not published, or has ended already.")


class PeriodOver(BusinessError):
    """Its last day has passed."""

    message = _l("The last day has passed. Please choose another period first.")


@dataclass(frozen=True)
class Wording:
    """All that a marketer decides about a campaign."""

    principal_id: int
    name_zh: str
    name_en: str
    text_zh: str
    text_en: str
    target: str
    on_home: bool
    on_listing: bool
    on_product: bool
    starts_on: date
    ends_on: date
    holds_back: bool


def draft_campaign(wording: Wording, *, actor: int | None = None) -> Campaign:
    """A new draft. Raises NotFound for an unknown principal, OverflowError past the last number."""
    with transaction() as session:
        principal_numbered(session, wording.principal_id)
        campaign = Campaign(state=DRAFT, **asdict(wording))
        session.add(campaign)
        session.flush()
        if campaign.id > LARGEST_NUMBER:
            raise OverflowError("no campaign number is left")
        record("campaign.drafted", actor=actor, campaign=campaign.id, principal=wording.principal_id)
    return campaign


def edit_campaign(number: int, wording: Wording, *, actor: int | None = None) -> Campaign:
    """Raises NotFound, or NoDraft once it is published."""
    with transaction() as session:
        campaign = campaign_numbered(session, number)
        session.refresh(campaign, with_for_update=True)
        if not campaign.is_draft:
            raise NoDraft
        principal_numbered(session, wording.principal_id)
        for name, value in asdict(wording).items():
            setattr(campaign, name, value)
        record("campaign.edited", actor=actor, campaign=number)
    return campaign


def publish_campaign(number: int, at: datetime, *, actor: int | None = None) -> Campaign:
    """It shows from its first day on. Raises NotFound, NoDraft or PeriodOver."""
    with transaction() as session:
        campaign = campaign_numbered(session, number)
        session.refresh(campaign, with_for_update=True)
        if not campaign.is_draft:
            raise NoDraft
        if campaign.ends_on < at.astimezone(SHANGHAI).date():
            raise PeriodOver
        campaign.state, campaign.published_at = PUBLISHED, at
        record("campaign.published", actor=actor, campaign=number, principal=campaign.principal_id)
    return campaign


def end_campaign(number: int, at: datetime, *, actor: int | None = None) -> Campaign:
    """It shows no more from this moment on. Raises NotFound or NotPublished."""
    with transaction() as session:
        campaign = campaign_numbered(session, number)
        session.refresh(campaign, with_for_update=True)
        if campaign.state != PUBLISHED:
            raise NotPublished
        campaign.state, campaign.ended_at = ENDED, at
        record("campaign.ended", actor=actor, campaign=number)
    return campaign
