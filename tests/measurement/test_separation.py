"""Proof that counts and people are apart: nothing of a person is counted, and exchanging people changes nothing."""

from itertools import permutations
from pathlib import Path

import pytest
from flask import Flask

from analytics.store import BOOKKEEPING, journal_files, metadata, timings
from app.foundation.clock import now
from tests.accounts.builders import an_account, signed_in
from tests.analytics.browsing import CHROME, Surfer
from tests.catalog.builders import a_sku
from tests.checkout.builders import a_buyer, an_order

CANARY = "canary9f3a"


def counters(house) -> list[list[tuple]]:
    """Every counter table as an ordered dump; without that of how long answers took, which is this machine's doing."""
    house.fold()
    tables = [table for table in metadata.sorted_tables if table not in (*BOOKKEEPING, timings)]
    with house.store.reading() as connection:
        return [sorted(map(tuple, connection.execute(table.select()))) for table in tables]


def emptied(house) -> None:
    with house.store.writing() as connection:
        for table in metadata.sorted_tables:
            if table is not journal_files:
                connection.execute(table.delete())


@pytest.mark.clause("2.10")
@pytest.mark.clause("3.2(1)b")
def test_exchanging_names_accounts_numbers_orders_and_addresses_leaves_every_counter_the_same(app: Flask, house, clock):
    """Three people with three ways of using the shop, in every assignment of people to ways."""
    clock.freeze(now())
    slug = a_sku().product.slug
    people = [a_buyer() for _ in range(3)]
    orders = {person.id: an_order(account=person).number for person in people}
    ways = [
        ["/zh-cn/", f"/zh-cn/products/{slug}", "/zh-cn/orders/{order}"],
        ["/en/products", "/en/cart", "/en/account", "/en/orders/{order}"],
        ["/zh-cn/search?q=s19", "/zh-cn/orders", "/zh-cn/orders/{order}"],
    ]

    def dump(assigned) -> list[list[tuple]]:
        emptied(house)
        for person, way in zip(assigned, ways, strict=True):
            surfer = Surfer(app)
            signed_in(surfer.client, person)
            for path in way:
                assert surfer.opens(path.format(order=orders[person.id])).status_code == 200
        return counters(house)

    dumps = [dump(assigned) for assigned in permutations(people)]
    assert sum(map(len, dumps[0])) > 100
    assert all(each == dumps[0] for each in dumps)


@pytest.mark.clause("2.10")
@pytest.mark.clause("1.1.2a")
@pytest.mark.clause("1.2.1(4)")
def test_what_a_browser_or_a_person_says_is_nowhere_in_counts_or_journal(app: Flask, house):
    surfer = Surfer(app)
    person = an_account(name=f"{CANARY}name")
    signed_in(surfer.client, person)
    headers = {
        "User-Agent": f"{CHROME} {CANARY}agent",
        "Referer": f"https://{CANARY}.example/{CANARY}path?q={CANARY}",
        "Accept-Language": f"zh-{CANARY}",
        "X-Forwarded-For": "203.0.113.77",
        "From": f"{CANARY}@mail.example",
        "Sec-CH-UA-Model": f'"{CANARY}model"',
    }
    surfer.client.set_cookie("cart", f"{CANARY}cart")
    surfer.client.set_cookie("prefs", f"{CANARY}prefs")
    for path in (
        f"/zh-cn/?utm_source={CANARY}&utm_campaign={CANARY}&utm_term={CANARY}",
        f"/zh-cn/search?q={CANARY}",
        f"/zh-cn/products/{CANARY}",
        f"/zh-cn/cart?{CANARY}={CANARY}",
        "/zh-cn/account",
    ):
        surfer.opens(path, **headers)
    journal = b"".join(file.read_bytes() for file in house.wiring.journal_dir.glob("*.hits"))
    house.fold()
    stored = b"".join(file.read_bytes() for file in store_files(house))
    assert len(journal) > 300 and len(stored) > 10_000
    for trace in (CANARY.encode(), b"203.0.113.77", str(person.id).encode(), b"127.0.0.1"):
        assert trace not in journal and trace not in stored


def store_files(house) -> list[Path]:
    path = Path(house.store.engine.url.database)
    return [file for file in path.parent.glob(f"{path.name}*") if file.is_file()]


@pytest.mark.clause("3.2(1)a")
def test_two_hundred_visitors_behind_one_address_with_one_browser_are_two_hundred(app: Flask, house, totals):
    for _ in range(200):
        Surfer(app).opens("/zh-cn/")
    assert totals() == (200, 200, 200)


@pytest.mark.clause("3.1.1b")
def test_two_visitors_with_equal_histories_leave_equal_traces(app: Flask, house, clock):
    """Each after the other, from nothing: the same rows, to the last number."""
    clock.freeze(now())
    dumps = []
    for _ in range(2):
        emptied(house)
        surfer = Surfer(app)
        for path in ("/zh-cn/", "/en/products", "/zh-cn/cart"):
            surfer.opens(path, Referer="https://www.baidu.com/")
        dumps.append(counters(house))
    assert dumps[0] == dumps[1]
