"""The tables that research can ask for: what the release views of closed weeks hold, and nothing else. 4.1.1(7).

A row is one closed week, of all visits or of one campaign, labelled by its Monday and the campaign's number. Every
number was made publishable once: hidden below the floor (0), with noise, rounded, and with others hidden so that none
follows.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.foundation.grounds import Sums
from app.foundation.languages import N_
from app.measurement.campaigns import released_visits, released_weeks_of
from app.promotions.models import DRAFT, Campaign
from app.promotions.queries import all_campaigns

VISITS = "visits"
TABLES: dict[str, str] = {
    VISITS: N_("by week: views, visits and visitors of the whole site"),
    "reach": N_("by week and campaign: how many browsers were reached, clicked, and bought"),
    "amounts": N_("by week and campaign: how many purchases, by band of amount"),
    "devices": N_("by week and campaign: those reached, by class of device"),
    "members": N_("by week and campaign: those reached, members and guests"),
    "returning": N_("by week and campaign: those reached, new and returning"),
    "places": N_("by week and campaign: those reached, by country"),
}
Row = tuple[str, dict[str, int]]
"""The label of a week, and its numbers by their columns."""
_CUTS: dict[str, Callable[[Any], dict[str, int]]] = {
    "reach": lambda week: {"reached": week.reached, "clicked": week.clicked, "bought": week.bought},
    "amounts": lambda week: {f"band {band}": number for band, number in week.bands.items()},
    "devices": lambda week: week.devices,
    "members": lambda week: week.members,
    "returning": lambda week: week.returning,
    "places": lambda week: week.places,
}


def sums_of(session: Session, table: str, from_day: date, to_day: date) -> Sums:
    """One table over the closed weeks that lie wholly between two days, oldest first. Raises KeyError."""
    rows = _visits(from_day, to_day) if table == VISITS else _campaigns(session, _CUTS[table], from_day, to_day)
    columns = list(dict.fromkeys(name for _, numbers in rows for name in numbers))
    return Sums(("week", *columns), [(label, *(numbers.get(name, 0) for name in columns)) for label, numbers in rows])


def _visits(from_day: date, to_day: date) -> Sequence[Row]:
    return [
        (monday.isoformat(), {"views": week.views, "visits": week.visits, "visitors": week.visitors})
        for monday, week in reversed(released_visits())
        if _is_within(monday, from_day, to_day)
    ]


def _campaigns(session: Session, cut: Callable[[Any], dict[str, int]], from_day: date, to_day: date) -> Sequence[Row]:
    """Of every campaign that was published, as its principal reads it."""
    found = []
    for campaign in session.scalars(all_campaigns().where(Campaign.state != DRAFT)):
        ended = campaign.ended_at.astimezone(SHANGHAI).date() if campaign.ended_at else campaign.ends_on
        for monday, week in released_weeks_of(campaign.id, campaign.starts_on, min(ended, campaign.ends_on)):
            if _is_within(monday, from_day, to_day):
                found.append((monday, campaign.id, cut(week)))
    found.sort(key=lambda each: each[:2])
    return [(f"{monday.isoformat()} #{number}", numbers) for monday, number, numbers in found]


def _is_within(monday: date, from_day: date, to_day: date) -> bool:
    return from_day <= monday and monday + timedelta(days=6) <= to_day
