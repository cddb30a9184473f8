"""Pages of the shop tell how they were left, where they are counted and nowhere else."""

import pytest
from flask import Flask
from sqlalchemy import select

from analytics.codes import page_code
from analytics.store import page_times
from app.measurement.pages import KINDS
from tests.analytics.browsing import CHROME, Surfer
from tests.analytics.test_leaving import tell, ticket_of


@pytest.mark.clause("2.9")
def test_a_page_of_the_shop_tells_its_time_in_view(app: Flask, house, clock):
    surfer = Surfer(app)
    ticket = ticket_of(surfer, "/zh-cn/")
    clock.travel(minutes=2)
    tell(surfer, ticket, "n=0&s=70000")
    house.fold()
    with house.store.reading() as connection:
        found = [tuple(row)[1:] for row in connection.execute(select(page_times))]
    assert found == [(page_code(KINDS["home"]), 1, 70)]


@pytest.mark.clause("3.1.2b")
@pytest.mark.parametrize("headers", [{"Sec-GPC": "1"}, {"DNT": "1"}, {"User-Agent": "Googlebot/2.1"}])
def test_who_refuses_and_who_is_no_person_gets_neither_ticket_nor_script(app: Flask, headers: dict[str, str]):
    page = app.test_client().get("/zh-cn/", headers={"User-Agent": CHROME, **headers}).text
    assert "<main" in page and "data-leaving" not in page and "leaving.js" not in page


def test_a_page_that_is_not_counted_carries_none(app: Flask):
    assert ticket_of(Surfer(app), "/zh-cn/privacy/archive")
    assert not ticket_of(Surfer(app), "/m/mine")
