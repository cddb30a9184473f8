"""The pages themselves, at `/dashboard` under wherever the host mounts them."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request

from analytics.dashboard.asked import Asked, asked_of
from analytics.dashboard.chart import chart_of, flags_of
from analytics.dashboard.figures import headlines_of
from analytics.dashboard.files import as_csv, as_json, errors_of
from analytics.dashboard.floor import above_floor
from analytics.dashboard.panels import PANELS, WIDE, Panel, groups_of, panel_of
from analytics.dashboard.period import COMPARISONS, PRESETS
from analytics.dashboard.site import Site
from analytics.dashboard.tables import Table, written
from analytics.dashboard.trend import trend_of
from analytics.days import date_of, number_of
from analytics.extension import Analytics
from analytics.pulse import lately
from analytics.reports import iso

ROWS_SHOWN = 8
ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Shown:
    """One place on the page: the chosen panel of a group, its first rows, and how many there are beyond."""

    group: str
    names: tuple[str, ...]
    panel: Panel
    table: Table
    beyond: int

    @property
    def is_wide(self) -> bool:
        return self.group in WIDE


def dashboard_pages(analytics: Analytics, site: Site) -> Blueprint:
    """`/dashboard`, and under it each panel as a page, as CSV and as JSON."""
    pages = Blueprint("dashboard", __name__)

    def asked() -> Asked:
        return asked_of(analytics, site, request.args, groups_of(site))

    def understood() -> Asked:
        """For a file: whoever fetches it sees no notice that something was left off, so it is refused."""
        now = asked()
        if wrong := errors_of(now):
            abort(_unstored(make_response(jsonify(errors=wrong), 422)))
        return now

    def page(template: str, asked: Asked, **facts: Any) -> str:
        return render_template(
            f"analytics/{template}.html",
            layout=site.layout,
            language=asked.language,
            t=asked.text,
            asked=asked,
            **facts,
        )

    @pages.get("/dashboard")
    @site.guard
    def show() -> tuple[str, int]:
        now = asked()
        facts = {"groups": [_shown(now, group) for group in groups_of(site)], "now": _lately(now), **_overview(now)}
        return page("dashboard", now, **facts), 422 if now.period.errors else 200

    @pages.get("/dashboard/now.json")
    @site.guard
    def now() -> Response:
        return _unstored(jsonify(_lately(asked())._asdict()))

    @pages.get("/dashboard/part/<group>")
    @site.guard
    def part(group: str) -> str:
        """One place on the page alone, for the script that changes tabs."""
        if group not in groups_of(site):
            abort(404)
        now = asked()
        return page("part", now, shown=_shown(now, group), **_tools(now))

    @pages.get("/dashboard/<name>")
    @site.guard
    def panel(name: str) -> tuple[str, int]:
        now, wanted = asked(), _panel(name)
        table = wanted.table(now).searched(now.search)
        pages_of_list = max(1, -(-len(table.rows) // ROWS_A_PAGE))
        number = min(pages_of_list, _page_number(request.args.get("page", "")))
        facts = {
            "panel": wanted,
            "table": table.sliced((number - 1) * ROWS_A_PAGE, ROWS_A_PAGE),
            "found": len(table.rows),
            "number": number,
            "pages_of_list": pages_of_list,
        }
        return page("panel", now, **facts, **_tools(now)), 422 if now.period.errors else 200

    @pages.get("/dashboard/<name>.csv")
    @site.guard
    def panel_as_csv(name: str) -> Response:
        now, wanted = understood(), _panel(name)
        text = as_csv(now, name, wanted.table(now).searched(now.search))
        answer = Response(text, mimetype="text/csv")
        file = f"{name}-{iso(now.days.first)}-{iso(now.days.last)}.csv"
        answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
        return _unstored(answer)

    @pages.get("/dashboard/<name>.json")
    @site.guard
    def panel_as_json(name: str) -> Response:
        now, wanted = understood(), _panel(name)
        rows = as_json(now, wanted, wanted.table(now).searched(now.search))
        return _unstored(Response(json.dumps(rows, ensure_ascii=False), mimetype="application/json"))

    def _panel(name: str) -> Panel:
        return panel_of(site, name) or abort(404)

    def _lately(asked: Asked) -> Any:
        return lately(asked.store, analytics.wiring.clock())

    return pages


def _unstored(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page_number(typed: str) -> int:
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


def _shown(asked: Asked, group: str) -> Shown:
    panel = PANELS[asked.tabs[group]]
    table = panel.table(asked)
    rows = len(table.rows) if group == "when" else ROWS_SHOWN
    return Shown(group, groups_of(asked.site)[group], panel, table.briefly(rows), max(0, len(table.rows) - rows))


def _tools(asked: Asked) -> dict[str, Any]:
    """What every page needs to write numbers and to offer other days."""
    before = asked.period.before
    return {
        "presets": PRESETS,
        "comparisons": COMPARISONS,
        "first": iso(asked.days.first),
        "last": iso(asked.days.last),
        "began": "" if asked.began is None else iso(asked.began),
        "before": (iso(before.first), iso(before.last)) if before else None,
        "zone": str(asked.analytics.days.zone),
        "write": lambda number, kind: written(number, kind, asked.text, asked.site.money),
        "links": asked.site.links(),
    }


def _overview(asked: Asked) -> dict[str, Any]:
    """Headline figures, the chart with what marketers noted, and the table of the same figures."""
    totals = asked.totals
    trend = trend_of(asked)
    days = date_of(asked.days.first), date_of(asked.days.last)
    notes = [note for note in asked.site.notes(*days) if days[0] <= note.day <= days[1]]
    labels = [trend.label(span) for span in trend.spans]
    is_open = asked.days.last >= asked.analytics.today()
    chart = chart_of(labels, trend.values(asked.chart), trend.values_before(asked.chart), is_open=is_open)
    return {
        **_tools(asked),
        "totals": None if asked.is_narrow and above_floor(totals) is None else totals,
        "is_empty": totals.views == 0 and totals.orders == 0,
        "headlines": headlines_of(asked, totals),
        "trend": trend,
        "labels": labels,
        "chart": chart,
        "flags": flags_of(chart, [trend.place_of(number_of(note.day)) for note in notes]),
        "notes": notes,
    }
