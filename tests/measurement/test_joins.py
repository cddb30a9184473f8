"""The joins between counts and people that cannot be made, one test each: J2 to J8 and J10. Clause 2.10.

Those that are about what the stores hold run on SQLite and on PostgreSQL. J1, no shared column, is proved of the models
beside the folder too (tests/analytics/test_fold.py), J9, no bridge through a log, beside
the logs (tests/privacy/test_log_keeping.py); a solver who holds everything plays in tests/analytics/test_linkage.py.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask, request, request_started
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from analytics.extension import Analytics
from analytics.journal import ALLOWED
from analytics.signing import Forged
from analytics.store import BOOKKEEPING, hours, metadata, minutes, timings
from app.factory import create_app
from app.foundation import stores
from app.foundation.clock import epoch_seconds, now
from app.foundation.cookies import sign_facts, signed_facts
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from app.measurement.duties import release
from app.privacy.erasure_receipt import receipt_token
from bench.engines import Postgres
from tests.accounts.builders import an_account, signed_in
from tests.analytics.browsing import Surfer, is_counted
from tests.catalog.builders import a_sku
from tests.checkout.builders import a_buyer, an_order
from tests.conftest import Browser, settings_for
from tests.measurement.test_separation import emptied
from tests.papers import papers_in_order
from tests.privacy.closures import erased

CANARY = "canary5d1e"
SETTINGS = ("SHOP_DATABASE_URL", "KEY_DATABASE_URL", "ANALYTICS_DATABASE_URL")


class Site(NamedTuple):
    """A shop and its counting house."""

    app: Flask
    house: Analytics


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.part("postgresql"))])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Both with every store on one kind of database, nothing in them but the papers of recipients."""
    if request.param == "sqlite":
        yield Site(request.getfixturevalue("app"), request.getfixturevalue("house"))
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    app = create_app(settings_for(tmp_path, **{setting: postgres.new_database() for setting in SETTINGS}))
    app.testing, app.test_client_class = True, Browser
    for store in app.extensions["stores"]:
        stores.upgrade(store)
    with app.app_context():
        papers_in_order()
        yield Site(app, app.extensions["analytics"])
        db.session.remove()
        for engine in (db.engine, data_keys().engine, app.extensions["analytics"].store.engine):
            assert engine.dialect.name == "postgresql"
            engine.dispose()


@pytest.mark.clause("2.10")
def test_j1_the_counts_as_the_store_has_them_have_no_column_beside_the_allowed_ones(site: Site):
    columns = {
        (table, column["name"])
        for table in inspect(site.house.store.engine).get_table_names()
        if table not in {each.name for each in BOOKKEEPING} | {"alembic_version"}
        for column in inspect(site.house.store.engine).get_columns(table)
    }
    assert len(columns) > 30 and {name for _, name in columns} <= set(ALLOWED)
    of_people = inspect(db.engine)
    assert not {table for table, _ in columns} & set(of_people.get_table_names())
    assert not any(inspect(site.house.store.engine).get_foreign_keys(table) for table, _ in columns)


def rows_but_of(house, *left_off) -> dict[str, list[tuple]]:
    """What the counters hold, table by table."""
    house.fold()
    tables = [table for table in metadata.sorted_tables if table not in (*BOOKKEEPING, timings, *left_off)]
    with house.store.reading() as connection:
        return {table.name: sorted(map(tuple, connection.execute(table.select()))) for table in tables}


def owned_by(role: str, postgres: Postgres) -> str:
    """The address of a new database with a role of its own, made as docs/operations.md asks."""
    url = make_url(postgres.new_database())
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        connection.execute(text(f"ALTER DATABASE {url.database} OWNER TO {role}"))
        connection.execute(text(f"REVOKE CONNECT ON DATABASE {url.database} FROM PUBLIC"))
    return url.set(username=role).render_as_string()


