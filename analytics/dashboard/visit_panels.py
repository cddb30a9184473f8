"""Panels of visits cut by one dimension: where they came from, with what, in which language, who."""

from collections.abc import Callable

from analytics.codes import Cut
from analytics.dashboard.asked import Asked
from analytics.dashboard.filters import PARAMETER_OF, filter_of
from analytics.dashboard.floor import above_floor, at_least
from analytics.dashboard.tables import Column, Row, Table, ratio, with_floor, with_shares
from analytics.days import first_day_of_week, week_of
from analytics.pulse import by_hour
from analytics.reports import Figures, iso
from analytics.retention import retention, return_gaps
from analytics.texts import name_of

COLUMNS = (
    Column("visits"),
    Column("visitors"),
    Column("views"),
    Column("pages_per_visit", "one_decimal"),
    Column("bounce_rate", "rate"),
    Column("time_per_visit", "seconds"),
)
MOST_WEEKS = 26
"""How many weeks a cohort is followed on the page."""

Name = Callable[[Asked, str], str]


def cut_table(asked: Asked, cut: Cut, name: Name, group: Callable[[str], str | None] = str) -> Table:
    """Visits by the values of a cut, behind one filter; `group` puts values together, or leaves them out with None."""
    found: dict[str, Figures] = {}
    for value, figures in asked.reports.by(cut, asked.days, asked.first_filter).items():
        if (key := group(value)) is not None:
            before = found.get(key, Figures())
            found[key] = Figures(*(a + b for a, b in zip(before, figures, strict=True)))
    ordered = dict(sorted(found.items(), key=lambda item: (-item[1].visits, -item[1].views, item[0])))
    kinds = asked.analytics.wiring.page_kinds
    rows = [
        Row(name(asked, value), numbers_of(figures), value=value if filter_of(cut, value, kinds) else "")
        for value, figures in ordered.items()
    ]
    if asked.first_filter:
        rows = with_floor(rows, [above_floor(figures) is None for figures in ordered.values()], asked.text)
    return Table(COLUMNS, with_shares(rows), PARAMETER_OF.get(cut, ""))


def numbers_of(figures: Figures) -> tuple[int | float | None, ...]:
    """One for each of COLUMNS."""
    return (
        figures.visits,
        figures.visitors,
        figures.views,
        ratio(figures.pages, figures.visits),
        ratio(figures.bounces, figures.visits),
        ratio(figures.seconds, figures.visits),
    )


def by_name(group: str) -> Name:
    return lambda asked, value: name_of(asked.text, group, value)


def channels(asked: Asked) -> Table:
    return cut_table(asked, Cut.CHANNEL, by_name("channel"))


def sources(asked: Asked) -> Table:
    return cut_table(asked, Cut.SOURCE, by_name("source"))


def marked_links(asked: Asked) -> Table:
    """Of visits by a link that bears a registered campaign."""
    return cut_table(asked, Cut.CAMPAIGN, lambda _, value: value, lambda value: None if value == "none" else value)


def devices(asked: Asked) -> Table:
    return cut_table(asked, Cut.DEVICE, by_name("device"))


def browsers(asked: Asked) -> Table:
    return cut_table(asked, Cut.BROWSER, by_name("browser"))


def systems(asked: Asked) -> Table:
    return cut_table(asked, Cut.SYSTEM, by_name("system"))


def widths(asked: Asked) -> Table:
    return cut_table(asked, Cut.WIDTH, by_name("width"))


def countries(asked: Asked) -> Table:
    """Provinces count with their country."""
    return cut_table(asked, Cut.PLACE, Asked.place_name, lambda value: value.partition("-")[0])


def provinces(asked: Asked) -> Table:
    return cut_table(asked, Cut.PLACE, Asked.place_name, lambda value: value if "-" in value else None)


def languages(asked: Asked) -> Table:
    return cut_table(asked, Cut.LANGUAGE, by_name("language"))


def members(asked: Asked) -> Table:
    return cut_table(asked, Cut.MEMBER, by_name("member"))


def returning(asked: Asked) -> Table:
    return cut_table(asked, Cut.RETURNING, by_name("returning"))


def entry_kinds(asked: Asked) -> Table:
    return cut_table(asked, Cut.ENTRY_KIND, lambda _, value: asked.site.name_page(value, ""))


def gaps(asked: Asked) -> Table:
    """How long browsers had stayed away before each day on which they came."""
    found = return_gaps(asked.store, asked.days, asked.first_filter)
    by_length = {
        "gap.new": found.new,
        "gap.next_day": found.next_day,
        "gap.within_week": found.within_week,
        "gap.within_month": found.within_month,
        "gap.later": found.later,
    }
    shown = at_least if asked.first_filter else int
    rows = [Row(asked.text(name), (shown(number),)) for name, number in by_length.items() if number]
    return Table((Column("active_days"),), with_shares(rows))


def hours(asked: Asked) -> Table:
    """All twenty-four, in their order, where there was anything; of the whole site."""
    found = by_hour(asked.store, asked.days)
    rows = [Row(f"{each.hour:02d}:00 - {each.hour:02d}:59", (each.visits, each.views)) for each in found]
    if not any(each.views for each in found):
        rows = []
    return Table((Column("visits_begun"), Column("views")), with_shares(rows))


def cohorts(asked: Asked) -> Table:
    """Browsers by the week of their first visit, newest first, and which share of them came in the weeks after."""
    found = retention(asked.store, week_of(asked.days.first), week_of(asked.days.last))[::-1]
    weeks = min(MOST_WEEKS, len(found) - 1)
    later = tuple(
        Column(f"after_{n}_weeks", "rate", asked.text("after_weeks", number=n), is_shaded=True)
        for n in range(1, weeks + 1)
    )
    rows = []
    for each in found:
        shares = [ratio(number, each.size) for number in each.active[1 : weeks + 1]]
        if each.size:
            rows.append(Row(iso(first_day_of_week(each.week)), (each.size, *shares, *[None] * (weeks - len(shares)))))
    return Table((Column("new_browsers"), *later), rows, brief=9, with_shares=False)
