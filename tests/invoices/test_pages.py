"""The buyer's pages: saved titles, applying, downloading; owner only. Clauses 1.1.1c, 1.1.3c, 5.1.1a; WCAG 3.3.7."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.accounts.models import Account
from app.foundation.clock import now
from app.foundation.database import db
from app.invoices.models import Invoice, InvoiceTitle
from app.invoices.titles import MOST_TITLES, PERSON, Title, add_title, titles_of
from app.orders.models import Order
from app.privacy.my_data import held_about
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.checkout.builders import a_buyer, an_order
from tests.checkout.pages import hidden_fields
from tests.companies.builders import CODE, NAME, a_code, with_company
from tests.invoices.builders import PLAIN, WHOLE, a_paid_order, an_application, an_issued_invoice

TITLES = "/en/account/invoice-titles"
GOOD = {
    **dict.fromkeys(("address", "phone", "bank", "account_number"), ""),
    "holder": "company",
    "name": NAME,
    "tax_number": CODE,
}
FULL = {
    **GOOD,
    "address": WHOLE.address,
    "phone": WHOLE.phone,
    "bank": WHOLE.bank,
    "account_number": "6200 1234 5678 9012",
}


def keep(client: FlaskClient, lang: str = "en", **fields: str) -> Any:
    path = f"/{lang}/account/invoice-titles/new"
    return client.post(path, data={**hidden_fields(client.get(path).text, ""), **GOOD, **fields})


def apply_for(client: FlaskClient, order: Order, lang: str = "en", **fields: str) -> Any:
    """Send the application with a typed title, unless `chosen` says otherwise."""
    path = f"/{lang}/orders/{order.number}/invoice"
    typed = {f"typed-{name}": fields.pop(name, value) for name, value in GOOD.items()}
    sent = {"kind": "ordinary", "chosen": "another", **typed, **fields}
    return client.post(path, data={**hidden_fields(client.get(path).text, path), **sent})


@pytest.mark.clause("1.1.1c")
def test_titles_are_kept_sealed_edited_preferred_and_deleted(client: FlaskClient, buyer: Account):
    assert keep(client).status_code == 303
    assert keep(client, name="另一家示例有限公司", tax_number=a_code(7)).status_code == 303
    for stored in db.session.execute(text("SELECT details FROM invoice_titles")).scalars():
        assert NAME.encode() not in stored and CODE.encode() not in stored
    first, second = titles_of(db.session(), buyer.id)
    assert (first.is_default, second.is_default) == (True, False)
    page = client.get(TITLES).text
    assert NAME in page and CODE in page and "另一家示例有限公司" in page
    action = f"{TITLES}/{second.id}/preference"
    assert client.post(action, data=hidden_fields(page, action)).status_code == 303
    assert titles_of(db.session(), buyer.id)[0].id == second.id
    edit = f"{TITLES}/{second.id}"
    changed = {**hidden_fields(client.get(edit).text, ""), **FULL, "name": "改名示例有限公司"}
    assert client.post(edit, data=changed).status_code == 303
    assert "改名示例有限公司" in client.get(TITLES).text
    action = f"{TITLES}/{second.id}/removal"
    assert client.post(action, data=hidden_fields(client.get(TITLES).text, action)).status_code == 303
    [left] = titles_of(db.session(), buyer.id)
    assert left.is_default and "改名示例有限公司" not in client.get(TITLES).text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        (
            {
                "holder": "",
            },
            "holder",
        ),
        ({"holder": "nobody"}, "holder"),
        ({"name": ""}, "name"),
        ({"name": "公"}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"name": NAME + "\x00"}, "name"),
        ({"tax_number": ""}, "tax_number"),
        ({"tax_number": CODE[:-1] + "M"}, "tax_number"),
        ({"tax_number": "310115123456789"}, "tax_number"),
        ({"tax_number": "9" * 4000}, "tax_number"),
        ({"holder": "person", "name": "张三"}, "tax_number"),
        ({"holder": "organisation", "tax_number": "123"}, "tax_number"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "1" * 60}, "phone"),
        ({"account_number": "12"}, "account_number"),
        ({"account_number": "６２００＊"}, "account_number"),
        ({"address": "长" * 121}, "address"),
        ({"bank": "\u202e"}, "bank"),
    ],
)
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_a_wrong_field_is_refused_where_it_is_and_the_rest_stays_typed(
    client: FlaskClient, buyer: Account, fields: dict[str, str], wrong: str, lang: str
):
    answer = keep(client, lang, **{"address": "上海市示例路 1 号", **fields})
    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text or (
        wrong == "holder" and 'aria-describedby="holder-error"' in answer.text
    )
    assert "address" in fields or 'value="上海市示例路 1 号"' in answer.text
    assert db.session.scalars(select(InvoiceTitle)).all() == []
    typed = {f"typed-{name}": value for name, value in fields.items()}
    order = a_paid_order(buyer)
    path = f"/{lang}/orders/{order.number}/invoice"
    sent = {**hidden_fields(client.get(path).text, path), **{f"typed-{k}": v for k, v in GOOD.items()}, **typed}
    answer = client.post(path, data={**sent, "kind": "ordinary", "chosen": "another"})
    assert answer.status_code == 422 and "error-summary" in answer.text
    assert db.session.scalars(select(Invoice)).all() == []


def test_the_title_of_a_person_or_of_another_organisation_needs_no_tax_number(client: FlaskClient, buyer: Account):
    assert keep(client, holder="person", name="张三", tax_number="").status_code == 303
    assert keep(client, holder="organisation", name="示例大学实验室", tax_number="").status_code == 303


def test_twenty_titles_are_enough(client: FlaskClient, buyer: Account):
    for number in range(MOST_TITLES):
        add_title(buyer.id, buyer.subject_id, Title(PERSON, f"甲乙{number}"), now())
    answer = keep(client)
    assert answer.status_code == 409 and "20 titles" in answer.text and CODE in answer.text


@pytest.mark.clause("5.1.1a")
def test_the_titles_of_somebody_else_are_as_good_as_none(app: Flask, client: FlaskClient, buyer: Account):
    other = an_account()
    theirs = add_title(other.id, other.subject_id, PLAIN, now()).id
    mine = [add_title(buyer.id, buyer.subject_id, Title(PERSON, name), now()).id for name in ("甲乙", "丙丁")]
    edit = hidden_fields(client.get(f"{TITLES}/{mine[1]}").text, "")
    for title_id in (theirs, theirs + 1, 0):
        assert client.get(f"{TITLES}/{title_id}").status_code == 404
        assert client.post(f"{TITLES}/{title_id}", data={**GOOD, **edit}).status_code == 404
        for act in ("removal", "preference"):
            pressed = hidden_fields(client.get(TITLES).text, f"{TITLES}/{mine[1]}/{act}")
            assert client.post(f"{TITLES}/{title_id}/{act}", data=pressed).status_code == 404
    assert NAME not in client.get(TITLES).text and len(titles_of(db.session(), other.id)) == 1
    assert app.test_client().get(TITLES).status_code == 302


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_an_invoice_is_applied_for_seen_and_taken_back_on_the_page(client: FlaskClient, buyer: Account, lang: str):
    order = a_paid_order(buyer)
    page = client.get(f"/{lang}/orders/{order.number}").text
    assert f"/{lang}/orders/{order.number}/invoice" in page
    answer = apply_for(client, order, lang, keep="y")
    assert answer.status_code == 303 and "done=invoice_applied" in answer.headers["Location"]
    shown = client.get(answer.headers["Location"]).text
    assert NAME in shown and CODE in shown and ("Applied for" in shown or "已申请" in shown)
    assert len(titles_of(db.session(), buyer.id)) == 1
    assert order.spoken_number in client.get(f"/{lang}/orders?state=awaiting_invoice").text
    action = f"/{lang}/orders/{order.number}/invoice/withdrawal"
    assert "invoice_withdrawn" in client.post(action, data=hidden_fields(shown, action)).headers["Location"]
    assert order.spoken_number not in client.get(f"/{lang}/orders?state=awaiting_invoice").text


def test_saved_titles_and_the_company_are_offered_so_that_nothing_is_typed_twice(client: FlaskClient, buyer: Account):
    with_company(buyer)
    order = a_paid_order(buyer)
    page = client.get(f"/en/orders/{order.number}/invoice").text
    assert f'value="{NAME}"' in page and f'value="{CODE}"' in page
    kept = add_title(buyer.id, buyer.subject_id, WHOLE, now())
    page = client.get(f"/en/orders/{order.number}/invoice").text
    assert f'value="{kept.id}" checked' in page
    path = f"/en/orders/{order.number}/invoice"
    sent = {**hidden_fields(page, path), "kind": "special", "chosen": str(kept.id)}
    assert client.post(path, data=sent).status_code == 303
    assert db.session.scalars(select(Invoice)).one().is_declared


@pytest.mark.parametrize("chosen", ["", "0", "-1", "9" * 40, "１２", "another\x00"])
def test_a_title_that_is_not_ones_own_cannot_be_chosen(client: FlaskClient, buyer: Account, chosen: str):
    other = an_account()
    kept = add_title(other.id, other.subject_id, PLAIN, now())
    order = a_paid_order(buyer)
    for value in (chosen, str(kept.id)):
        assert apply_for(client, order, chosen=value).status_code == 422
    assert db.session.scalars(select(Invoice)).all() == []


def test_a_special_invoice_says_what_its_title_lacks(client: FlaskClient, buyer: Account):
    order = a_paid_order(buyer)
    answer = apply_for(client, order, kind="special")
    assert answer.status_code == 422 and f'value="{CODE}"' in answer.text
    assert "needs a company with tax number" in answer.text
    kept = add_title(buyer.id, buyer.subject_id, PLAIN, now())
    assert "needs a company" in apply_for(client, order, kind="special", chosen=str(kept.id)).text
    assert db.session.scalars(select(Invoice)).all() == []


def test_one_form_sent_twice_is_one_application(client: FlaskClient, buyer: Account):
    order = a_paid_order(buyer)
    path = f"/en/orders/{order.number}/invoice"
    sent = {**hidden_fields(client.get(path).text, path), "kind": "ordinary", "chosen": "another"}
    sent |= {f"typed-{name}": value for name, value in GOOD.items()}
    places = {client.post(path, data=sent).headers["Location"] for _ in range(3)}
    assert len(places) == 1 and len(db.session.scalars(select(Invoice)).all()) == 1


def test_an_unpaid_order_offers_no_invoice_and_takes_no_application(client: FlaskClient, buyer: Account):
    order = an_order(account=buyer)
    assert f"/en/orders/{order.number}/invoice" not in client.get(f"/en/orders/{order.number}").text
    path = f"/en/orders/{order.number}/invoice"
    page = client.get(path)
    assert page.status_code == 200 and "once the whole order is paid" in page.text and "<form" not in main_of(page.text)


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


@pytest.mark.clause("5.1.1c")
def test_the_buyer_downloads_the_pdf_and_no_browser_shows_or_keeps_it(client: FlaskClient, buyer: Account):
    invoice = an_issued_invoice(a_paid_order(buyer))
    order = db.session.get_one(Order, invoice.order_id)
    assert invoice.document
    path = f"/en/orders/{order.number}/invoices/{invoice.document.id}.pdf"
    assert path in client.get(f"/en/orders/{order.number}/invoice").text
    answer = client.get(path)
    assert answer.data.startswith(b"%PDF-1.4") and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=invoice-{invoice.document.number}.pdf"
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.clause("1.1.3c")
@pytest.mark.clause("5.1.1a")
def test_the_invoice_of_somebody_else_is_as_good_as_none(app: Flask, client: FlaskClient, buyer: Account):
    theirs, mine = an_issued_invoice(a_paid_order(a_buyer())), an_issued_invoice(a_paid_order(buyer))
    order, own = db.session.get_one(Order, theirs.order_id), db.session.get_one(Order, mine.order_id)
    assert theirs.document
    clerk = signed_in(app.test_client(), a_staff_member("manager"))
    for browser in (client, clerk):
        for path in (f"{order.number}/invoice", f"{order.number}/invoices/{theirs.document.id}.pdf"):
            assert browser.get(f"/en/orders/{path}").status_code == 404
        assert browser.post(f"/en/orders/{order.number}/invoice").status_code == 404
        assert browser.post(f"/en/orders/{order.number}/invoice/withdrawal").status_code == 404
    assert client.get(f"/en/orders/{own.number}/invoices/{theirs.document.id}.pdf").status_code == 404
    assert app.test_client().get(f"/en/orders/{order.number}/invoice").status_code == 302


@pytest.mark.clause("P.5")
def test_titles_and_invoices_stand_among_my_data(app: Flask, buyer: Account):
    add_title(buyer.id, buyer.subject_id, PLAIN, now())
    an_application(a_paid_order(buyer), WHOLE)
    held = {found.name: found for found in held_about(db.session(), buyer.subject_id)}
    assert held["invoice_titles.details"].values == (PLAIN.block(),)
    assert held["invoices.title"].values == (WHOLE.block(),)
    assert held["invoices.title"].field.keep.value == "accounting"


@pytest.mark.clause("P.5")
def test_my_data_says_in_words_to_whom_a_title_belongs_and_where_it_is_changed(client: FlaskClient, buyer: Account):
    assert keep(client, holder="person", name="张三", tax_number="").status_code == 303
    page = client.get("/en/privacy/data").text
    assert "A person, 张三" in page and f'href="{TITLES}"' in page


def test_the_account_leads_to_the_titles(client: FlaskClient, buyer: Account):
    assert TITLES in client.get("/en/account").text
