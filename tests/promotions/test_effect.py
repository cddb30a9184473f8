"""From the page to the purchase: what is counted of buyers, and that orders know nothing of it. 2.6, 4.1.3(3)."""

import re
from datetime import timedelta
from secrets import randbits

import pytest
from sqlalchemy import select

from analytics.codes import Cut, Device, Step
from analytics.days import number_of
from analytics.journal import PromotionLine
from analytics.place import place_code
from analytics.promotion import Act, Audience, Banner, Told, advance
from analytics.reading import Range
from analytics.store import metadata, promotion_audience
from app.accounts.models import Account
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.money import Money
from app.measurement.campaigns import effect_of_campaign
from app.measurement.duties import release
from app.measurement.purchases import amount_band
from app.orders.models import Order, OrderEvent, OrderLine, OrderPart
from app.promotions.drafting import end_campaign
from app.promotions.principals import LINK_LIFE, make_link, token_of, withdraw_link
from tests.accounts.builders import signed_in
from tests.backoffice.builders import Desk
from tests.checkout.builders import an_order
from tests.promotions.builders import a_campaign, a_principal
from tests.promotions.visitor import HOME, Visitor, counted
from tests.stock.builders import a_stocked_sku

NOBODY_KNOWN = Audience()


def thanks(visitor: Visitor, order: Order) -> None:
    """The buyer's page after placing the order, its image loaded."""
    signed_in(visitor.client, db.session.get(Account, order.account_id))
    visitor.sees(f"/en/orders/{order.number}/remittance?done=placed")


@pytest.mark.clause("2.6")
def test_a_purchase_of_the_principals_goods_after_the_campaign_is_counted_once_with_its_band(app, house):
    sku, _ = a_stocked_sku(5)
    campaign = a_campaign(a_principal(brands=("bitmain",)))
    visitor, order = Visitor(app, allows=True), an_order(sku)
    visitor.sees(HOME)
    for _ in range(3):
        thanks(visitor, order)
    assert counted(house) == {"shown": 1, "reached": 1, "bought": 1}
    effect = effect_of_campaign(campaign.id)
    assert effect.bands == {amount_band(order.goods): 1} and effect.by_lag[0] == ("same_day", 1)


@pytest.mark.clause("2.6")
@pytest.mark.parametrize(("goods", "bought"), [("its-product", 1), ("other-brand", 0), ("none", 0)])
def test_only_goods_of_the_principal_count(app, house, goods, bought):
    sku, _ = a_stocked_sku(5)
    principal = {
        "its-product": lambda: a_principal(products=(sku.product.slug,)),
        "other-brand": lambda: a_principal(brands=("whatsminer",)),
        "none": a_principal,
    }[goods]()
    a_campaign(principal)
    visitor = Visitor(app, allows=True)
    visitor.sees(HOME)
    thanks(visitor, an_order(sku))
    assert counted(house).get("bought", 0) == bought


def test_the_page_that_thanks_tells_of_an_order_once_even_to_another_browser(app, house):
    sku, _ = a_stocked_sku(5)
    a_campaign(a_principal(brands=("bitmain",)))
    order = an_order(sku)
    for _ in range(2):
        visitor = Visitor(app, allows=True)
        visitor.sees(HOME)
        thanks(visitor, order)
    assert counted(house)["bought"] == 1
    assert house.reports.steps(Range(house.today(), house.today()))[Step.PLACED] == 2


OWN_TO_EACH = {
    "id", "number", "account_id", "subject_id", "placing_key", "placing_digest", "order_id", "part_id", "actor", "at",
    "consignee", "sku_id", "warehouse_id", "sku_code", "slug", "name_zh", "name_en",
}  # fmt: skip


def shape(order: Order) -> list[tuple]:
    """Every column of an order's rows, without what is random, sealed or a moment."""
    rows = [order, *order.parts, *order.lines, *order.events]
    return [
        (type(row).__name__, column.name, type(value).__name__ if column.name.endswith(("_at", "until")) else value)
        for row in rows
        for column in row.__table__.columns
        if column.name not in OWN_TO_EACH
        for value in [getattr(row, _attribute(row, column))]
    ]


def _attribute(row, column) -> str:
    return row.__mapper__.get_property_by_column(column).key


