"""What may stand in the service log, value by value: for a look at what a whole run of the tests left there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from analytics.codes import Browser, Device
from analytics.request_log import FIELDS, METHODS
from app.foundation.jobs import DUTIES

SHAPES = {
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d[+-]\d\d:\d\d",
    "request": r"[0-9a-f]{16}|-",
    "method": "|".join([*METHODS, "other"]),
    "status": r"[1-5]\d\d",
    "ms": r"\d{1,7}",
    "browser": "|".join([*(browser.name.lower() for browser in Browser), "-"]),
    "referrer": r"[a-z0-9.-]{1,30}",
    "build": r"[0-9a-f]{12}|-",
    "device": "|".join(device.name.lower() for device in Device),
    "fault": r"[0-9a-f]{1,16}",
    "kind": r"[A-Za-z_.<>]+",
    "answered": r"\d+",
    "lines": r"\d+",
}
PLACE = r"[\w./+-]+\.py:\d+ [\w<>]+|<\w+>:\d+ [\w<>]+"


def strange_values(app: Flask, folder: Path) -> list[tuple[str, Any]]:
    """Fields and values of the service log in `folder` that no line may have."""
    lines = [json.loads(line) for path in sorted(folder.glob("*")) for line in path.read_text().splitlines()]
    return [found for line in lines for found in _strange_in(line, {*app.view_functions, *DUTIES, "-"})]


def _strange_in(line: dict[str, Any], routes: set[str]) -> Iterator[tuple[str, Any]]:
    for field, value in line.items():
        if field == "event":
            continue
        if field not in FIELDS.get(line["event"], ()) or not _is_usual(field, value, routes):
            yield field, value


def _is_usual(field: str, value: Any, routes: set[str]) -> bool:
    if field == "route":
        return value in routes or value.startswith("test.")
    if field == "stack":
        return all(re.fullmatch(PLACE, place) for place in value)
    return re.fullmatch(SHAPES[field], str(value)) is not None