@pytest.mark.clause("2.10")
@pytest.mark.clause("2.8")
def test_j2_the_shops_role_cannot_open_the_counts_nor_theirs_the_shop(postgres: Postgres, tmp_path: Path):
    urls = {name: owned_by(f"{name}_role", postgres) for name in ("shop", "counts")}
    site = create_app(settings_for(tmp_path, SHOP_DATABASE_URL=urls["shop"], ANALYTICS_DATABASE_URL=urls["counts"]))
    for store in site.extensions["stores"]:
        stores.upgrade(store)
    with site.app_context():
        assert is_counted(Surfer(site).opens("/zh-cn/"))
        assert rows_but_of(site.extensions["analytics"])["hours"]
    for owner, other in (("shop", "counts"), ("counts", "shop")):
        trespasser = create_engine(make_url(urls[other]).set(username=f"{owner}_role"))
        with pytest.raises(OperationalError, match="permission denied"), trespasser.connect():
            pass


@pytest.mark.clause("2.10")
@pytest.mark.clause("3.1.2a")
def test_j3_neither_house_is_handed_the_others_cookies(app: Flask, house, monkeypatch):
    seen: dict[str, set[str]] = {"/m/": set(), "shop": set()}
    answer = house.beacon.answer

    def at_the_door(environ):
        seen["/m/"] |= names_in(environ.get("HTTP_COOKIE", ""))
        return answer(environ)

    def in_the_shop(_sender, **_more):
        seen["/m/" if request.path.startswith("/m/") else "shop"] |= names_in(request.headers.get("Cookie", ""))

    monkeypatch.setattr(house.beacon, "answer", at_the_door)
    surfer = Surfer(app)
    for name in ("device", "cart", "prefs", "choice", "visit", "promo", "other"):
        surfer.client.set_cookie(name, CANARY, path="/")
    signed_in(surfer.client, an_account())
    with request_started.connected_to(in_the_shop, app):
        for path in ("/zh-cn/", "/zh-cn/account"):
            surfer.opens(path)
        surfer.client.get("/m/mine")
    assert seen == {"/m/": {"visit", "promo"}, "shop": {"sid", "device", "cart", "prefs", "choice"}}


def names_in(header: str) -> set[str]:
    return {pair.strip().partition("=")[0] for pair in header.split(";") if pair.strip()}


@pytest.mark.clause("2.10")
@pytest.mark.clause("3.2(1)b")
def test_j4_the_tickets_of_two_members_differ_in_the_random_number_alone(app: Flask, house, clock):
    clock.freeze(now())
    tickets = []
    for _ in range(2):
        surfer, buyer = Surfer(app), a_buyer()
        signed_in(surfer.client, buyer)
        address = surfer.beacon_of(f"/zh-cn/orders/{an_order(account=buyer).number}")
        tickets.append(house.tickets.read(address.partition("t=")[2].partition("&")[0], epoch_seconds()))
    one, other = tickets
    assert one.nonce != other.nonce and one._replace(nonce=0) == other._replace(nonce=0)
    assert not one.key and one.minute * 60 == int(epoch_seconds()) // 60 * 60


@pytest.mark.clause("3.2(1)b")
def test_what_two_members_with_equal_histories_carry_differs_in_random_numbers_alone(app: Flask, house, clock):
    """Signed in, signed out, back again: the bit is the same for all, and so is everything else but the nonce."""
    clock.freeze(now())
    carried = []
    for _ in range(2):
        surfer = Surfer(app)
        signed_in(surfer.client, a_buyer())
        surfer.opens("/zh-cn/")
        surfer.client.delete_cookie("sid")
        surfer.opens("/en/products")
        carried.append(house.cookie.read(surfer.visit_cookie, epoch_seconds()))
    one, other = carried
    assert one.nonce != other.nonce and one._replace(nonce=0, tags=()) == other._replace(nonce=0, tags=())


@pytest.mark.clause("3.2(1)b", "5.2.2b")
def test_the_receipt_of_an_erasure_takes_the_memory_of_visits_out_of_the_browser(app: Flask, house, clock):
    member, surfer = an_account(), Surfer(app)
    signed_in(surfer.client, member)
    surfer.opens("/zh-cn/")
    assert surfer.visit_cookie
    receipt = f"/en/privacy/closure/{receipt_token(erased(member))}"
    for address in re.findall(r'"(/m/b.gif[^"]*)"', surfer.client.get(receipt).text):
        surfer.loads(unescape(address))
    assert not surfer.visit_cookie


