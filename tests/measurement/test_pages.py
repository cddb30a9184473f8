"""Which pages of the shop are counted, as what, and that refusing works from the first page on."""

import re

import pytest
from flask import Flask

from analytics.codes import Cut, LeftOut, Step
from analytics.conversions import orders_by_source
from analytics.journal import Journal
from analytics.reading import Range
from analytics.source import channel_and_host
from app.factory import create_app
from app.foundation.clock import now
from app.foundation.cookies import REGISTER
from app.measurement.pages import KINDS, PAGES
from app.measurement.purchases import amount_band
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.analytics.browsing import Surfer, is_counted
from tests.catalog.builders import a_sku
from tests.checkout.builders import an_order
from tests.conftest import settings_for


def today(house) -> Range:
    return Range(house.today(), house.today())


@pytest.mark.clause("3.2(1)a")
def test_a_page_of_the_shop_is_counted_once_its_image_is_seen(app: Flask, house, totals):
    assert is_counted(Surfer(app).opens("/zh-cn/"))
    assert totals() == (1, 1, 1)


def test_a_product_is_counted_by_its_slug_in_the_language_of_the_page(app: Flask, house, totals):
    product = a_sku().product
    Surfer(app).opens(f"/en/products/{product.slug}")
    assert totals() == (1, 1, 1)
    assert [row.value for row in house.reports.by_page(today(house))] == [f"product:{product.slug}"]
    assert list(house.reports.by(Cut.LANGUAGE, today(house))) == ["en"]
    assert house.reports.steps(today(house))[Step.VIEW] == 1


@pytest.mark.clause("3.2(1)b")
def test_members_and_guests_are_told_apart_and_no_more_is_known_of_a_member(app: Flask, house, totals):
    member, guest = Surfer(app), Surfer(app)
    signed_in(member.client, an_account())
    member.opens("/zh-cn/cart")
    guest.opens("/zh-cn/cart")
    totals()
    found = house.reports.by(Cut.MEMBER, today(house))
    assert {name: row.visitors for name, row in found.items()} == {"member": 1, "guest": 1}


@pytest.mark.clause("3.1.2b")
@pytest.mark.parametrize("signal", ["Sec-GPC", "DNT"])
def test_a_browser_with_a_signal_gets_no_image_and_moves_no_figure(app: Flask, house, totals, signal: str):
    assert Surfer(app).opens("/zh-cn/", **{signal: "1"}) is None
    assert totals() == (0, 0, 0)
    assert house.reports.left_out(today(house)) == {}


@pytest.mark.clause("3.1.2b")
def test_who_refuses_is_not_counted_from_the_next_page_on_and_everything_remembered_is_dropped(app, house, totals):
    surfer = Surfer(app)
    surfer.opens("/zh-cn/")
    assert surfer.visit_cookie
    refuse(surfer)
    assert surfer.visit_cookie is None
    for path in ("/zh-cn/", "/zh-cn/products", "/en/privacy/choices", "/zh-cn/nowhere"):
        assert surfer.beacon_of(path) is None
    assert totals() == (1, 1, 1)
    assert house.reports.left_out(today(house)) == {}


@pytest.mark.clause("3.1.2b")
def test_the_choices_page_of_a_refusing_browser_drops_what_another_tab_brought_back(app: Flask, house, totals):
    surfer = Surfer(app)
    opened_before = surfer.beacon_of("/zh-cn/")
    refuse(surfer)
    surfer.loads(opened_before)
    assert surfer.visit_cookie
    surfer.loads(forget_address(surfer))
    assert surfer.visit_cookie is None


def refuse(surfer: Surfer) -> None:
    page = surfer.client.get("/zh-cn/privacy/choices", headers=surfer.headers).text
    token = re.search(r'name="form_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="form_token"', page)
    answer = surfer.client.post(
        "/zh-cn/privacy/choices",
        data={"form_token": token[1] or token[2]},
        headers={**surfer.headers, "Origin": "http://localhost"},
    )
    assert answer.status_code in (302, 303)


