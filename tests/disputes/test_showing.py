"""What the other side of a dispute sees: what the member chose, and nothing else. Clauses 4.1.1(5), 4.1.3b, 4.1.4."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import event, select

from app.after_sales.answering import withdraw as withdraw_case
from app.after_sales.models import Case, CasePhotograph
from app.after_sales.talking import Saying, say
from app.disputes.answering import NotShownNow, NotSigned, look, look_at_picture, sign
from app.disputes.choosing import CASE, items_of
from app.disputes.models import Dispute
from app.disputes.settling import accept
from app.disputes.undertaking import digest_in, text_in
from app.disputes.writing import Complaint, change_draft, delete_draft, send
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.languages import money
from app.foundation.outbound import Disclosure
from app.foundation.personal_data import Purpose, purpose
from app.foundation.recipients import HIGH, PROPOSED, ImpactAssessment
from app.foundation.uploads import place_of
from app.orders.models import Order
from app.privacy.keeping import enforce
from app.shipping.queries import parcels_of
from tests.accounts.builders import signed_in
from tests.after_sales.builders import BUYER
from tests.after_sales.builders import CLERK as CASE_CLERK
from tests.checkout.builders import CONSIGNEE
from tests.disputes.builders import (
    CLERK,
    OTHER_NAME,
    SIGNED_NAME,
    STATEMENT,
    a_case_with_pictures,
    a_draft,
    a_sent_dispute,
    a_signed_dispute,
    an_open_dispute,
    fresh,
    member_of,
    path,
    token,
)
from tests.disputes.pages import fill
from tests.papers import no_papers

pytestmark = pytest.mark.clause("4.1.1(5)")
COMPLAINT = "开机后无算力"


def looks() -> list[Disclosure]:
    rows = select(Disclosure).where(Disclosure.recipient == "dispute").order_by(Disclosure.at, Disclosure.id)
    return list(db.session.scalars(rows))


def order_of(dispute: Dispute) -> Order:
    return db.session.scalars(select(Case).where(Case.number == dispute.about)).one().order


@pytest.mark.clause("4.1.4")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_the_other_side_signs_first_and_then_sees_what_was_chosen(client: FlaskClient, app: Flask, lang: str):
    dispute = a_sent_dispute(CASE)
    order = order_of(dispute)
    assert dispute.links == [] and looks() == []
    accept(dispute.id, dispute.items, CLERK, now())
    first = client.get(path(dispute, lang))
    assert first.status_code == 200 and text_in(lang)[0] in first.text
    for secret in (STATEMENT, order.number, OTHER_NAME, COMPLAINT, order.lines[0].name_zh, order.lines[0].name_en):
        assert secret not in first.text
    assert looks() == []
    page = fill(client, path(dispute, lang), "undertaking", name=SIGNED_NAME, agreed="y").text
    for shown in (STATEMENT, order.number, COMPLAINT, SIGNED_NAME):
        assert shown in page
    for hidden in (*CONSIGNEE.values(), CONSIGNEE["mobile"].removeprefix("+86"), OTHER_NAME):
        assert hidden not in page
    [share] = looks()
    side = fresh(dispute).side
    assert (share.ground, share.subject, share.basis) == ("4.1.1(5)", dispute.audit_ref, dispute.number)
    assert (share.agreement, share.until) == (side.id, fresh(dispute).expires_at)
    assert set(share.fields) == {"statement", "order", "goods", "amounts", "dates", "delivery", "case", "messages"}
    assert side.signed_at is not None and side.undertaking == digest_in(lang)


@pytest.mark.clause("4.1.4")
@pytest.mark.parametrize("left_out", ["name", "agreed"])
def test_without_name_or_tick_nothing_is_signed_and_what_was_typed_stays(
    client: FlaskClient, app: Flask, left_out: str
):
    dispute = an_open_dispute()
    given = {"name": SIGNED_NAME, "agreed": "y"}
    del given[left_out]
    answer = fill(client, path(dispute), "undertaking", **given)
    assert answer.status_code == 422 and "field__error" in answer.text
    assert fresh(dispute).side.signed_at is None and STATEMENT not in answer.text
    assert (SIGNED_NAME in answer.text) == (left_out == "agreed")
    with pytest.raises(NotSigned):
        look(token(dispute), now())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_chosen_is_shown_and_nothing_else(app: Flask, data: st.DataObject):
    """Every item has a mark of its own on the page; none of an item that was not chosen is there."""
    case = a_case_with_pictures(2)
    say(case.id, case.order.subject_id, Saying("请补充照片"), CASE_CLERK, now(), None, "")
    member, order = member_of(case.order), case.order
    items = items_of(db.session(), member.id, CASE, case.number, now())
    marks = {item.code: mark_of(item.code, item.facts, order) for item in items}
    chosen = data.draw(st.sets(st.sampled_from(sorted(marks))))
    dispute = a_signed_dispute(CASE, about=case, codes=chosen)
    kept = chosen & set(data.draw(st.sets(st.sampled_from(sorted(marks)))))
    narrowed = a_sent_dispute(CASE, about=case, codes=chosen)
    accept(narrowed.id, sorted(kept | {"number-of-somebody-else"}), CLERK, now())
    assert set(fresh(narrowed).items) == kept
    page = app.test_client().get(path(dispute)).text
    assert {code for code, mark in marks.items() if re.search(mark, page)} == chosen
    with purpose(Purpose.SERVICE):
        assert fresh(dispute).shown == [{"code": item.code, **item.facts} for item in items if item.code in chosen]


def mark_of(code: str, facts: object, order: Order) -> str:
    """What only this item prints."""
    sort = code.partition("-")[0]
    assert isinstance(facts, dict)
    [[parcel]] = parcels_of(db.session(), order.id).values()
    return {
        "number": re.escape(order.number),
        "goods": r"<li>[^<]* × 2</li>",
        "amounts": re.escape(money(order.total).rpartition(".")[0]),
        "dates": "<dt>下单</dt>",
        "parcel": parcel.tracking_number,
        "case": re.escape(str(facts.get("number"))),
        "message": re.escape(str(facts.get("text"))),
        "picture": rf"/photographs/{facts.get('position')}\"",
    }[sort]


def test_what_happens_after_the_choice_is_not_shown(client: FlaskClient, app: Flask):
    case = a_case_with_pictures()
    dispute = a_signed_dispute(CASE, about=case)
    say(case.id, case.order.subject_id, Saying("只给买家看"), CASE_CLERK, now(), None, "")
    assert "只给买家看" not in client.get(path(dispute)).text


def test_the_preview_is_what_the_other_side_sees(app: Flask):
    """Item by item, print by print: both pages show the same copy by the same macro."""
    dispute = a_draft(CASE)
    owner = signed_in(app.test_client(), member_of(order_of(dispute)))
    preview = owner.get(f"/zh-cn/account/disputes/{dispute.number}").text
    send(dispute.id, now())
    accept(dispute.id, dispute.items, CLERK, now())
    sign(token(dispute), SIGNED_NAME, "zh-cn", now())
    opened = app.test_client().get(path(dispute)).text

    def items(page: str) -> str:
        return page.partition('<ul class="shown-items">')[2].partition("</ul>\n<h3>")[0]

    assert items(preview) and items(preview) == items(opened)


@pytest.mark.clause("4.1.3b")
def test_each_look_and_each_picture_is_a_share_of_its_own_with_its_mark(client: FlaskClient, app: Flask):
    dispute = a_signed_dispute(CASE)
    page = client.get(path(dispute))
    picture = client.get(f"{path(dispute)}/photographs/1")
    first, second = looks()
    assert f"dispute/{first.at:%Y%m%dT%H%M%SZ}/{first.id:x}" in page.text
    assert second.fields == ["pictures"] and picture.mimetype == "image/webp"
    with Image.open(io.BytesIO(picture.data)) as opened:
        strip = opened.convert("L").crop((0, 48, opened.width, opened.height))
        assert opened.height > 48 and strip.getextrema()[0] < 100
    for answer in (page, picture):
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"].startswith("noindex") and "Set-Cookie" not in answer.headers
    assert "/m/b.gif" not in page.text


def test_a_picture_that_was_not_chosen_is_not_there(client: FlaskClient, app: Flask):
    case = a_case_with_pictures(2)
    dispute = a_signed_dispute(CASE, about=case, codes=["picture-1"])
    assert client.get(f"{path(dispute)}/photographs/1").status_code == 200
    assert client.get(f"{path(dispute)}/photographs/2").status_code == 404
    assert len(looks()) == 1
    unsigned = an_open_dispute(CASE, about=case, codes=["picture-1"])
    assert client.get(f"{path(unsigned)}/photographs/1").status_code == 403
    with pytest.raises(NotFound):
        look_at_picture(token(dispute), 2, now())


@pytest.mark.clause("4.1.4")
@pytest.mark.parametrize("fault", ["no assessment", "high risk"])
def test_without_an_assessment_in_order_nothing_is_shown(client: FlaskClient, app: Flask, fault: str):
    dispute = a_signed_dispute()
    if fault == "no assessment":
        no_papers()
    else:
        with transaction() as session:
            session.add(
                ImpactAssessment(
                    recipient="dispute", report_hash="0" * 64, result=HIGH, assessed_on=now().date(), state=PROPOSED,
                    proposed_by=1, proposed_at=now(),
                )
            )  # fmt: skip
    answer = client.get(path(dispute))
    assert answer.status_code == 409 and STATEMENT not in answer.text and looks() == []
    with pytest.raises(NotShownNow):
        look(token(dispute), now())


LOOKS = {
    "the page": lambda link: look(link, now()),
    "a picture": lambda link: look_at_picture(link, 1, now()),
}


@pytest.mark.parametrize("dies", ["before the row is written", "before it is committed"])
@pytest.mark.parametrize("what", LOOKS)
def test_nothing_leaves_while_its_row_is_not_on_the_ledger(app: Flask, dies: str, what: str):
    """The store fails at that very moment: whoever asked gets nothing of the dispute."""
    link, wrote = token(a_signed_dispute(CASE)), []

    def fail_at_row(conn: object, cursor: object, statement: str, *more: object) -> None:
        if statement.startswith("INSERT INTO disclosures"):
            wrote.append(statement)
            if dies == "before the row is written":
                raise RuntimeError("the store failed")

    def fail_at_commit(conn: object) -> None:
        if wrote:
            raise RuntimeError("the store failed")

    event.listen(db.engine, "before_cursor_execute", fail_at_row)
    event.listen(db.engine, "commit", fail_at_commit)
    try:
        with pytest.raises(RuntimeError, match="the store failed"):
            LOOKS[what](link)
    finally:
        event.remove(db.engine, "before_cursor_execute", fail_at_row)
        event.remove(db.engine, "commit", fail_at_commit)
    assert wrote and looks() == []
    LOOKS[what](link)
    assert len(looks()) == 1


def test_a_photograph_stays_in_the_dispute_when_its_case_is_over(client: FlaskClient, app: Flask):
    """It is copied as it was chosen: photographs of an after-sales case go when the case ends."""
    case = a_case_with_pictures()
    dispute = a_signed_dispute(CASE, about=case)
    withdraw_case(case.id, BUYER, now())
    enforce(now() + timedelta(days=1), "case_photographs")
    assert db.session.scalars(select(CasePhotograph)).all() == []
    assert client.get(f"{path(dispute)}/photographs/1").status_code == 200
    owner = signed_in(app.test_client(), member_of(case.order))
    assert owner.get(f"/en/account/disputes/{dispute.number}/photographs/1").mimetype == "image/webp"


def test_a_photograph_that_we_took_out_is_nobodys(client: FlaskClient, app: Flask):
    case = a_case_with_pictures(3)
    dispute = a_sent_dispute(CASE, about=case)
    accept(dispute.id, ["picture-3"], CLERK, now())
    sign(token(dispute), SIGNED_NAME, "en", now())
    found = [client.get(f"{path(dispute)}/photographs/{n}").status_code for n in (1, 2, 3)]
    assert found == [404, 404, 200]


def test_a_draft_that_is_written_anew_or_deleted_leaves_no_copy(app: Flask):
    dispute = a_draft(CASE)
    said = Complaint(OTHER_NAME, "+8613920999998", STATEMENT, frozenset({"picture-1"}), "en")
    [before] = copies_of(dispute)
    change_draft(dispute.id, said, now())
    [after] = copies_of(dispute)
    assert before != after and not place_of(before).exists() and place_of(after).exists()
    delete_draft(dispute.id, now())
    assert not place_of(after).exists()


def copies_of(dispute: Dispute) -> list[str]:
    with purpose(Purpose.SERVICE):
        return list(fresh(dispute).pictures)
