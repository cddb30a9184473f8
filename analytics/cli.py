"""`flask analytics fold`, `report` and `simulate`."""

import json
from datetime import date
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from analytics.codes import Cut
from analytics.days import number_of
from analytics.extension import Analytics
from analytics.performance import faults_of, times
from analytics.reading import Range
from analytics.reports import Figures, iso

CUTS = {
    "channel": Cut.CHANNEL,
    "source": Cut.SOURCE,
    "device": Cut.DEVICE,
    "width": Cut.WIDTH,
    "language": Cut.LANGUAGE,
    "member": Cut.MEMBER,
    "entry-kind": Cut.ENTRY_KIND,
    "browser": Cut.BROWSER,
    "system": Cut.SYSTEM,
    "place": Cut.PLACE,
    "campaign": Cut.CAMPAIGN,
    "returning": Cut.RETURNING,
}
DIMENSIONS = ("day", "page", "step", "left-out", *CUTS)


class Day(click.ParamType[int]):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return number_of(date.fromisoformat(value))
        except ValueError:
            self.fail(f"{value!r} is not a day such as 2026-11-23", param, ctx)


def register_commands(app: Flask, analytics: Analytics) -> None:
    group = AppGroup("analytics", help="The counting house: fold the journal, read the figures.")

    @group.command()
    def fold() -> None:
        """Count what waits in the journal (the worker does so every second)."""
        click.echo(f"{analytics.fold()} lines counted")

    @group.command()
    @click.option("--from", "first", type=Day(), required=True, help="First day, such as 2026-11-01.")
    @click.option("--to", "last", type=Day(), required=True, help="Last day, included.")
    @click.option("--by", type=click.Choice(DIMENSIONS), help="Split by this dimension.")
    @click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
    def report(first: int, last: int, by: str | None, as_json: bool) -> None:
        """Figures of a range of days. Amounts are in fen; orders are those placed."""
        if last < first:
            raise click.BadParameter("the last day lies before the first", param_hint="--to")
        _fold_if_possible(analytics)
        found = report_of(analytics, Range(first, last), by)
        click.echo(json.dumps(found, ensure_ascii=False) if as_json else _as_text(found))

    @group.command()
    @click.option("--days", type=click.IntRange(1, 761), default=60, show_default=True, help="How far back.")
    @click.option("--visits", type=click.IntRange(1, 100_000), default=80, show_default=True, help="Visits a day.")
    @click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same crowd.")
    def simulate(days: int, visits: int, seed: int) -> None:
        """Send made-up visits through journal and folder: for demonstrations and measurements.

        If it is stopped, the same command goes on after the last day that is closed.
        """
        with click.progressbar(length=days, label="Days") as bar:
            lines = analytics.simulate(days=days, visits=visits, seed=seed, after_day=lambda _: bar.update(1))
        click.echo(f"{lines} lines written and counted")

    add_performance(group, analytics)
    app.cli.add_command(group)


def add_performance(group: AppGroup, analytics: Analytics) -> None:
    """`flask analytics times` and `faults`, for whoever runs the site."""
    first_day = click.option("--from", "first", type=Day(), required=True, help="First day, such as 2026-11-01.")
    last_day = click.option("--to", "last", type=Day(), required=True, help="Last day, included.")

    @group.command("times")
    @first_day
    @last_day
    def show_times(first: int, last: int) -> None:
        """Within how many milliseconds half and 95 of 100 answers were made, by kind of page."""
        _fold_if_possible(analytics)
        kinds = {number: name for name, number in analytics.wiring.page_kinds.items()}
        for kind, found in times(analytics.store, first, last, kinds).items():
            half, most = (found.within_ms(share) or "more" for share in (0.5, 0.95))
            click.echo(f"{kind or 'other':<12} answers {found.answers:>9,}  p50 ms {half:>5}  p95 ms {most:>5}")

    @group.command("faults")
    @first_day
    @last_day
    def show_faults(first: int, last: int) -> None:
        """Faults by day and device class; look a code up in the service log for its class, route and place."""
        _fold_if_possible(analytics)
        for fault in faults_of(analytics.store, first, last):
            click.echo(f"{iso(fault.day)}  {fault.code:>16x}  {fault.device.name.lower():<7}  {fault.hits:>7,}")


def _fold_if_possible(analytics: Analytics) -> None:
    """So that the figures are complete; another folder, a locked store or a role that only reads delays them."""
    try:
        analytics.fold()
    except (OperationalError, ProgrammingError) as problem:
        click.echo(f"the journal could not be folded just now: {problem.orig}", err=True)


def report_of(analytics: Analytics, days: Range, by: str | None = None) -> dict[str, Any]:
    """The report in the shape that others rely on."""
    return {
        "from": iso(days.first),
        "to": iso(days.last),
        "totals": _figures(analytics.reports.totals(days), orders=True),
        "by": _rows(analytics, days, by) if by else [],
    }


def _rows(analytics: Analytics, days: Range, by: str) -> list[dict[str, Any]]:
    reports = analytics.reports
    if by == "day":
        return [
            {"value": iso(day), **_figures(row, orders=True)}
            for day, row in reports.by_day(days).items()
        ]  # fmt: skip
    if by == "page":
        return [{"value": row.value, **row._asdict()} for row in reports.by_page(days)]
    if by == "step":
        return [{"value": step.name.lower(), "visits": visits} for step, visits in reports.steps(days).items()]
    if by == "left-out":
        return [{"value": reason.name.lower(), "hits": hits} for reason, hits in reports.left_out(days).items()]
    return [{"value": value, **_figures(row)} for value, row in reports.by(CUTS[by], days).items()]


def _figures(row: Figures, *, orders: bool = False) -> dict[str, int]:
    names = ("views", "visits", "visitors", "bounces", "seconds", *(("orders", "amount") if orders else ()))
    return {name: getattr(row, name) for name in names}


def _as_text(found: dict[str, Any]) -> str:
    lines = [f"{found['from']} .. {found['to']}"]
    lines += [f"{name:>10} {number:>14,}" for name, number in found["totals"].items()]
    for row in found["by"]:
        lines.append("  ".join(str(value) if name == "value" else f"{name} {value}" for name, value in row.items()))
    return "\n".join(lines)
