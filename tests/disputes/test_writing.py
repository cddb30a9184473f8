"""The member writes, previews, sends, changes, withdraws; only of their own. Clause 4.1.1(5)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.disputes.ending import DisputeMoved
from app.disputes.lifecycle import DRAFT, SENT
from app.disputes.models import Dispute
from app.disputes.writing import Complaint, NotCovered, TooManyDisputes, delete_draft, draft, send, withdraw
from app.foundation.clock import now
from app.foundation.data_keys import data_keys
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, purpose
from app.privacy.acceptance import accept
from app.privacy.policy import policy_version
from app.support.asking import Question, open_ticket
from tests.accounts.builders import an_account, signed_in
from tests.after_sales.builders import a_received_order
from tests.disputes.builders import (
    OTHER_NAME,
    STATEMENT,
    a_draft,
    a_number,
    a_sent_dispute,
    an_open_dispute,
    codes_of,
    fresh,
    member_of,
)
from tests.disputes.pages import fill

pytestmark = pytest.mark.clause("4.1.1(5)")


def said(*codes: str) -> Complaint:
    return Complaint(OTHER_NAME, a_number(), STATEMENT, frozenset(codes), "zh-cn")


def typed(**values: object) -> dict[str, object]:
    usual = {"name": OTHER_NAME, "mobile": "139 2000 0001", "statement": STATEMENT, "items": ["goods"], "agreed": "y"}
    return {**usual, **values}


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_from_the_form_to_us_through_a_preview(client: FlaskClient, app: Flask, lang: str):
    order = a_received_order()
    owner = signed_in(client, member_of(order))
    where = f"/{lang}/account/disputes/new/order/{order.number}"
    assert where in owner.get(f"/{lang}/account/disputes/new").text
    form = owner.get(where).text
    assert "checked" not in form.partition("<main")[2]
    assert form.count('type="checkbox" id="items-') == len(codes_of(member_of(order), "order", order.number))
    preview = fill(owner, where, "", **typed())
    found = db.session.scalars(select(Dispute)).one()
    assert preview.status_code == 200 and STATEMENT in preview.text and found.state == DRAFT
    assert found.items == ["goods"] and found.number in preview.request.path
    page = f"/{lang}/account/disputes/{found.number}"
    fill(owner, f"{page}/draft", "", **typed(items=["goods", "number"], statement="改过的陈述"))
    assert "改过的陈述" in owner.get(page).text and order.number in owner.get(page).text
    assert fill(owner, page, "sending").status_code == 200
    assert fresh(found).state == SENT and fresh(found).sent_at is not None
    assert f"{page}/draft" not in owner.get(page).text
    assert owner.get(f"{page}/draft").status_code == 303


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"mobile": "12"}, {"statement": " "}, {"items": ["parcel-1"]}, {"agreed": ""}]
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(client: FlaskClient, app: Flask, wrong: dict):
    order = a_received_order()
    owner = signed_in(client, member_of(order))
    answer = fill(owner, f"/en/account/disputes/new/order/{order.number}", "", **typed(**wrong))
    assert answer.status_code == 422 and "field__error" in answer.text
    assert db.session.scalars(select(Dispute)).all() == []
    assert ("statement" in wrong) or STATEMENT in answer.text


def test_nobody_opens_a_dispute_about_what_is_anothers(client: FlaskClient, app: Flask):
    order, stranger = a_received_order(), an_account()
    keys = count_of_keys()
    with pytest.raises(NotFound):
        draft(stranger, "order", order.number, said("goods"), now())
    assert count_of_keys() == keys
    visitor = signed_in(client, stranger)
    assert visitor.get(f"/en/account/disputes/new/order/{order.number}").status_code == 404
    assert visitor.get("/en/account/disputes/new/case/482109375562").status_code == 404


def count_of_keys() -> int:
    return len(data_keys().after(0, 10_000))


def test_anothers_dispute_is_not_there(client: FlaskClient, app: Flask):
    dispute = an_open_dispute()
    visitor = signed_in(client, an_account())
    page = f"/en/account/disputes/{dispute.number}"
    assert visitor.get(page).status_code == 404 and visitor.get(f"{page}/draft").status_code == 404
    for act in ("sending", "withdrawal", "deletion", "messages", "contact", "contact/withdrawal"):
        assert visitor.post(f"{page}/{act}").status_code == 404
    assert dispute.spoken_number not in listed(visitor)


def listed(visitor: FlaskClient, page: str = "") -> str:
    answer = visitor.get(f"/en/account/disputes{page}")
    assert answer.status_code == 200
    return answer.text


def test_ones_own_are_listed_a_page_at_a_time(client: FlaskClient, app: Flask):
    order = a_received_order()
    owner = signed_in(client, member_of(order))
    assert "<table" not in listed(owner).partition("<main")[2]
    made = []
    for _ in range(21):
        made.append(a_draft(about=order, codes=[]))
        withdrawn(made[-1])
    first, second = listed(owner), listed(owner, "?page=2")
    assert made[-1].spoken_number in first and made[0].spoken_number not in first
    assert made[0].spoken_number in second


def withdrawn(dispute: Dispute) -> None:
    send(dispute.id, now())
    withdraw(dispute.id, now())


def test_a_code_of_something_else_chooses_nothing(app: Flask):
    order, another = a_received_order(), a_received_order()
    foreign = [code for code in codes_of(member_of(another), "order", another.number) if code.startswith("parcel")]
    dispute = draft(member_of(order), "order", order.number, said("goods", "consignee", *foreign), now())
    assert dispute.items == ["goods"]


def test_a_question_can_be_what_it_is_about(app: Flask):
    member = an_account()
    ticket = open_ticket(Question("delivery", "箱子坏了"), member, now())
    dispute = draft(member, "ticket", ticket.number, said("question"), now())
    with purpose(Purpose.SERVICE):
        [item] = dispute.shown
    assert item["text"] == "箱子坏了"


def test_what_was_sent_can_neither_be_changed_nor_deleted(app: Flask):
    dispute = a_sent_dispute()
    for act in (lambda: delete_draft(dispute.id, now()), lambda: send(dispute.id, now())):
        with pytest.raises(DisputeMoved):
            act()
    withdraw(dispute.id, now())
    with pytest.raises(DisputeMoved):
        withdraw(dispute.id, now())


def test_a_deleted_draft_leaves_nothing(app: Flask):
    dispute = a_draft()
    other = dispute.side.subject_id
    delete_draft(dispute.id, now())
    assert db.session.scalars(select(Dispute)).all() == [] and data_keys().existing([other]) == []


def test_ten_unsettled_disputes_are_enough(app: Flask):
    order = a_received_order()
    for _ in range(10):
        draft(member_of(order), "order", order.number, said(), now())
    keys = count_of_keys()
    with pytest.raises(TooManyDisputes):
        draft(member_of(order), "order", order.number, said(), now())
    assert count_of_keys() == keys


@pytest.mark.clause("6.1a")
def test_who_agreed_to_an_older_policy_is_asked_to_agree_first(client: FlaskClient, app: Flask):
    order = a_received_order()
    member = member_of(order)
    agree_to(member, "3")
    owner = signed_in(client, member)
    assert "/en/privacy/terms" in owner.get("/en/account/disputes/new").text.partition("<main")[2]
    with pytest.raises(NotCovered):
        draft(member, "order", order.number, said("goods"), now())
    answer = fill(owner, f"/en/account/disputes/new/order/{order.number}", "", **typed())
    assert answer.status_code == 409 and "My agreements" in answer.text
    agree_to(member, "4")
    assert draft(member, "order", order.number, said("goods"), now()).state == DRAFT


def agree_to(member: Account, version: str) -> None:
    with transaction() as session:
        policy = policy_version(version)
        accept(session, member.audit_ref, version, "zh", policy.hash("zh"), now())
