"""Principals and campaigns with good defaults, written by the acts."""

from datetime import timedelta
from itertools import count

from app.foundation.clock import now, today
from app.promotions.drafting import Wording, draft_campaign, publish_campaign
from app.promotions.models import Campaign, Principal
from app.promotions.principals import Profile, add_principal

_numbers = count(1)


def a_principal(*, brands: tuple[str, ...] = (), products: tuple[str, ...] = ()) -> Principal:
    number = next(_numbers)
    return add_principal(Profile(f"委托方{number}", f"Principal {number}", brands, products))


def a_wording(principal: Principal | None = None, **over) -> Wording:
    number = next(_numbers)
    defaults = {
        "principal_id": (principal or a_principal()).id,
        "name_zh": f"推广{number}",
        "name_en": f"Campaign {number}",
        "text_zh": f"整机保修延长到两年 {number}",
        "text_en": f"Two years of warranty {number}",
        "target": "/help",
        "on_home": True,
        "on_listing": True,
        "on_product": False,
        "starts_on": today(),
        "ends_on": today() + timedelta(days=20),
        "holds_back": False,
    }
    return Wording(**{**defaults, **over})


def a_campaign(principal: Principal | None = None, **over) -> Campaign:
    """A published one, running from today on, on the home page and the lists."""
    return publish_campaign(draft_campaign(a_wording(principal, **over)).id, now())
