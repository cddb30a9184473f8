"""The after-sales desk: who may do what, and each move with its form. Clauses 1.1.6, 5.1.1d, 5.1.1e, 2.4."""

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.after_sales.answering import escalate
from app.after_sales.deciding import refuse
from app.after_sales.lifecycle import (
    AWAITING_BUYER,
    AWAITING_RETURN,
    AWAITING_SELLER,
    CLOSED,
    PLATFORM,
    REFUNDING,
    REFUSED,
    TO_SEND,
)
from app.after_sales.models import Case
from app.after_sales.talking import Saying, say
from app.after_sales.trade_rules import EXCHANGE, REFUND_ONLY, REPAIR, RETURN
from app.foundation.audit import LedgerEntry
from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from tests.after_sales.builders import (
    BUYER,
    CLERK,
    a_case,
    a_case_to_send,
    a_machine,
    a_photograph,
    a_received_order,
    agreed,
    fresh,
    home_of,
    machines_of,
    sent_back,
    standing,
)
from tests.backoffice.builders import Desk
from tests.shipping.builders import serials

FORMS = {"accept": "AgreeForm", "refund_again": "AgreeForm", "uphold": "AgreeForm", "examine": "ExamineForm"}


def press(desk: Desk, case: Case, move: str, **fields: object):
    form = "SendGoodsForm" if move == "send" else FORMS.get(move, "WordsForm")
    kind = "decisions" if move in ("uphold", "dismiss") else "moves"
    return desk.post(f"/after-sales/{case.number}/{kind}/{move}", form, fields, f"{move}-")


def page_of(desk: Desk, case: Case) -> str:
    return desk.get(f"/after-sales/{case.number}").get_data(as_text=True)


def test_the_list_stands_in_tabs_with_the_most_urgent_on_top(app: Flask, clock: Clock):
    first, _ = a_case(), clock.travel(hours=1)
    second = a_case(kind=REPAIR)
    desk = Desk(app, "clerk")
    page = desk.get("/after-sales?tab=answer").get_data(as_text=True)
    assert page.index(first.spoken_number) < page.index(second.spoken_number)
    assert first.spoken_number not in desk.get("/after-sales?tab=closed").get_data(as_text=True)
    assert desk.get("/after-sales?tab=%00x&page=9999").status_code == 200
    clock.travel(days=2)
    late = Desk(app, "clerk").get("/after-sales?tab=late").get_data(as_text=True)
    assert first.spoken_number in late and "Late" in late


def test_reading_a_case_is_on_the_ledger_and_shows_no_consignee(app: Flask):
    case, desk = a_case(text="机器有异响"), Desk(app, "finance")
    page = page_of(desk, case)
    assert "机器有异响" in page and "张三丰" not in page and "13800138000" not in page
    entry = db.session.query(LedgerEntry).filter_by(event="after_sales.read").one()
    assert (entry.actor, entry.facts["case"]) == (desk.account.audit_ref, case.number)


@pytest.mark.parametrize(("role", "reads", "handles", "decides"), [
    ("clerk", 200, True, False), ("manager", 200, True, True), ("finance", 200, False, False),
    ("marketer", 403, False, False),
])  # fmt: skip
def test_each_role_does_what_the_table_says(app: Flask, role: str, reads: int, handles: bool, decides: bool):
    case, desk = a_case(), Desk(app, role)
    assert desk.get("/after-sales").status_code == desk.get(f"/after-sales/{case.number}").status_code == reads
    answer = press(desk, case, "ask_more", text="请补充照片")
    assert (answer.status_code == 303) is handles and (fresh(case).state == AWAITING_BUYER) is handles
    other = a_case()
    refuse(other.id, "不支持", CLERK, now())
    escalate(other.id, BUYER, now())
    assert (press(desk, other, "dismiss", text="证据不足").status_code == 303) is decides
    assert (fresh(other).state == CLOSED) is decides


def test_a_move_is_not_made_through_the_door_of_another_permission(app: Flask):
    case, desk = a_case(), Desk(app, "manager")
    assert desk.post(f"/after-sales/{case.number}/moves/dismiss", "WordsForm").status_code == 404
    assert desk.post(f"/after-sales/{case.number}/decisions/accept", "AgreeForm").status_code == 404
    assert desk.post(f"/after-sales/{case.number}/moves/withdraw", "WordsForm").status_code == 404


