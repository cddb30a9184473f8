"""Marketers register the links that they spread; visits count for those, and for nothing else that an address says."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from analytics.codes import Cut
from analytics.extension import Analytics
from analytics.reading import Range
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.remembering import LOOK_AGAIN_SECONDS
from app.marketing import registering
from app.marketing.known_links import KnownLinks
from app.marketing.models import RegisteredLink
from app.marketing.registering import AlreadyRegistered, NothingSaid, TooManyLinks, register_link, retire_link
from app.measurement.beside import Utm
from tests.analytics.browsing import Surfer
from tests.backoffice.builders import Desk
from tests.marketing.test_notes_and_goals import Marketer

WEIBO = Utm("weibo", "cpc", "double-11")


@pytest.fixture
def marketer(app: Flask) -> Marketer:
    app.extensions["known_links"].forget()
    return Marketer(app)


def a_link(utm: Utm = WEIBO, name: str = "Weibo in November") -> RegisteredLink:
    return register_link(name, utm, "/products", actor=1)


def registers(marketer: Marketer, **fields: str):
    return marketer.sends("/links", "LinkForm", **{"name": "Weibo", "target": "/products", **fields})


def visits_by_link(house: Analytics) -> dict[str, int]:
    house.fold()
    return {
        name: row.visits for name, row in house.reports.by(Cut.CAMPAIGN, Range(house.today(), house.today())).items()
    }


@pytest.mark.clause("2.9")
def test_a_visit_by_the_ready_made_address_counts_for_the_link_under_its_name(app: Flask, marketer: Marketer, house):
    assert registers(marketer, utm_source=" WeiBo ", utm_campaign="双十一", name="Weibo & friends").status_code == 303
    addresses = re.findall(r"<code>(.*?)</code>", marketer.opens("/links").text)
    assert len(addresses) == 2 and addresses[0].startswith("http")
    Surfer(app).opens("/" + unescape(addresses[1]).split("/", 3)[3])
    assert visits_by_link(house) == {"Weibo & friends": 1}
    assert "Weibo &amp; friends" in marketer.opens("/marked-links").text


@pytest.mark.clause("2.9")
@pytest.mark.parametrize(
    "query",
    ["utm_source=zhang-san", "utm_source=weibo%00", "utm_source=" + "x" * 6000, "utm_source=%ff%fe", "utm_campaign="],
)
def test_what_is_not_registered_is_dropped_and_breaks_nothing(app: Flask, marketer: Marketer, house, query: str):
    a_link()
    assert Surfer(app).opens(f"/en/?{query}&utm_medium=cpc") is not None
    assert visits_by_link(house) == {"none": 1}
    assert list(house.reports.by(Cut.CHANNEL, Range(house.today(), house.today()))) == ["campaign"]


@pytest.mark.clause("2.9")
def test_a_retired_link_counts_no_more_keeps_its_name_and_its_number_is_not_given_again(marketer: Marketer, app, house):
    old = a_link(name="Last year")
    Surfer(app).opens("/en/?" + old.query)
    assert marketer.sends(f"/links/{old.id}/retirement", "marketing.links").status_code == 303
    Surfer(app).opens("/en/?" + old.query)
    assert visits_by_link(house) == {"Last year": 1, "none": 1}
    assert a_link().id > old.id


def test_the_ledger_knows_who_registered_and_retired_what(app: Flask):
    link = a_link()
    for _ in range(2):
        retire_link(link.id, now(), actor=1)
    events = db.session.scalars(select(LedgerEntry.event)).all()
    assert (events.count("marketing.link_registered"), events.count("marketing.link_retired")) == (1, 1)


def test_the_same_values_are_registered_once_in_whatever_case(app: Flask, marketer: Marketer):
    a_link()
    sent = registers(marketer, utm_source="WEIBO", utm_medium="Cpc", utm_campaign="Double-11")
    assert sent.status_code == 422 and "registered already" in sent.text
    with pytest.raises(AlreadyRegistered):
        a_link()


def test_a_link_says_something_and_there_is_an_end_to_them(app: Flask, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(NothingSaid):
        a_link(Utm())
    monkeypatch.setattr(registering, "MOST_LIVE_LINKS", 2)
    a_link(Utm("a"))
    retire_link(a_link(Utm("b")).id, now(), actor=1)
    a_link(Utm("c"))
    with pytest.raises(TooManyLinks):
        a_link(Utm("d"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "at least one of the five"),
        ({"utm_source": "x", "name": ""}, "Please fill in this field"),
        ({"utm_source": "zhang.san@example.com"}, "Letters, digits"),
        ({"utm_term": "13800138000"}, "as long as a phone"),
        ({"utm_source": "<script>"}, "Letters, digits"),
        ({"utm_source": "a\x00b"}, "cannot be shown"),
        ({"utm_source": "长" * 61}, "At most 60 characters"),
        *(({"utm_source": "x", "target": path}, "a page of this shop") for path in (
            "products", "//example.com/", "/nowhere", "/orders", "/products/no-such-machine", "/products/..",
            "/../en", "https://example.com",
        )),
    ],
)  # fmt: skip
def test_a_wrong_link_is_refused_at_its_field(marketer: Marketer, fields: dict, words: str):
    sent = registers(marketer, **fields)
    assert sent.status_code == 422 and words in unescape(sent.text)
    assert db.session.scalars(select(RegisteredLink)).all() == []


def test_what_is_not_there_cannot_be_retired(marketer: Marketer):
    with pytest.raises(NotFound):
        retire_link(7, now(), actor=1)
    assert marketer.sends("/links/7/retirement", "marketing.links").status_code == 404
    assert marketer.client.post("/en/dashboard/links/7/retirement").status_code == 400


def statements_for(path: str, app: Flask) -> list[str]:
    """What the shop's store is asked for a page that was shown before."""
    asked: list[str] = []
    Surfer(app).opens(path)
    event.listen(db.engine, "before_cursor_execute", note := lambda *call: asked.append(call[2]))
    Surfer(app).opens(path)
    event.remove(db.engine, "before_cursor_execute", note)
    return asked


