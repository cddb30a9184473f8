"""The rows of a panel as CSV and JSON, for spreadsheets and programs: the numbers of the page, not rounded."""

import csv
import io
from typing import Any

from analytics.dashboard.asked import Asked
from analytics.dashboard.floor import INSIDE_FLOOR, Few
from analytics.dashboard.panels import Panel
from analytics.dashboard.tables import Number, Table
from analytics.reports import iso

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"


def as_csv(asked: Asked, panel: str, table: Table) -> str:
    """With a byte-order mark, by which Excel knows UTF-8. No cell begins what a spreadsheet takes for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    heads = [column.label or asked.text(column.name) for column in table.columns]
    writer.writerow(safe(cell) for cell in (asked.text(f"panel.{panel}"), *heads))
    for row in table.rows:
        writer.writerow(safe(cell) for cell in (row.name, *(_plain(number) for number in row.numbers)))
    return BOM + out.getvalue()


def safe(cell: str) -> str:
    """The cell, behind an apostrophe where it would begin a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _plain(number: Number) -> str:
    if number is None:
        return ""
    if isinstance(number, Few):
        return f"<{INSIDE_FLOOR}"
    return str(round(number, 4)) if isinstance(number, float) else str(number)


def errors_of(asked: Asked) -> dict[str, str]:
    """What of the address cannot be used, in the reader's language, by the parameter."""
    found = {name: asked.text(error) for name, error in asked.period.errors.items()}
    return {**found, "filters": asked.text("filter_refused")} if asked.picks.problems else found


def as_json(asked: Asked, panel: Panel, table: Table) -> dict[str, Any]:
    """A number below the floor is null and its name is under `hidden`; rates are shares of 1, amounts hundredths.

    `filters` has the one by which the panel is cut, if it is cut by any.
    """
    picked = asked.picks.picked[:1] if panel.takes_filter else ()
    return {
        "panel": panel.name,
        "from": iso(asked.days.first),
        "to": iso(asked.days.last),
        "filters": {each.parameter: each.value for each in picked},
        "floor": INSIDE_FLOOR,
        "rows": [
            {"name": row.name, **_named(table, row.numbers)} | ({"value": row.value} if row.value else {})
            for row in table.rows
        ],
    }


def _named(table: Table, numbers: tuple[Number, ...]) -> dict[str, Any]:
    pairs = list(zip((column.name for column in table.columns), numbers, strict=True))
    found: dict[str, Any] = {name: None if isinstance(number, Few) else number for name, number in pairs}
    hidden = [name for name, number in pairs if isinstance(number, Few)]
    return {**found, "hidden": hidden} if hidden else found
