"""What the marketer of the demonstration shop wrote beside the figures: links, goals and notes."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from app.demo.people import actor_of
from app.foundation.clock import SHANGHAI, at
from app.foundation.database import db
from app.marketing.known_links import KnownLinks
from app.marketing.models import RegisteredLink
from app.marketing.noting import Target, name_goal, write_note
from app.marketing.registering import register_link
from app.measurement.beside import Utm

LINKS = (
    ("公众号推文：现货矿机", Utm("wechat", "social", "spot-machines"), "/products"),
    ("知乎专栏：J/T 怎么看", Utm("zhihu", "social", "j-per-t"), "/compare"),
    ("Newsletter: hydro machines", Utm("newsletter", "email", "hydro"), "/products"),
)
GOALS = (
    ("提交订单", Target(step="placed")),
    ("进入结算", Target(step="checkout")),
    ("看对比页", Target(kind="compare")),
)
NOTES = ((20, "S21 系列调价"), (9, "新一期推广开始"), (3, "成都仓到货"))
"""Days back from the load, and what was written."""


def write_beside(start: datetime, days: int) -> int:
    """Register, name and write them, `days` ago; how many. Safe to repeat: what is there already is left alone."""
    actor = actor_of("marketer").audit_ref
    if actor is None or db.session.scalar(select(RegisteredLink.id).limit(1)) is not None:
        return 0
    day = start.astimezone(SHANGHAI).date()
    with at(start - timedelta(days=days)):
        for name, target in GOALS:
            name_goal(name, target, actor=actor)
        for name, utm, leads_to in LINKS:
            register_link(name, utm, leads_to, actor=actor)
    for ago, text in NOTES:
        with at(start - timedelta(days=ago)):
            write_note(day - timedelta(days=ago), text, actor=actor)
    known: KnownLinks = current_app.extensions["known_links"]
    known.forget()
    return len(GOALS) + len(LINKS) + len(NOTES)
