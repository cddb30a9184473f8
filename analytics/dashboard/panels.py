"""Every panel of the dashboard by its name, and the groups in which they share a place on the page."""

from collections.abc import Callable
from dataclasses import dataclass

from analytics.dashboard import order_panels, page_panels, site_panels, visit_panels
from analytics.dashboard.asked import Asked
from analytics.dashboard.site import Site
from analytics.dashboard.tables import Table


@dataclass(frozen=True)
class Panel:
    """`name` is what it is called in addresses; "panel.<name>" and "panel.<name>_what" are its texts.

    Where it `takes_filter` it tells of what the first filter lets through, else always of the whole site.
    """

    name: str
    table: Callable[[Asked], Table]
    takes_filter: bool = True


_PANELS = (
    Panel("channels", visit_panels.channels),
    Panel("sources", visit_panels.sources),
    Panel("marked-links", visit_panels.marked_links),
    Panel("pages", page_panels.pages),
    Panel("entries", page_panels.entries),
    Panel("exits", page_panels.exits),
    Panel("entry-kinds", visit_panels.entry_kinds),
    Panel("devices", visit_panels.devices),
    Panel("browsers", visit_panels.browsers),
    Panel("systems", visit_panels.systems),
    Panel("widths", visit_panels.widths),
    Panel("countries", visit_panels.countries),
    Panel("provinces", visit_panels.provinces),
    Panel("languages", visit_panels.languages),
    Panel("members", visit_panels.members),
    Panel("returning", visit_panels.returning),
    Panel("gaps", visit_panels.gaps),
    Panel("funnel", order_panels.funnel),
    Panel("goals", page_panels.goals),
    Panel("shop-days", order_panels.shop_days, takes_filter=False),
    Panel("last-sources", order_panels.orders_by_last_source, takes_filter=False),
    Panel("first-sources", order_panels.orders_by_first_source, takes_filter=False),
    Panel("seen-orders", order_panels.seen_orders, takes_filter=False),
    Panel("hours", visit_panels.hours, takes_filter=False),
    Panel("left-out", order_panels.left_out, takes_filter=False),
    Panel("not-found", page_panels.not_found, takes_filter=False),
    Panel("searches", page_panels.searches, takes_filter=False),
    Panel("outbound", site_panels.outbound, takes_filter=False),
    Panel("downloads", site_panels.downloads, takes_filter=False),
    Panel("answer-times", site_panels.answer_times, takes_filter=False),
    Panel("load-times", site_panels.page_loads, takes_filter=False),
    Panel("faults", site_panels.faults, takes_filter=False),
    Panel("products", order_panels.products, takes_filter=False),
    Panel("cohorts", visit_panels.cohorts, takes_filter=False),
)
PANELS = {panel.name: panel for panel in _PANELS}

GROUPS = {
    "arrival": ("channels", "sources", "marked-links"),
    "page": ("pages", "entries", "exits", "entry-kinds"),
    "where": ("countries", "provinces", "languages"),
    "with": ("devices", "browsers", "systems", "widths"),
    "who": ("members", "returning", "gaps"),
    "when": ("hours",),
    "way": ("funnel", "goals"),
    "orders": ("shop-days", "last-sources", "first-sources", "seen-orders"),
    "goods": ("products",),
    "weeks": ("cohorts",),
    "sought": ("searches",),
    "outside": ("left-out", "not-found"),
    "out": ("outbound", "downloads"),
    "site": ("answer-times", "load-times", "faults"),
}
"""The places on the page in their order, each with the panels among which its tabs choose. A group's name is the
parameter of the address that chooses."""

WIDE = ("goods", "weeks")


def groups_of(site: Site) -> dict[str, tuple[str, ...]]:
    """The groups of a site: without products where it has none."""
    return {name: panels for name, panels in GROUPS.items() if name != "goods" or site.product_kind}


def panel_of(site: Site, name: str) -> Panel | None:
    """The panel of this name, where the site has it."""
    return PANELS[name] if any(name in panels for panels in groups_of(site).values()) else None
