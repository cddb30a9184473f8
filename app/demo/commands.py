"""`flask demo load`, `flask demo accounts`, `flask demo code NAME`."""

from collections.abc import Callable
from datetime import datetime, timedelta

import click
import pyotp
from flask.cli import AppGroup
from sqlalchemy import select

from app.catalog.commands import SHIPPED_SHEET
from app.catalog.importing import import_sheet
from app.demo.after_sales import open_cases
from app.demo.breaches import drill_a_breach
from app.demo.campaigns import run_campaigns
from app.demo.disclosures import demand_data
from app.demo.disputes import open_disputes
from app.demo.invoices import apply_for_invoices
from app.demo.leaving import apply_and_add
from app.demo.marketing import write_beside
from app.demo.messages import send_no_more
from app.demo.money import take_in_statement
from app.demo.news import tell_news
from app.demo.orders import fill_carts, live_through_orders, orders_placed
from app.demo.papers import sign_agreements, sign_undertakings
from app.demo.payee import agree_on_account
from app.demo.people import OPENED_DAYS_AGO, PASSWORD, PEOPLE, agree_to_later_versions, open_accounts
from app.demo.questions import ask_questions
from app.demo.research import ask_for_totals
from app.demo.searches import make_searches
from app.demo.testimonials import let_customers_speak
from app.foundation.audit import LedgerEntry, record
from app.foundation.clock import at, now
from app.foundation.database import db, transaction
from app.measurement.made_up import simulate_visits
from app.settings import current_settings
from app.stock.furnishing import furnish

LOADED, SEED = "demo.loaded", 20261123
VISIT_DAYS, VISITS_A_DAY = 57, 150

demo_commands = AppGroup("demo", help="Demonstration data (development only).")


@demo_commands.command("load")
def load() -> None:
    """Furnish the shop, once. Safe to repeat and to interrupt."""
    refuse_in_production()
    if is_loaded():
        click.echo("The demo data is loaded already.")
        return
    start = now()
    steps: tuple[tuple[str, Callable[[datetime], int]], ...] = (
        ("machines, parts, services and stock", furnish_shop),
        ("people", open_accounts),
        ("agreements to later versions", agree_to_later_versions),
        ("papers of recipients", sign_agreements),
        ("undertakings of the staff", sign_undertakings),
        ("our account", agree_on_account),
        ("orders", live_through_orders),
        ("after-sales cases", open_cases),
        ("lines of a bank statement", take_in_statement),
        ("invoices", apply_for_invoices),
        ("goods in carts", fill_carts),
        ("questions", ask_questions),
        ("disputes", open_disputes),
        ("news", tell_news),
        ("customers' words", let_customers_speak),
        ("people who leave", apply_and_add),
        ("demands for data", demand_data),
        ("drills of a breach", drill_a_breach),
        ("research", ask_for_totals),
        ("searches", lambda moment: make_searches(moment, VISIT_DAYS, SEED)),
        ("goals, links and notes", lambda moment: write_beside(moment, VISIT_DAYS)),
        ("visits", count_visits),
        ("campaigns", lambda moment: run_campaigns(moment, SEED)),
        ("messages", send_no_more),
    )
    for what, step in steps:
        click.echo(f"  {what}: {step(start)}")
    with transaction():
        record(LOADED, seed=SEED)


@demo_commands.command("accounts")
def accounts() -> None:
    """Print who may sign in, with passwords and authenticator secrets."""
    refuse_in_production()
    click.echo(f"Demo accounts, password of all: {PASSWORD}")
    for person in PEOPLE:
        factor = f"authenticator {person.secret}" if person.role != "buyer" else ""
        click.echo(f"  {person.name:<10}{person.says:<18}{factor}".rstrip())
    click.echo("  The present code of an authenticator: .venv/bin/flask --app wsgi demo code clerk")


@demo_commands.command("code")
@click.argument("name", type=click.Choice([person.name for person in PEOPLE if person.role != "buyer"]))
def code(name: str) -> None:
    """Print the authenticator's present code of demo account NAME."""
    refuse_in_production()
    person = next(each for each in PEOPLE if each.name == name)
    click.echo(pyotp.TOTP(person.secret).at(now()))


def refuse_in_production() -> None:
    """Published passwords have no place there."""
    if current_settings().is_production:
        raise click.ClickException("the demo's passwords are published: this command is for development only")


def is_loaded() -> bool:
    """Whether every step was done once."""
    return db.session.scalar(select(LedgerEntry.id).where(LedgerEntry.event == LOADED).limit(1)) is not None


def furnish_shop(start: datetime) -> int:
    """The shipped machines with seeded offers, parts, services, warehouses and stock, as of some weeks ago."""
    opened = start - timedelta(days=OPENED_DAYS_AGO)
    with at(opened):
        import_sheet(SHIPPED_SHEET.read_bytes(), opened)
        return furnish(SEED, opened)


def count_visits(start: datetime) -> int:
    """A made-up crowd, through the real counting code."""
    return simulate_visits(orders_placed(), days=VISIT_DAYS, visits=VISITS_A_DAY, seed=SEED)
