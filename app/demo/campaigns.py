"""Campaigns of the demonstration shop: one that ran, one that runs, both plainly made up, with counted effect."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.demo.people import account_of
from app.foundation.clock import SHANGHAI, at
from app.foundation.database import db
from app.measurement.duties import release
from app.measurement.made_up import simulate_campaign
from app.promotions.drafting import Wording, draft_campaign, publish_campaign
from app.promotions.models import Campaign
from app.promotions.principals import Profile, add_principal, make_link

BROWSERS_A_DAY = 60
PRINCIPAL = Profile("演示委托方", "Demonstration principal", brands=("canaan",))
STORIES = (
    (35, 15, "演示：上一期", "Demonstration: the one before", "演示推广：按 J/T 比较嘉楠矿机",
     "Demonstration: Canaan machines compared by J/T"),
    (9, -40, "演示：本期", "Demonstration: the present one", "演示推广：嘉楠矿机现货一览",
     "Demonstration: Canaan machines in stock"),
)  # fmt: skip
"""First and last day, counted back from the load; names; texts."""


def run_campaigns(start: datetime, seed: int) -> int:
    """Write, publish and count them. Safe to repeat: what is there already is left alone."""
    if db.session.scalar(select(Campaign.id).limit(1)) is not None:
        return 0
    marketer, day = account_of("marketer"), start.astimezone(SHANGHAI).date()
    actor = marketer.audit_ref if marketer else None
    principal = add_principal(PRINCIPAL, actor=actor)
    for first, last, name_zh, name_en, text_zh, text_en in STORIES:
        begins, ends = day - timedelta(days=first), day - timedelta(days=last)
        wording = Wording(
            principal.id, name_zh, name_en, text_zh, text_en, "/products/brand/canaan",
            on_home=True, on_listing=True, on_product=False, starts_on=begins, ends_on=ends, holds_back=True,
        )  # fmt: skip
        with at(start - timedelta(days=first)):
            campaign = draft_campaign(wording, actor=actor)
            publish_campaign(campaign.id, start - timedelta(days=first), actor=actor)
        simulate_campaign(campaign.id, principal.id, begins, min(ends, day), browsers=BROWSERS_A_DAY, seed=seed)
    make_link(principal.id, day, actor=actor)
    release()
    return len(STORIES)
