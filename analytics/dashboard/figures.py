"""What the dashboard says: headline figures with their change, panels with shares. Words and numbers, no markup."""

from collections.abc import Callable
from dataclasses import dataclass

from analytics.codes import Cut
from analytics.reading import Range
from analytics.reports import Figures, PageRow, Reports
from analytics.texts import Texts, duration, name_of

ROWS_SHOWN = 8


@dataclass(frozen=True)
class Headline:
    """One figure. `change` is a text such as "+12 %"; `better` is +1, -1 or 0 where it says nothing of good or bad."""

    name: str
    value: str
    change: str
    better: int


@dataclass(frozen=True)
class Row:
    name: str
    number: int
    share: float
    """Of the largest possible, 0 to 100."""


@dataclass(frozen=True)
class Panel:
    """`name` is the text's name; `column` that of what the numbers are."""

    name: str
    column: str
    rows: list[Row]

    @property
    def shown(self) -> list[Row]:
        return self.rows[:ROWS_SHOWN]

    @property
    def more(self) -> list[Row]:
        return self.rows[ROWS_SHOWN:]


def headlines(text: Texts, now: Figures, before: Figures, money: Callable[[int], str]) -> list[Headline]:
    """Each figure of the period beside that of the period before."""
    count = "{:,}".format
    return [
        _headline(text, "visitors", count(now.visitors), now.visitors, before.visitors, 1),
        _headline(text, "visits", count(now.visits), now.visits, before.visits, 1),
        _headline(text, "views", count(now.views), now.views, before.views, 1),
        _ratio(text, "pages_per_visit", now.pages, now.visits, before.pages, before.visits, 1, "{:.1f}".format),
        _ratio(text, "bounce_rate", now.bounces, now.visits, before.bounces, before.visits, -1,
               lambda share: f"{share * 100:.0f} %"),
        _ratio(text, "time_per_visit", now.seconds, now.visits, before.seconds, before.visits, 1,
               lambda seconds: duration(text, round(seconds))),
        _headline(text, "orders", count(now.orders), now.orders, before.orders, 1),
        _headline(text, "amount", money(now.amount), now.amount, before.amount, 1),
    ]  # fmt: skip


def _ratio(
    text: Texts, name: str, a: int, b: int, a_before: int, b_before: int, good: int, shown: Callable[[float], str]
) -> Headline:
    now, before = (a / b if b else 0.0), (a_before / b_before if b_before else 0.0)
    return _headline(text, name, shown(now) if b else "-", now, before, good)


def _headline(text: Texts, name: str, value: str, now: float, before: float, good: int) -> Headline:
    if not before:
        return Headline(name, value, text("nothing_before") if now else text("no_change"), 0)
    change = (now - before) / before
    if round(change * 100) == 0:
        return Headline(name, value, text("no_change"), 0)
    return Headline(name, value, f"{change:+,.0%}".replace("%", " %"), good if change > 0 else -good)


def panels(reports: Reports, days: Range, text: Texts, name_page: Callable[[str, str], str]) -> list[Panel]:
    """The panels in the order in which they stand on the page."""
    pages = reports.by_page(days)
    return [
        _cut_panel(reports, days, text, "panel_channels", "channel", Cut.CHANNEL),
        _cut_panel(reports, days, text, "panel_sources", "source", Cut.SOURCE),
        _page_panel("panel_pages", "views", pages, lambda row: row.views, name_page),
        _page_panel("panel_entries", "visits", pages, lambda row: row.entries, name_page),
        _page_panel("panel_exits", "visits", pages, lambda row: row.exits, name_page),
        _funnel_panel(reports, days, text),
        _cut_panel(reports, days, text, "panel_devices", "device", Cut.DEVICE),
        _cut_panel(reports, days, text, "panel_widths", "width", Cut.WIDTH),
        _cut_panel(reports, days, text, "panel_languages", "language", Cut.LANGUAGE),
        _cut_panel(reports, days, text, "panel_members", "member", Cut.MEMBER),
        _left_out_panel(reports, days, text),
    ]


def _panel(name: str, column: str, numbers: list[tuple[str, int]], whole: int | None = None) -> Panel:
    total = whole or sum(number for _, number in numbers) or 1
    rows = [Row(label, number, round(100 * number / total, 1)) for label, number in numbers if number > 0]
    return Panel(name, column, rows)


def _cut_panel(reports: Reports, days: Range, text: Texts, name: str, group: str, cut: Cut) -> Panel:
    return _panel(
        name,
        "visits",
        [(name_of(text, group, value), row.visits) for value, row in reports.by(cut, days).items()],
    )


def _page_panel(
    name: str,
    column: str,
    pages: list[PageRow],
    figure: Callable[[PageRow], int],
    name_page: Callable[[str, str], str],
) -> Panel:
    ordered = sorted(pages, key=lambda row: -figure(row))
    return _panel(name, column, [(name_page(row.kind, row.key), figure(row)) for row in ordered])


def _funnel_panel(reports: Reports, days: Range, text: Texts) -> Panel:
    steps = reports.steps(days)
    rows = [(name_of(text, "step", step.name.lower()), visits) for step, visits in steps.items()]
    return _panel("panel_funnel", "visits", rows, whole=reports.totals(days).visits)


def _left_out_panel(reports: Reports, days: Range, text: Texts) -> Panel:
    found = reports.left_out(days).items()
    rows = [(name_of(text, "left_out", reason.name.lower()), hits) for reason, hits in found]
    return _panel("panel_left_out", "hits", sorted(rows, key=lambda row: -row[1]))