def test_a_clerk_agrees_to_a_return_and_examines_the_goods(app: Flask):
    case, desk = a_case(kind=RETURN), Desk(app, "clerk")
    assert 'value="1000.00"' in page_of(desk, case)
    terms = {"amount": "980", "freight": "", "return_to": home_of(case), "text": "同意退货"}
    assert press(desk, case, "accept", **terms).status_code == 303
    assert fresh(case).state == AWAITING_RETURN
    sent_back(case)
    assert "SF9988776655" in page_of(desk, case)
    assert press(desk, case, "examine", machines=["1"], warehouse=home_of(case)).status_code == 303
    assert (fresh(case).state, str(fresh(case).refund.amount), fresh(case).restocked) == (REFUNDING, "980.00", 1)


def test_a_clerk_accepts_a_return_in_part_and_finds_the_other_case(app: Flask):
    case, desk = sent_back(agreed(a_case(a_received_order(quantity=2), units=2))), Desk(app, "clerk")
    said = {"machines": ["1"], "warehouse": home_of(case)}
    for wrong, field in (
        ({"refused": ["2"]}, "text"),
        ({"refused": ["1"], "text": "外壳破损"}, "refused"),
        ({"refused": ["1", "2"], "machines": [], "text": "外壳破损"}, "refused"),
    ):
        answer = press(desk, case, "examine", **{**said, **wrong})
        assert answer.status_code == 422 and f'id="examine-{field}-error"' in answer.text
    assert press(desk, case, "examine", **said, refused=["2"], text="外壳破损").status_code == 303
    other = db.session.scalars(select(Case).where(Case.split_from == case.id)).one()
    assert (fresh(case).quantity, other.quantity) == (1, 1) and "外壳破损" in page_of(desk, other)
    for one, another in ((case, other), (other, case)):
        assert f"/desk/after-sales/{another.number}" in page_of(desk, one)
    assert 'name="examine-refused"' not in page_of(desk, a_single := sent_back(agreed(a_case())))
    assert fresh(a_single).quantity == 1


def test_of_goods_without_numbers_a_clerk_says_how_many_are_refused(app: Flask):
    order = a_received_order(a_machine(9, kind="part")[0], quantity=5)
    case, desk = sent_back(agreed(a_case(order, RETURN, units=5, machines=()))), Desk(app, "clerk")
    said = {"units": "3", "warehouse": home_of(case), "text": "缺配件"}
    for wrong in ("3", "5", "x", "-1"):
        answer = press(desk, case, "examine", **said, refused_units=wrong)
        assert answer.status_code == 422 and 'id="examine-refused_units-error"' in answer.text
    assert press(desk, case, "examine", **said, refused_units="2").status_code == 303
    assert (fresh(case).quantity, fresh(case).restocked) == (3, 3)