@pytest.mark.clause("2.10")
def test_j5_morning_and_evening_leave_the_same_sums_of_the_day(site: Site, clock):
    midnight = now().replace(hour=16, minute=0, second=0, microsecond=0)  # of Shanghai
    dumps = []
    for hour in (9, 21):
        emptied(site.house)
        clock.freeze(midnight + timedelta(hours=hour))
        surfer = Surfer(site.app)
        for path in ("/zh-cn/", "/zh-cn/products"):
            surfer.opens(path)
        dumps.append(rows_but_of(site.house, hours, minutes))
    assert dumps[0] == dumps[1] and dumps[0]["figures"]


@pytest.mark.clause("2.10")
def test_j6_what_is_signed_for_one_use_is_refused_for_every_other(app: Flask, house):
    surfer, ring = Surfer(app), app.extensions["keyring"]
    ticket = surfer.beacon_of("/zh-cn/").partition("t=")[2].partition("&")[0]
    surfer.opens("/zh-cn/")
    with app.test_request_context("/zh-cn/"):
        ours = {name: sign_facts(name, {"a": 1}) for name in ("choice", "prefs", "cart")}
        for value in (ticket, surfer.visit_cookie, *ours.values()):
            readable = [name for name in ours if signed_facts(name, value)]
            readable += ["visit"] if house.cookie.read(value, epoch_seconds()) else []
            readable += ["promo"] if house.promo.read(value) else []
            readable += ["ticket"] if is_ticket(house, value) else []
            assert len(readable) == 1
    kinds = ["analytics.ticket", "analytics.visit", "analytics.promo", *(f"cookie.{name}" for name in ours), "form"]
    assert len({key for kind in kinds for key in ring.signing_keys(kind)}) >= len(kinds)


def is_ticket(house, value: str) -> bool:
    try:
        house.tickets.read(value, epoch_seconds())
    except Forged:
        return False
    return True


@pytest.mark.clause("2.10")
@pytest.mark.parametrize(("visitors", "told"), [(9, 0), (40, 3)])
def test_j7_nine_visitors_of_a_week_are_told_to_nobody_outside_and_many_are(
    site: Site, clock, visitors: int, told: int
):
    for _ in range(visitors):
        Surfer(site.app).opens("/zh-cn/")
    site.house.fold()
    clock.travel(days=8)
    release()
    assert len(re.findall(r"<td>[1-7]0</td>", site.app.test_client().get("/m/counts?lang=en").text)) == told


@pytest.mark.clause("2.10")
def test_j8_the_image_is_asked_for_without_referrer_and_one_that_comes_is_ignored(site: Site, clock):
    clock.freeze(now())
    dumps = []
    for headers in ({}, {"Referer": f"https://{CANARY}.example/zh-cn/orders/{CANARY}?q={CANARY}"}):
        emptied(site.house)
        surfer = Surfer(site.app)
        page = surfer.client.get("/zh-cn/", headers=surfer.headers).text
        surfer.loads(surfer.beacon_of("/zh-cn/"), **headers)
        dumps.append(rows_but_of(site.house))
    assert page.count("<img") and 'referrerpolicy="no-referrer"' in page.partition('class="beacon"')[2][:200]
    assert dumps[0] == dumps[1] and CANARY not in repr(dumps)


@pytest.fixture
def asked_of_the_counts(site: Site) -> Iterator[list[str]]:
    """Every statement that reaches the counts while a test runs."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(site.house.store.engine, "before_cursor_execute", note)
    yield statements
    event.remove(site.house.store.engine, "before_cursor_execute", note)


@pytest.mark.clause("2.10")
@pytest.mark.clause("3.2(2)")
def test_j10_no_page_that_is_made_for_a_person_asks_the_counts_anything(site: Site, asked_of_the_counts):
    sku, buyer = a_sku(), a_buyer()
    number = an_order(account=buyer).number
    paths = [
        "/", "/products", f"/products/{sku.product.slug}", "/search?q=s19", "/compare", "/cart", "/checkout", "/orders",
        f"/orders/{number}", "/account", "/privacy/choices", "/privacy/cookies", "/help", "/nowhere",
    ]  # fmt: skip
    for member in (False, True):
        surfer = Surfer(site.app)
        if member:
            signed_in(surfer.client, buyer)
        for path in paths:
            surfer.opens(f"/zh-cn{path}".rstrip("/") + ("/" if path == "/" else ""))
    assert asked_of_the_counts == []
    site.house.fold()
    assert asked_of_the_counts