@pytest.mark.clause("2.6")
def test_orders_with_and_without_the_promo_cookie_have_the_same_rows(app, house, clock):
    clock.freeze(now())
    a_campaign(a_principal(brands=("bitmain",)))
    shapes = []
    for allows in (True, False):
        sku, _ = a_stocked_sku(5)
        visitor, order = Visitor(app, allows=allows), an_order(sku)
        visitor.clicks(HOME)
        thanks(visitor, order)
        assert bool(visitor.promo_cookie) is allows
        shapes.append(shape(order))
    assert shapes[0] == shapes[1] and len(shapes[0]) > 25
    assert counted(house)["bought"] == 1
    assert not {"campaign", "promo", "offer"} & {
        column.name for model in (Order, OrderPart, OrderLine, OrderEvent) for column in model.__table__.columns
    }


@pytest.mark.clause("2.6")
def test_the_counts_of_promotions_hold_no_order(app, house):
    sku, _ = a_stocked_sku(5)
    a_campaign(a_principal(brands=("bitmain",)))
    visitor, order = Visitor(app, allows=True), an_order(sku)
    visitor.sees(HOME)
    thanks(visitor, order)
    counted(house)
    told = {order.id, int(order.number), order.account_id, order.subject_id, order.total.fen}
    with house.store.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                assert not told & {value for value in row if isinstance(value, int)}, table.name


@pytest.mark.parametrize(
    ("yuan", "band"),
    [
        ("0.01", 1),
        ("999.99", 1),
        ("1000", 2),
        ("49999.99", 4),
        ("50000", 5),
        ("499999.99", 6),
        ("500000", 7),
        ("9e9", 7),
    ],
)
def test_amounts_fall_into_seven_bands(yuan, band):
    assert amount_band(Money.yuan(yuan)) == band


def crowd(house, campaign, browsers: int, day, bought: int = 0, arm: Act = Act.SHOWN, audience=NOBODY_KNOWN) -> None:
    """Made-up browsers through the real rules: all reached on a day, some of them bought."""
    banner, on = Banner(arm, campaign.id, campaign.principal_id), number_of(day)
    for number in range(browsers):
        memory, moves = advance((), Told((banner,)), on)
        if number < bought:
            moves += advance(memory, Told(principals=(campaign.principal_id,), band=3), on)[1]
        house.journal.append(PromotionLine(randbits(62), randbits(62), tuple(moves), audience))
    house.fold()


@pytest.mark.clause("2.6")
def test_the_marketer_reads_the_effect_and_whether_it_is_known(app, house):
    campaign = a_campaign(holds_back=True)
    desk = Desk(app, "marketer")
    assert "Nothing is counted yet" in desk.get(f"/campaigns/{campaign.id}").text
    crowd(house, campaign, 60, today(), 6, Act.SHOWN_IN_TRIAL)
    assert "Not yet known" in desk.get(f"/campaigns/{campaign.id}").text
    crowd(house, campaign, 60, today(), 0, Act.WITHHELD)
    crowd(house, campaign, 200, today(), 40, Act.SHOWN_IN_TRIAL)
    page = desk.get(f"/campaigns/{campaign.id}").text
    assert "Not yet known" not in page and "percentage points" in page and "<rect" in page


@pytest.mark.clause("2.6")
def test_the_marketer_reads_how_many_visits_the_figures_speak_for(app, house):
    campaign = a_campaign()
    for allows in (True, False, False, False):
        visitor = Visitor(app, allows=allows)
        for _ in range(2):
            visitor.sees(HOME)
    house.fold()
    assert "25 % of all visits counted" in Desk(app, "marketer").get(f"/campaigns/{campaign.id}").text


@pytest.mark.clause("4.1.3(3)")
def test_a_principal_reads_in_words_who_was_reached(app, house, clock):
    own = a_campaign()
    crowd(house, own, 130, today(), audience=Audience(Device.PHONE, place_code("SG"), 0, 0))
    token = token_of(make_link(own.principal_id, today()))
    clock.travel(days=9)
    release()
    address = f"principal/{token}/campaigns/{own.id}"
    assert re.search(r"<td>Singapore: 1[0-6]0</td>", app.test_client().get(f"/en/{address}").text)
    assert re.search(r"<td>新加坡: 1[0-6]0</td>", app.test_client().get(f"/zh-cn/{address}").text)


