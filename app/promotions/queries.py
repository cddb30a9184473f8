"""Campaigns by slot and principal, and whose goods were bought."""

from collections.abc import Collection
from datetime import date
from typing import NoReturn

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.foundation.errors import NotFound
from app.promotions.models import (
    BRAND,
    DRAFT,
    HOME,
    LISTING,
    MODEL,
    PRODUCT,
    PUBLISHED,
    Campaign,
    Offer,
    Principal,
    PrincipalGoods,
)

_CAMPAIGN, _PRINCIPAL = Campaign.__table__.c, Principal.__table__.c
_PLACES = {HOME: _CAMPAIGN.on_home, LISTING: _CAMPAIGN.on_listing, PRODUCT: _CAMPAIGN.on_product}
_RUNNING = {
    slot: select(
        _CAMPAIGN.id, _CAMPAIGN.principal_id, _CAMPAIGN.target, _CAMPAIGN.text_zh, _CAMPAIGN.text_en,
        _PRINCIPAL.name_zh, _PRINCIPAL.name_en, _CAMPAIGN.starts_on, _CAMPAIGN.holds_back,
    )
    .join_from(Campaign.__table__, Principal.__table__)
    .where(
        _CAMPAIGN.state == PUBLISHED, place,
        _CAMPAIGN.starts_on <= bindparam("day"), _CAMPAIGN.ends_on >= bindparam("day"),
    )
    .order_by(_CAMPAIGN.id.desc())
    for slot, place in _PLACES.items()
}  # fmt: skip
"""Made once, and of plain columns: every page with a slot asks, and whole objects take twelve times as long."""


def running_in(session: Session, slot: str, day: date) -> list[Offer]:
    """What may be shown in a slot on a business day, newest first."""
    return [Offer._make(row) for row in session.execute(_RUNNING[slot], {"day": day})]


def all_campaigns() -> Select[Campaign]:
    """For the desk: the latest period first."""
    return select(Campaign).order_by(Campaign.ends_on.desc(), Campaign.id.desc())


def campaigns_shown_of(principal: Principal) -> Select[Campaign]:
    """What a principal may ask about: own campaigns that were published."""
    return all_campaigns().where(Campaign.principal_id == principal.id, Campaign.state != DRAFT)


def all_principals() -> Select[Principal]:
    return select(Principal).order_by(Principal.name_en, Principal.id)


def campaign_numbered(session: Session, number: int) -> Campaign:
    """Raises NotFound."""
    return session.get(Campaign, number) or _nowhere()


def principal_numbered(session: Session, number: int) -> Principal:
    """Raises NotFound."""
    return session.get(Principal, number) or _nowhere()


def principals_selling(session: Session, brands: Collection[str], slugs: Collection[str]) -> list[int]:
    """The numbers of the principals to whose goods one of these brands or products belongs."""

    def among(kind: str, codes: Collection[str]) -> ColumnElement[bool]:
        return and_(PrincipalGoods.kind == kind, PrincipalGoods.code.in_(codes))

    theirs = or_(among(BRAND, brands), among(MODEL, slugs))
    query = select(PrincipalGoods.principal_id).where(theirs).distinct().order_by(PrincipalGoods.principal_id)
    return list(session.scalars(query))


def _nowhere() -> NoReturn:
    raise NotFound
