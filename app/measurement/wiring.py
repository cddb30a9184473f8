"""Wires the counting house into the shop: its store, its keys, its dashboard, its service log."""

from flask import Flask, g

from analytics import agent
from analytics.cli import register_commands
from analytics.dashboard import Goal, Link, Note, Site, dashboard_pages
from analytics.extension import PACKAGE, Analytics, Wiring
from analytics.place import table_of_countries
from analytics.request_log import LogWiring
from analytics.store import metadata, nonces
from app.foundation.build import build_of
from app.foundation.clock import epoch_seconds
from app.foundation.day_files import DayFiles
from app.foundation.encryption import Keyring
from app.foundation.faults import fault_listeners
from app.foundation.http_edge import request_id
from app.foundation.languages import money, register_localised
from app.foundation.money import Money
from app.foundation.permissions import requires
from app.foundation.sealed_log import UNLOGGED
from app.foundation.stores import Store
from app.foundation.waiting_lines import WaitingLines
from app.measurement import duties  # noqa: F401 - fold, release
from app.measurement.beside import Beside
from app.measurement.house import counting_house_of
from app.measurement.made_up import DEAD_ENDS, ROOMS
from app.measurement.pages import KINDS, kind_of_answer, name_of_group, name_of_kind, name_of_page
from app.measurement.purchases import name_of_band
from app.measurement.telling import beacon, forget_beacon
from app.settings import ROOT, Settings


def init_measurement(app: Flask, settings: Settings) -> None:
    """Wire the counting house in. Its store may be down: pages, answers and hits do without it."""
    ring: Keyring = app.extensions["keyring"]
    beside: Beside = app.extensions["beside_the_figures"]
    wiring = Wiring(
        database_url=settings.analytics_database_url,
        journal_dir=settings.analytics_journal_dir,
        timezone=settings.analytics_timezone,
        ticket_keys=ring.signing_keys("analytics.ticket"),
        cookie_keys=ring.signing_keys("analytics.visit"),
        promo_keys=ring.signing_keys("analytics.promo"),
        page_kinds=KINDS,
        https=settings.is_https,
        sync=settings.analytics_fsync,
        clock=epoch_seconds,
        rooms=ROOMS,
        page_keys=lambda: {"error": DEAD_ENDS} | {kind: keys() for kind, keys in app.extensions["page_keys"].items()},
        provinces=settings.analytics_provinces,
        partners=settings.analytics_partners,
        campaigns=beside.registered_links,
        campaign_name=beside.link_name,
        kind_name=name_of_kind,
        count_automated_browsers=not settings.is_production,
        log=_service_log(app, settings),
    )
    app.extensions.setdefault("page_keys", {})
    Analytics().init_app(app, wiring)
    register_commands(app, app.extensions["analytics"])
    fault_listeners(app).append(counting_house_of(app).note_fault)
    app.jinja_env.globals.update(beacon=beacon, forget_beacon=forget_beacon)
    dashboard = dashboard_pages(
        app.extensions["analytics"],
        Site(
            layout="layouts/desk.html",
            guard=requires("dashboard.read"),
            language=lambda: str(g.locale),
            money=lambda fen: money(Money(fen)),
            name_page=name_of_page,
            name_group=name_of_group,
            name_band=name_of_band,
            product_kind="product",
            notes=lambda first, last: [Note(*each) for each in beside.notes(first, last)],
            goals=lambda: [Goal(*each) for each in beside.goals()],
            links=lambda: [Link(*each) for each in beside.links()],
        ),
    )
    register_localised(app, dashboard)
    figures = tuple(name for name in metadata.tables if name != nonces.name)
    app.extensions["stores"].append(
        Store("analytics", settings.analytics_database_url, metadata, PACKAGE / "migrations", figures)
    )


def _service_log(app: Flask, settings: Settings) -> LogWiring:
    """Where the lines of the service log go, and what they may be told. Clauses 1.2.1, 1.2.1(4)."""
    files = DayFiles(settings.instance_dir / "log", "service", ".jsonl")
    lines = WaitingLines[str]("service log", lambda day, some: files.append(day, "\n".join(some).encode()))
    app.extensions["kept_logs"].append(files)
    app.extensions["service_log"] = lines
    return LogWiring(
        write=lines.add,
        page_kind=kind_of_answer,
        request_id=request_id,
        build=build_of(ROOT),
        unlogged=UNLOGGED,
    )


def load_tables() -> None:
    """Load what every web worker needs, before a server copies itself into them."""
    agent.load()
    table_of_countries()
