"""Customers with something to say, and their words as far along as a test wants them."""

import io
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.accounts.models import Account
from app.accounts.profile import Added, keep_profile
from app.companies.declaring import declare_company
from app.foundation.clock import now
from app.foundation.database import db
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.orders.receiving import confirm_receipt
from app.testimonials.composing import Chosen, bought_by, composed
from app.testimonials.deciding import approve, check
from app.testimonials.models import Testimonial
from app.testimonials.sending import send_testimonial
from bench.html_forms import Page
from tests.accounts.builders import an_account, signed_in
from tests.checkout.builders import an_address, an_order
from tests.payments.builders import pay
from tests.shipping.builders import send_all
from tests.stock.builders import a_stocked_sku

MARY, JOHN, ANNE = Actor("clerk", 9301), Actor("manager", 9302), Actor("manager", 9303)
WORDS = "机器到货很快，跑了三个月没有停过。"
COMPANY, CODE, PROVINCE = "成都矿云科技有限公司", "91350211M000100Y46", "sichuan"


def completed(order: Order) -> Order:
    pay(order)
    send_all(order)
    for part in order.parts:
        confirm_receipt(part.id, Actor("buyer", None), now())
    return order


def a_customer() -> Account:
    """A member with a completed order, a declared company and a picture: nothing of it public by itself."""
    account = an_account()
    an_address(account)
    completed(an_order(a_stocked_sku(5)[0], account=account))
    declare_company(account, COMPANY, CODE, now())
    keep_profile(account, Added(), now(), picture=a_face())
    return account


def a_face() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), (10, 107, 107)).save(out, "PNG")
    return out.getvalue()


def goods_of(account: Account) -> set[int]:
    return {each.product_id for each in bought_by(db.session(), account.id)}


def words_of(account: Account, text: str = WORDS, **chosen: Any) -> Testimonial:
    """Sent as somebody sends them who has seen the preview."""
    mine = Chosen(text, "zh-cn", **chosen)
    return send_testimonial(account, mine, composed(db.session(), account, mine).digest, now())


def all_of(account: Account) -> dict[str, Any]:
    """Everything that can stand beside words."""
    beside = {"name": "张先生", "company": True, "province": PROVINCE, "avatar": True}
    return {**beside, "goods": goods_of(account), "on_products": True}


def published(row: Testimonial) -> Testimonial:
    check(row.key, MARY, now())
    return approve(row.key, JOHN, now())


def some_public_words(account: Account | None = None, **chosen: Any) -> Testimonial:
    return published(words_of(account or a_customer(), **chosen))


def fresh(row: Testimonial) -> Testimonial:
    db.session.rollback()
    return db.session.get_one(Testimonial, row.id, populate_existing=True)


class Writer:
    """A customer at the pages, as a browser without script has them."""

    def __init__(self, app: Flask, account: Account, lang: str = "en") -> None:
        self.client: FlaskClient = signed_in(app.test_client(), account)
        self.lang = lang

    def preview(self, page: str | None = None, **typed: Any) -> Any:
        """Fill the form of a page, or of the empty one, and ask for the preview."""
        return self._post("/customers/new", page or self.client.get(f"/{self.lang}/customers/new").text, typed)

    def send(self, page: str, **typed: Any) -> Any:
        """Press “publish exactly this” below a preview, after perhaps changing something."""
        return self._post("/customers", page, typed)

    def _post(self, path: str, page: str, typed: dict[str, Any]) -> Any:
        form = Page(page).form_to("/customers/new")
        kept = {name: value for name, value in form.fields if name not in typed}
        return self.client.post(f"/{self.lang}{path}", data={**kept, **typed})
