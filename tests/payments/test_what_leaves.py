"""A thousand generated orders through the pay form: the bytes at the institution hold the allow-list, nothing else."""

import random
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Account
from app.checkout.addresses import Consignee
from app.foundation.money import Money
from app.orders.lifecycle import ONLINE
from app.orders.models import Order
from app.payments.chinabank.gateway import NOTICE_PATH, RETURN_PATH, gateway_of
from app.payments.chinabank.simulator import Simulator
from app.settings import current_settings
from tests.accounts.builders import an_account, signed_in
from tests.checkout.builders import an_address, in_cart, place
from tests.checkout.pages import hidden_fields
from tests.payments.online import a_running_institution, an_attempt
from tests.payments.test_online_pages import Fields
from tests.stock.builders import a_stocked_sku

ORDERS, OF_EACH_BUYER = 1000, 5
SURNAMES, PLACES = (
    "赵钱孙李周吴郑王冯陈",
    ("广东省深圳市", "四川省成都市", "内蒙古鄂尔多斯市", "新疆昌吉市", "somewhere far"),
)


@pytest.fixture
def institution(app: Flask) -> Iterator[Simulator]:
    with a_running_institution(app) as simulator:
        yield simulator


def a_made_up_consignee(chance: random.Random) -> Consignee:
    return Consignee(
        warehouse=f"{chance.randrange(10**6)}号仓 & v_amount=1",
        consignee=chance.choice(SURNAMES) + f"某{chance.randrange(10**6)}",
        address=f"{chance.choice(PLACES)}{chance.randrange(10**6)}号",
        mobile=f"+861{chance.randrange(3 * 10**9, 10**10)}",
    )


def generated_orders(client: FlaskClient, chance: random.Random) -> Iterator[tuple[Account, Order, Consignee]]:
    """Orders of any amount, quantity, goods and place, of buyers who are signed in when theirs is there."""
    goods = [a_stocked_sku(10**6, price=Money(chance.randrange(1, 10**8)))[0] for _ in range(12)]
    for _ in range(ORDERS // OF_EACH_BUYER):
        account, sent_to = an_account(), a_made_up_consignee(chance)
        an_address(account, **vars(sent_to))
        signed_in(client, account)
        for _ in range(OF_EACH_BUYER):
            for sku in chance.sample(goods, chance.randrange(1, 4)):
                in_cart(account, sku, chance.randrange(1, 7))
            yield account, place(account, method=ONLINE), sent_to


@pytest.mark.clause("1.1.4c")
@pytest.mark.clause("4.1.3(1)")
def test_of_a_thousand_orders_number_amount_and_technical_fields_reach_the_institution_alone(
    app: Flask, client: FlaskClient, institution: Simulator
):
    chance, gateway, site = random.Random(20261130), gateway_of(current_settings()), current_settings().site_url
    with requests.Session() as browser:
        browser.trust_env = False
        for account, order, sent_to in generated_orders(client, chance):
            lang = chance.choice(("zh-cn", "en"))
            attempt = an_attempt(order, lang)
            page = client.get(f"/{lang}/orders/{order.number}/online/{attempt.number}").text
            carried = {name: unescape(value) for name, value in hidden_fields(page, gateway.action).items()}
            assert set(carried) == Fields(page).names
            assert browser.post(gateway.action, data=carried, timeout=20).status_code == 200
            body = institution.received[-1].decode("ascii")
            pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=True)
            said = dict(pairs)
            assert len(pairs) == len(said) == 7
            assert re.fullmatch(rf"\d{{8}}-{gateway.merchant.number}-{order.number}-01", said.pop("v_oid"))
            assert re.fullmatch("[0-9A-F]{32}", said.pop("v_md5info"))
            assert said == {
                "v_mid": gateway.merchant.number,
                "v_amount": str(order.due_now),
                "v_moneytype": "CNY",
                "v_url": f"{site}/{lang}{RETURN_PATH}",
                "remark2": f"[url:={site}{NOTICE_PATH}]",
            }
            values = "\n".join(value for _, value in pairs)
            secret = [*vars(sent_to).values(), str(account.id), str(account.subject_id), str(order.id)]
            secret += [word for line in order.lines for word in (line.sku_code, line.slug, line.name_zh, line.name_en)]
            assert not [word for word in secret if word in values]
    assert len(institution.received) == ORDERS and len(institution.payments) == ORDERS