def test_a_page_asks_the_store_no_more_for_a_registered_link_than_without(app: Flask, marketer: Marketer):
    link = a_link()
    plain, marked = statements_for("/en/", app), statements_for(f"/en/?{link.query}", app)
    assert len(marked) == len(plain)
    assert not any("marketing_links" in statement for statement in plain + marked)


def test_other_processes_know_a_link_after_seconds(app: Flask):
    at = [100.0]
    known = KnownLinks(lambda: at[0])
    assert known.now().live == {}
    link = a_link()
    at[0] += LOOK_AGAIN_SECONDS - 1
    assert known.now().live == {}
    at[0] += 1
    assert known.now() == ({WEIBO: link.id}, {link.id: link.name})


def test_a_store_that_does_not_answer_leaves_what_was_known(app: Flask):
    at, link = [100.0], a_link()
    known = KnownLinks(lambda: at[0])
    known.now()
    at[0] += LOOK_AGAIN_SECONDS

    def refuse(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        assert known.now().live == {WEIBO: link.id}
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)


@pytest.mark.clause("5.1.1e")
def test_a_clerk_neither_sees_nor_registers_links(app: Flask):
    clerk = Desk(app, "clerk")
    assert clerk.client.get("/en/dashboard/links").status_code == 403
    sent = {"form_token": clerk.token("LinkForm"), "name": "x", "utm_source": "x", "target": "/"}
    assert clerk.client.post("/en/dashboard/links", data=sent).status_code == 403


@pytest.mark.clause("2.2")
def test_the_page_of_links_speaks_both_languages_and_the_dashboard_leads_to_it(marketer: Marketer):
    assert "已登记的链接" in marketer.opens("/links", "zh-cn").text
    assert '/en/dashboard/links"' in marketer.opens().text