@pytest.mark.parametrize(("field", "value"), [
    ("amount", ""), ("amount", "x"), ("amount", "-5"), ("freight", "1.234"), ("return_to", "999999"),
    ("return_to", ""), ("text", "x" * 2001),
])  # fmt: skip
def test_wrong_terms_are_said_at_their_field_and_stay_typed(app: Flask, field: str, value: str):
    case, desk = a_case(kind=RETURN), Desk(app, "clerk")
    good = {"amount": "980", "freight": "0", "return_to": home_of(case), "text": "同意退货请寄回"}
    answer = press(desk, case, "accept", **{**good, field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f'id="accept-{field}-error"' in page
    assert field == "text" or "同意退货请寄回" in page
    assert fresh(case).state == AWAITING_SELLER


def test_more_than_was_paid_is_refused_with_its_reason(app: Flask):
    case, desk = a_case(kind=REFUND_ONLY), Desk(app, "clerk")
    answer = press(desk, case, "accept", amount="1000.01", freight="0", text="同意")
    assert answer.status_code == 422 and "more than what was paid" in answer.get_data(as_text=True)


def test_a_form_sent_twice_makes_one_refund(app: Flask):
    case, desk = a_case(kind=REFUND_ONLY), Desk(app, "clerk")
    path = f"/en/desk/after-sales/{case.number}/moves/accept"
    data = {"accept-amount": "50", "accept-freight": "0", "accept-form_token": desk.token("AgreeForm")}
    answers = [desk.client.post(path, data=data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(db.session.query(LedgerEntry).filter_by(event="after_sales.accept").all()) == 1


def test_of_two_clerks_one_answers_and_the_other_is_told(app: Flask):
    case, first, second = a_case(), Desk(app, "clerk"), Desk(app, "clerk")
    assert press(first, case, "refuse", text="不支持").status_code == 303
    answer = press(second, case, "ask_more", text="请补充")
    assert answer.status_code == 409 and "has moved on" in answer.get_data(as_text=True)
    assert fresh(case).state == REFUSED


def test_the_platform_decides_by_another_person(app: Flask):
    case, manager, other = a_case(kind=EXCHANGE), Desk(app, "manager"), Desk(app, "manager")
    press(manager, case, "refuse", text="不支持")
    escalate(case.id, BUYER, now())
    assert fresh(case).state == PLATFORM
    terms = {"return_to": home_of(case), "text": "支持买家"}
    assert press(manager, case, "uphold", **terms).status_code == 403
    assert press(other, case, "uphold", **terms).status_code == 303
    assert fresh(case).state == AWAITING_RETURN


def test_an_exchanged_machine_leaves_with_its_number(app: Flask):
    case, desk = a_case_to_send(EXCHANGE), Desk(app, "clerk")
    assert fresh(case).state == TO_SEND
    [new] = serials(1)
    parcel = {"carrier": "sf", "tracking_number": "SF1010101010", "serials": "!", "warehouse": home_of(case)}
    wrong = press(desk, case, "send", **parcel)
    assert wrong.status_code == 422 and 'id="send-serials-error"' in wrong.get_data(as_text=True)
    assert press(desk, case, "send", **{**parcel, "serials": new.lower()}).status_code == 303
    assert fresh(case).state == CLOSED


def test_the_numbers_of_a_repair_stand_in_the_form_already(app: Flask):
    case, desk = a_case_to_send(REPAIR), Desk(app, "clerk")
    with purpose(Purpose.SERVICE):
        own = next(unit.serial for unit in machines_of(standing(case.order)) if unit.open_case == case.id)
    assert own in page_of(desk, case).split("<textarea", 1)[1]
    parcel = {"carrier": "sf", "tracking_number": "SF1010101010", "serials": own, "warehouse": home_of(case)}
    assert press(desk, case, "send", **parcel).status_code == 303


def test_the_desk_writes_and_looks_at_photographs(app: Flask):
    case, desk = a_case(), Desk(app, "clerk")
    say(case.id, case.order.subject_id, Saying("见图", [a_photograph()]), BUYER, now(), None, "/")
    page = page_of(desk, case)
    assert f"/after-sales/{case.number}/photographs/1" in page and f"{case.number}/messages" in page
    assert f"{case.number}/messages" not in page_of(Desk(app, "finance"), case)
    for size, looks in (("?size=small", 0), ("", 1)):
        assert desk.get(f"/after-sales/{case.number}/photographs/1{size}").mimetype == "image/webp"
        assert db.session.query(LedgerEntry).filter_by(event="after_sales.photograph_read").count() == looks
    assert desk.get(f"/after-sales/{case.number}/photographs/2").status_code == 404
    answer = desk.post(f"/after-sales/{case.number}/messages", "WordsForm", {"text": "收到照片"}, "say-")
    assert answer.status_code == 303 and "收到照片" in page_of(desk, case)


def test_what_a_message_of_staff_seems_to_offer_is_on_the_ledger(app: Flask):
    case, desk = a_case(), Desk(app, "clerk")
    desk.post(f"/after-sales/{case.number}/messages", "WordsForm", {"text": "加我微信 abc12345 转账"}, "say-")
    entry = db.session.query(LedgerEntry).filter_by(event="after_sales.said", actor=desk.account.audit_ref).one()
    assert "address" in entry.facts["offers"]
    assert "may lead to payment past this shop" in page_of(desk, case)


@pytest.mark.parametrize("number", ["123456789012", "x", "482109375562"])
def test_a_case_that_is_not_there_is_not_found(app: Flask, number: str):
    assert Desk(app, "clerk").get(f"/after-sales/{number}").status_code == 404


def test_the_order_page_and_the_tasks_of_today_lead_here(app: Flask):
    case, desk = a_case(), Desk(app, "clerk")
    assert f"/desk/after-sales/{case.number}" in desk.get(f"/orders/{case.order.number}").get_data(as_text=True)
    assert "After-sales cases to answer" in desk.get("").get_data(as_text=True)


def test_the_list_asks_no_more_questions_for_more_cases(app: Flask):
    desk = Desk(app, "clerk")
    a_case()

    def questions() -> int:
        asked: list[str] = []
        hear = lambda *arguments: asked.append(arguments[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", hear)
        assert desk.get("/after-sales").status_code == 200
        event.remove(db.engine, "before_cursor_execute", hear)
        return len(asked)

    few = questions()
    for _ in range(4):
        agreed(a_case())
    assert questions() == few