@pytest.mark.clause("4.1.3(3)")
def test_a_browser_counts_once_among_those_reached_by_what_was_known_of_it_then(app, house):
    a_campaign()
    visitor = Visitor(app, allows=True)
    for _ in range(3):
        visitor.sees(HOME)
    house.fold()
    with house.store.reading() as connection:
        rows = connection.execute(
            select(promotion_audience.c.cut, promotion_audience.c.a, promotion_audience.c.happened)
        )
        found = {cut: (value, times) for cut, value, times in rows}
    assert found == {Cut.DEVICE: (Device.DESKTOP, 1), Cut.PLACE: (0, 1), Cut.MEMBER: (0, 1), Cut.RETURNING: (0, 1)}


@pytest.mark.clause("4.1.3(3)")
def test_a_principal_reads_closed_weeks_of_own_campaigns_and_anothers_is_404(app, house, clock):
    own, other = a_campaign(), a_campaign()
    crowd(house, own, 137, today(), 4)
    token = token_of(make_link(own.principal_id, today()))
    client = app.test_client()
    assert own.name("en") in client.get(f"/en/principal/{token}").text
    assert other.name("en") not in client.get(f"/en/principal/{token}").text
    assert client.get(f"/en/principal/{token}/campaigns/{other.id}").status_code == 404
    assert client.get(f"/en/principal/{token}/campaigns/{own.id}").status_code == 200
    clock.travel(days=9)
    release()
    page = client.get(f"/en/principal/{token}/campaigns/{own.id}")
    assert any(f'<td class="number">{n}</td>' in page.text for n in range(100, 170, 10))
    assert "fewer than 10" in page.text and page.headers["Cache-Control"] == "no-store"
    assert "/m/b.gif" not in page.text and "137" not in page.text


@pytest.mark.clause("4.1.3(3)")
def test_what_a_principal_reads_has_the_columns_of_the_list_and_no_filter(app, house):
    own = a_campaign(starts_on=today() - timedelta(days=20))
    token = token_of(make_link(own.principal_id, today()))
    address = f"/en/principal/{token}/campaigns/{own.id}"
    page = app.test_client().get(address).text
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page)
    assert heads[:4] == ["Week from Monday", "Reached", "Clicked", "Bought"]
    assert heads[4] == heads[12] == "Week from Monday" and len(heads) == 4 + 1 + 7 + 10
    assert heads[13:] == [
        "Desktop", "Phone", "Tablet", "Other device", "Members", "Guests", "First visit", "Came back", "Country",
    ]  # fmt: skip
    for query in ("from=2026-11-01&to=2026-11-01", "device=phone", "format=csv"):
        assert _main(app.test_client().get(f"{address}?{query}").text) == _main(page)


def _main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


@pytest.mark.clause("4.1.3b")
def test_a_link_ends_after_ninety_days_and_at_once_when_withdrawn(app, house, clock):
    own = a_campaign()
    first = token_of(make_link(own.principal_id, today()))
    second = token_of(make_link(own.principal_id, today()))
    client = app.test_client()
    assert client.get(f"/en/principal/{first}").status_code == 404
    clock.travel(days=LINK_LIFE.days)
    assert client.get(f"/en/principal/{second}").status_code == 200
    clock.travel(days=1)
    for path in ("", f"/campaigns/{own.id}"):
        assert client.get(f"/zh-cn/principal/{second}{path}").status_code == 410
    clock.travel(days=-5)
    withdraw_link(own.principal_id)
    assert client.get(f"/en/principal/{second}").status_code == 404


@pytest.mark.parametrize("token", ["x", "a.b", "x" * 5000, "%00", "é", "W10.x"])
def test_a_link_that_is_not_ours_is_nowhere(app, house, token):
    assert app.test_client().get(f"/en/principal/{token}").status_code == 404


def test_an_ended_campaign_has_weeks_until_its_last_buyers_could_have_come(app, house, clock):
    own = a_campaign(ends_on=today() + timedelta(days=300))
    end_campaign(own.id, now())
    token = token_of(make_link(own.principal_id, today()))
    clock.travel(days=80)
    page = app.test_client().get(f"/en/principal/{token}/campaigns/{own.id}").text
    assert page.count('<th scope="row"') // 3 in (5, 6)