def forget_address(surfer: Surfer) -> str:
    page = surfer.client.get("/zh-cn/privacy/choices", headers=surfer.headers).text
    return re.search(r'src="(/m/b\.gif[^"]+)"', page)[1]


def test_a_robots_page_carries_no_image_and_is_counted_as_a_robots(app: Flask, house, totals):
    robot = {"User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"}
    assert Surfer(app).opens("/zh-cn/", **robot) is None
    assert totals() == (0, 0, 0)
    assert house.reports.left_out(today(house)) == {LeftOut.ROBOT: 1}


def test_a_prefetched_page_is_left_out_until_it_is_shown(app: Flask, house, totals):
    surfer = Surfer(app)
    address = surfer.beacon_of("/zh-cn/", **{"Sec-Purpose": "prefetch"})
    assert totals() == (0, 0, 0)
    assert house.reports.left_out(today(house)) == {LeftOut.PREFETCHED: 1}
    surfer.loads(address)
    assert totals() == (1, 1, 1)
    assert house.reports.left_out(today(house)) == {}


def test_a_missing_page_is_counted_as_an_error_without_its_address(app: Flask, house, totals):
    Surfer(app).opens("/zh-cn/products/zhang-san-13800000000")
    assert totals() == (1, 1, 1)
    assert [row.value for row in house.reports.by_page(today(house))] == ["error:404-products"]


@pytest.mark.clause("1.2.1(3)")
def test_a_place_is_taken_from_an_address_that_a_trusted_proxy_gives_and_from_no_other(app: Flask, house, tmp_path):
    behind_a_proxy = create_app(settings_for(tmp_path, TRUSTED_PROXIES="1"))
    behind_a_proxy.extensions["analytics"].store.create_tables()
    for site, places in ((app, ["unknown"]), (behind_a_proxy, ["CN"])):
        counting_house = site.extensions["analytics"]
        forged = counting_house.page_ticket("home", language="zh")
        surfer = Surfer(site)
        surfer.loads(f"/m/b.gif?t={forged}&w=l", **{"X-Forwarded-For": "114.114.114.114"})
        counting_house.fold()
        assert list(counting_house.reports.by(Cut.PLACE, today(house))) == places


@pytest.mark.clause("3.2")
def test_pages_of_staff_are_never_counted(app: Flask, house):
    clerk = Surfer(app)
    signed_in(clerk.client, a_staff_member("manager"))
    assert clerk.beacon_of("/zh-cn/desk") is None
    assert not [name for name in PAGES if name.partition(".")[0] in ("backoffice", "dashboard", "dev")]


def test_every_counted_endpoint_exists_and_every_kind_has_a_number_of_its_own(app: Flask):
    assert set(PAGES) - set(app.view_functions) == set()
    assert {page.kind for page in PAGES.values()} <= set(KINDS)
    assert len(set(KINDS.values())) == len(KINDS)
    assert all(0 < number < 128 for number in KINDS.values())


def test_the_page_that_thanks_for_an_order_is_the_last_step_and_only_while_the_order_is_young(
    app, clock, house, totals
):
    order = an_order()
    surfer = Surfer(app)
    signed_in(surfer.client, order_owner(order))
    surfer.opens(f"/zh-cn/orders/{order.number}/remittance?done=placed")
    totals()
    assert house.reports.steps(today(house))[Step.PLACED] == 1
    clock.travel(hours=1)
    surfer.opens(f"/zh-cn/orders/{order.number}/remittance?done=placed")
    surfer.opens("/zh-cn/cart?done=placed")
    totals()
    assert house.reports.steps(today(house))[Step.PLACED] == 1


