"""Wires the shop together: settings, stores, edge, languages, slices, counting house."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from app import entrance
from app.demo.commands import demo_commands
from app.foundation import commands, health, http_edge, languages, stores
from app.foundation.clock import application_clock
from app.foundation.compression import init_compression
from app.foundation.data_keys import DataKeys
from app.foundation.database import db, engine_options, open_engine, prepare_engine
from app.foundation.encryption import load_keyring
from app.foundation.faults import init_faults
from app.foundation.forms import init_forms
from app.foundation.notices import init_notices
from app.foundation.reading_counts import init_reading_counts
from app.foundation.regions import check_regions
from app.foundation.static_files import init_static_files
from app.foundation.web_session import ServerSessions
from app.measurement.wiring import init_measurement
from app.privacy.closed import end_counting
from app.settings import ROOT, Settings

SLICES = (
    "privacy", "notifications", "promotions", "marketing", "accounts", "companies", "catalog", "stock", "search",
    "recommendations", "cart", "orders", "payments", "refunds", "shipping", "invoices", "checkout", "after_sales",
    "support", "news", "testimonials", "upkeep", "disclosures", "transfers", "breaches", "disputes",
    "backoffice",
)  # fmt: skip


def create_app(settings: Settings | None = None) -> Flask:
    """The shop as a WSGI application. Raises SettingsError or KeyringError with a sentence that names what is wrong."""
    settings = settings or Settings.from_environment()
    check_regions(settings)
    app = Flask(
        "yunshang",
        root_path=str(ROOT),
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "templates"),
        instance_path=str(settings.instance_dir),
    )
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    app.extensions["settings"] = settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["kept_logs"] = []
    application_clock.follow(settings.clock_file)
    init_faults(app)
    _open_stores(app, settings)
    languages.init_languages(app)
    init_static_files(app)
    init_compression(app)
    init_forms(app)
    init_notices(app)
    http_edge.init_http_edge(app, settings)
    app.session_interface = ServerSessions()
    health.init_health(app)
    commands.init_commands(app)
    init_reading_counts(app)
    app.cli.add_command(demo_commands)
    _add_slices(app)
    init_measurement(app, settings)
    end_counting(app)
    http_edge.guard_cookies(app, settings)
    http_edge.trust_proxies(app, settings.trusted_proxies)
    app.register_blueprint(entrance.bp)
    app.jinja_env.globals.update(
        language_switch_url=entrance.language_switch_url, operator=settings.operator, site_url=settings.site_url
    )
    return app


def _open_stores(app: Flask, settings: Settings) -> None:
    ring = load_keyring(settings.keyring, create=not settings.is_production)
    app.extensions["keyring"] = ring
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.shop_database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.shop_database_url)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    app.extensions["data_keys"] = DataKeys(
        open_engine(settings.key_database_url), ring, lambda: load_keyring(settings.keyring, create=False)
    )
    app.extensions["stores"] = stores.shop_stores(settings)


def _add_slices(app: Flask) -> None:
    """A slice may have `views.bp` (in both languages), `views.root_bp` (without one) and `wiring.init_slice(app)`."""
    for name in SLICES:
        if find_spec(f"app.{name}.views"):
            views = import_module(f"app.{name}.views")
            if hasattr(views, "bp"):
                languages.register_localised(app, views.bp)
            if hasattr(views, "root_bp"):
                app.register_blueprint(views.root_bp)
        if find_spec(f"app.{name}.wiring"):
            import_module(f"app.{name}.wiring").init_slice(app)
