"""Panels of the site itself: links that led out of it, times to answer and to load as distributions, faults."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from analytics.codes import Device, Way
from analytics.dashboard.asked import Asked
from analytics.dashboard.tables import Column, Row, Table, ratio, with_shares
from analytics.outbound import followed
from analytics.performance import BOUNDS_MS, Fault, Times, faults_of, load_times, times
from analytics.reports import iso
from analytics.texts import name_of

MOST_KINDS = 2
"""How many kinds of page one row names."""
_DEVICES = (Device.PHONE, Device.DESKTOP, Device.TABLET, Device.OTHER)


def outbound(asked: Asked) -> Table:
    """By the host to which they led, listed or other."""
    return _followed(asked, Way.LINK, "source")


def downloads(asked: Asked) -> Table:
    """By the ending of the file."""
    return _followed(asked, Way.DOWNLOAD, "ending")


def _followed(asked: Asked, way: Way, names: str) -> Table:
    """A row for each target, with the kinds of page from which most were led there."""
    clicks, kinds = Counter[str](), dict[str, list[str]]()
    for row in followed(asked.store, asked.days, way, asked.reports.kinds):
        clicks[row.target] += row.hits
        kinds.setdefault(row.target, []).append(_kind(asked, row.page_kind))
    rows = [
        Row(name_of(asked.text, names, target), (hits, ", ".join(kinds[target][:MOST_KINDS])))
        for target, hits in clicks.most_common()
    ]
    return Table((Column("clicks"), Column("on_page", "words")), with_shares(rows), brief=2)


def answer_times(asked: Asked) -> Table:
    return _distribution(asked, times(asked.store, *asked.days, asked.reports.kinds), "answers")


def page_loads(asked: Asked) -> Table:
    return _distribution(asked, load_times(asked.store, *asked.days, asked.reports.kinds), "pages_told")


def _distribution(asked: Asked, found: Mapping[str, Times], counted: str) -> Table:
    """A row for each kind of page: how many, the bounds of half and of 95 in 100, and the share of each span."""
    labels = [
        asked.text("span_within", ms=f"{BOUNDS_MS[0]:,}"),
        *(asked.text("span_between", above=f"{above:,}", ms=f"{ms:,}") for above, ms in pairwise(BOUNDS_MS)),
        asked.text("span_above", ms=f"{BOUNDS_MS[-1]:,}"),
    ]
    names = [f"within_{bound}_ms" for bound in BOUNDS_MS] + ["longer"]
    spans = (Column(name, "rate", label, is_shaded=True) for name, label in zip(names, labels, strict=True))
    rows = [
        Row(
            _kind(asked, kind),
            (each.answers, *(_bound(asked, each, share) for share in (0.5, 0.95)), *_shares(each)),
        )
        for kind, each in sorted(found.items(), key=lambda item: -item[1].answers)
    ]
    columns = (Column(counted), Column("half_within", "words"), Column("most_within", "words"), *spans)
    return Table(columns, with_shares(rows), brief=3)


def _shares(found: Times) -> list[float | None]:
    return [ratio(number, found.answers) for number in found.spans]


def _bound(asked: Asked, found: Times, share: float) -> str:
    bound = found.within_ms(share)
    if bound is None:
        return asked.text("span_above", ms=f"{BOUNDS_MS[-1]:,}")
    return asked.text("span_within", ms=f"{bound:,}")


def faults(asked: Asked) -> Table:
    """By code, which finds class, route and place in the service log; the days of the first and last, and on what."""
    found: dict[int, list[Fault]] = {}
    for fault in faults_of(asked.store, *asked.days):
        found.setdefault(fault.code, []).append(fault)
    rows = [Row(f"{code:x}", _of_fault(happened)) for code, happened in found.items()]
    devices = [Column(name, label=name_of(asked.text, "device", name)) for name in (d.name.lower() for d in _DEVICES)]
    columns = (Column("hits"), Column("first_on", "words"), Column("last_on", "words"), *devices)
    return Table(columns, with_shares(sorted(rows, key=lambda row: row.numbers, reverse=True)), brief=3)


def _of_fault(happened: Sequence[Fault]) -> tuple[int | str, ...]:
    days = [fault.day for fault in happened]
    by_device = [sum(fault.hits for fault in happened if fault.device == device) for device in _DEVICES]
    return sum(by_device), iso(min(days)), iso(max(days)), *by_device


def _kind(asked: Asked, kind: str) -> str:
    return asked.site.name_page(kind, "") if kind else asked.text("no_counted_page")