def test_a_placed_order_is_told_once_with_its_band_and_the_source_of_the_visit(app, house, totals):
    order = an_order()
    surfer = Surfer(app)
    signed_in(surfer.client, order_owner(order))
    surfer.opens("/zh-cn/", Referer="https://www.baidu.com/")
    for _ in range(2):
        surfer.opens(f"/zh-cn/orders/{order.number}/remittance?done=placed")
    totals()
    (row,) = orders_by_source(house.store, today(house))
    assert (row.source, row.bands) == ("baidu", {amount_band(order.total): 1})


def order_owner(order):
    from app.accounts.models import Account
    from app.foundation.database import db

    return db.session.get(Account, order.account_id)


@pytest.mark.clause("3.1.1c")
def test_neither_house_gets_the_others_cookies(app: Flask, house, monkeypatch):
    """What the shop's code and the counting code are handed, whatever the browser sends."""
    seen = {}
    asked = house.beacon._asked
    monkeypatch.setattr(house.beacon, "_asked", lambda environ: seen.setdefault("counting", asked(environ)))
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.update(shop=_cookies()))
    try:
        client = app.test_client(use_cookies=False)
        everything = {"Cookie": "; ".join(f"{name}=canary-{name}" for name in REGISTER)}
        client.get("/m/b.gif?t=x", headers=everything)
        client.get("/zh-cn/", headers=everything)
    finally:
        app.before_request_funcs[None].pop()
    assert "canary-visit" in str(seen["counting"])
    assert [name for name in REGISTER if f"canary-{name}" in str(seen["counting"])] == ["visit", "promo"]
    assert seen["shop"] == {name for name, line in REGISTER.items() if line.of_the_shop}


def _cookies() -> set[str]:
    from flask import request

    return set(request.cookies)


def test_the_image_leaves_the_page_as_it_is_without_style_or_script(app: Flask, house):
    page = Surfer(app).client.get("/zh-cn/", headers=Surfer(app).headers).text
    picture = page[page.index('<picture aria-hidden="true">') : page.index("</picture>", page.index("b.gif"))]
    assert "style=" not in picture and "<script" not in picture
    assert 'alt=""' in picture and 'width="1" height="1"' in picture and 'class="beacon"' in picture
    assert re.findall(r"max-width: (\d+)px", picture) == ["599", "1023", "1439"]


@pytest.mark.clause("3.2")
def test_a_journal_that_fails_breaks_no_page_and_acknowledges_nothing(app, house, totals, tmp_path, monkeypatch):
    (tmp_path / "in-the-way").write_text("a file stands where the folder should")
    monkeypatch.setattr(house.beacon, "journal", Journal(tmp_path / "in-the-way"))
    surfer = Surfer(app)
    answer = surfer.opens("/zh-cn/")
    assert answer.status_code == 200 and answer.mimetype == "image/gif" and not is_counted(answer)
    robot = surfer.client.get("/zh-cn/", headers={"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})
    assert robot.status_code == 200
    monkeypatch.undo()
    assert is_counted(surfer.opens("/zh-cn/"))
    assert totals() == (1, 1, 1)


@pytest.mark.clause("3.1.1b")
def test_two_visitors_who_do_the_same_leave_equal_cookies_but_for_what_is_random(app: Flask, house, clock):
    clock.freeze(now())
    surfers = [Surfer(app), Surfer(app)]
    for surfer in surfers:
        surfer.opens("/zh-cn/")
    first, second = (house.cookie.read(surfer.visit_cookie, house.wiring.clock()) for surfer in surfers)
    same = {"nonce": 0, "tags": (0, 0, 0, 0)}
    assert first.nonce != second.nonce
    assert first._replace(**same) == second._replace(**same)


def test_a_visit_from_a_host_that_the_operator_names_counts_under_the_channel_of_partners(tmp_path):
    app = create_app(settings_for(tmp_path, ANALYTICS_PARTNERS="partner.example"))
    for referrer, channel in (("https://www.partner.example/zhang", "partner"), ("https://else.example/", "other")):
        with app.test_request_context(headers={"Referer": referrer}):
            found = app.extensions["analytics"].source_of_request()
        assert channel_and_host(found) == (channel, "other")
