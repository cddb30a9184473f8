"""The marketers' page: a blueprint that the host mounts where it likes, guards, and may wrap in its own layout.

A layout has the blocks `title`, `styles` and `main`.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request

from analytics.dashboard.chart import chart_of
from analytics.dashboard.figures import headlines, panels
from analytics.dashboard.period import PRESETS, Period, period_of
from analytics.extension import Analytics
from analytics.reports import LONGEST_EXACT_DAYS, Figures, iso
from analytics.texts import Texts, texts_in

CHARTS = ("visitors", "visits", "views")

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


def plain_money(amount: int) -> str:
    """An amount in hundredths, without a currency."""
    return f"{amount / 100:,.2f}"


def plain_page(kind: str, key: str) -> str:
    return f"{kind} {key}".strip()


def dashboard_pages(
    analytics: Analytics,
    *,
    layout: str = "analytics/layout.html",
    guard: Guard = lambda view: view,
    language: Callable[[], str] = lambda: "zh",
    money: Callable[[int], str] = plain_money,
    name_page: Callable[[str, str], str] = plain_page,
) -> Blueprint:
    """The page at `/dashboard`. `guard` decides who may see it; without one, everybody may."""
    pages = Blueprint("dashboard", __name__)

    @pages.get("/dashboard")
    @guard
    def show() -> tuple[str, int]:
        text = texts_in(language())
        period = period_of(request.args, analytics.today())
        page = render_template(
            "analytics/dashboard.html",
            layout=layout,
            language=language(),
            t=text,
            period=period,
            presets=PRESETS,
            zone=str(analytics.days.zone),
            panels=panels(analytics.reports, period.days, text, name_page),
            **_figures(analytics, period, text, money),
        )
        return page, 422 if period.errors else 200

    return pages


def _figures(analytics: Analytics, period: Period, text: Texts, money: Callable[[int], str]) -> dict[str, Any]:
    """Headline figures, the chart, and the table of the same figures."""
    reports, days, before = analytics.reports, period.days, period.days.before()
    charted = request.args.get("chart", "")
    charted = charted if charted in CHARTS else CHARTS[0]
    by_day = {iso(day): row for day, row in reports.by_day(days).items()}
    past = reports.by_day(before).values()
    totals = reports.totals(days)
    return {
        "headlines": headlines(text, totals, reports.totals(before), money),
        "totals": totals,
        "by_day": by_day,
        "money": money,
        "charts": CHARTS,
        "charted": charted,
        "chart": chart_of(list(by_day), _values(by_day.values(), charted), _values(past, charted)),
        "days": (iso(days.first), iso(days.last)),
        "before": (iso(before.first), iso(before.last)),
        "is_long": days.days > LONGEST_EXACT_DAYS,
    }


def _values(rows: Any, name: str) -> list[int]:
    return [getattr(row, name) for row in rows if isinstance(row, Figures)]
