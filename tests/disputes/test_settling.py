"""What we do at the desk, and what the other side answers. Clauses 4.1.1(5), 1.2.2(2)."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from app.disputes.answering import TooManyPictures, look
from app.disputes.ending import DisputeMoved
from app.disputes.lifecycle import CLOSED, OPEN, REFUSED
from app.disputes.models import Dispute
from app.disputes.settling import accept, close, hide, link_anew, refuse, write
from app.disputes.showing import for_member
from app.disputes.writing import say
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from app.foundation.permissions import ROLES
from app.foundation.personal_data import Purpose, purpose
from app.foundation.two_people import NotAllowed
from app.foundation.uploads import read_private
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import Actor
from app.orders.models import Order
from tests.accounts.builders import a_staff_member, signed_in
from tests.after_sales.builders import a_photograph
from tests.disputes.builders import (
    CLERK,
    STATEMENT,
    a_draft,
    a_sent_dispute,
    a_signed_dispute,
    an_open_dispute,
    answered,
    fresh,
    member_of,
    path,
    token,
)
from tests.disputes.pages import fill

pytestmark = pytest.mark.clause("4.1.1(5)")
ACTS = {
    "accept": lambda dispute, by: accept(dispute.id, dispute.items, by, now()),
    "refuse": lambda dispute, by: refuse(dispute.id, "x", by, now()),
    "write": lambda dispute, by: write(dispute.id, "x", by, now()),
    "close": lambda dispute, by: close(dispute.id, "agreed", "x", by, now()),
    "hide": lambda dispute, by: hide(dispute.id, 1, by, now()),
    "link": lambda dispute, by: link_anew(dispute.id, by, now()),
}


def owner_of(app: Flask, dispute: Dispute) -> FlaskClient:
    order = db.session.scalars(select(Order).where(Order.number == dispute.about)).one()
    return signed_in(app.test_client(), member_of(order))


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", sorted(ROLES.keys() - {"clerk", "manager"}))
def test_who_has_not_the_right_settles_nothing(app: Flask, act: str, role: str):
    dispute = a_sent_dispute()
    with pytest.raises(NotAllowed):
        ACTS[act](dispute, Actor(role, 1))
    assert fresh(dispute).state == "sent"


@pytest.mark.parametrize("role", ["finance", "marketer"])
def test_the_desk_is_shut_to_who_has_not_the_right(app: Flask, role: str):
    dispute = a_sent_dispute()
    visitor = signed_in(app.test_client(), a_staff_member(role))
    for where in ("/en/desk/disputes", f"/en/desk/disputes/{dispute.number}"):
        assert visitor.get(where).status_code == 403
    unsigned = signed_in(app.test_client(), a_staff_member("clerk", has_signed=False))
    assert unsigned.get(f"/en/desk/disputes/{dispute.number}").status_code == 403


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_from_the_desk_to_the_other_side_and_back(app: Flask, lang: str):
    dispute = a_sent_dispute()
    clerk, owner, outsider = signed_in(app.test_client(), a_staff_member()), owner_of(app, dispute), app.test_client()
    desk, mine = f"/{lang}/desk/disputes/{dispute.number}", f"/{lang}/account/disputes/{dispute.number}"
    assert dispute.spoken_number in clerk.get(f"/{lang}/desk/disputes").text
    assert STATEMENT in clerk.get(desk).text
    assert fill(clerk, desk, "acceptance", **{"accept-items": ["goods", "amounts"]}).status_code == 200
    assert fresh(dispute).state == OPEN and fresh(dispute).items == ["goods", "amounts"]
    fill(outsider, path(dispute, lang), "undertaking", name="李四", agreed="y")
    sent = {"answer-text": "我们赔一半", "answer-pictures": (io.BytesIO(a_photograph()), "evidence.jpg")}
    assert "我们赔一半" in fill(outsider, path(dispute, lang), "answers", **sent).text
    assert "我们赔一半" in owner.get(mine).text
    assert "全赔才行" in fill(owner, mine, "messages", **{"say-text": "全赔才行"}).text
    fill(clerk, desk, "messages", **{"say-text": "请双方冷静"})
    for each in (outsider.get(path(dispute, lang)), owner.get(mine)):
        assert "全赔才行" in each.text and "请双方冷静" in each.text
    assert fill(clerk, desk, "closing", **{"close-outcome": "agreed", "close-finding": ""}).status_code == 422
    fill(clerk, desk, "closing", **{"close-outcome": "agreed", "close-finding": "各担一半"})
    assert fresh(dispute).state == CLOSED and "各担一半" in owner.get(mine).text
    assert outsider.get(path(dispute, lang)).status_code == 410
    read = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "dispute.read")).all()
    assert read and {entry.subject for entry in read} == {dispute.audit_ref}


def test_a_refusal_says_why_and_only_the_member_reads_it(app: Flask):
    dispute = a_sent_dispute()
    clerk, owner = signed_in(app.test_client(), a_staff_member()), owner_of(app, dispute)
    desk = f"/en/desk/disputes/{dispute.number}"
    assert fill(clerk, desk, "refusal", **{"refuse-why": " "}).status_code == 422
    fill(clerk, desk, "refusal", **{"refuse-why": "缺少凭证"})
    assert fresh(dispute).state == REFUSED
    assert "缺少凭证" in owner.get(f"/en/account/disputes/{dispute.number}").text


def test_a_draft_is_the_members_own(app: Flask):
    dispute = a_draft()
    clerk = signed_in(app.test_client(), a_staff_member())
    assert clerk.get(f"/en/desk/disputes/{dispute.number}").status_code == 404
    assert dispute.spoken_number not in clerk.get("/en/desk/disputes?state=draft").text


def test_what_is_taken_out_of_sight_is_seen_by_its_writer_and_by_us(app: Flask):
    dispute = answered(a_signed_dispute(), "骂人的话", [a_photograph()])
    say(dispute.id, "也骂人", now())
    clerk, owner, outsider = signed_in(app.test_client(), a_staff_member()), owner_of(app, dispute), app.test_client()
    theirs, ours = fresh(dispute).entries
    files = f"/en/account/disputes/{dispute.number}/files/{theirs.id}"
    assert owner.get(f"{files}/1").mimetype == "image/webp" and owner.get(f"{files}/2").status_code == 404
    for entry in (theirs, ours):
        hide(dispute.id, entry.id, CLERK, now())
    assert "骂人的话" not in owner.get(f"/en/account/disputes/{dispute.number}").text
    assert "也骂人" not in outsider.get(path(dispute)).text and "骂人的话" in outsider.get(path(dispute)).text
    desk = clerk.get(f"/en/desk/disputes/{dispute.number}").text
    assert "骂人的话" in desk and "也骂人" in desk
    assert owner.get(f"{files}/1").status_code == 404
    assert clerk.get(f"/en/desk/disputes/{dispute.number}/files/{theirs.id}/1").status_code == 200


@pytest.mark.clause("5.1.1c")
def test_pictures_lose_their_metadata_and_lie_sealed_under_the_other_sides_key(app: Flask):
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    dispute = answered(a_signed_dispute(), pictures=[a_photograph(exif=exif)])
    [entry] = dispute.entries
    assert entry.subject_id == dispute.side.subject_id != dispute.subject_id
    with purpose(Purpose.SERVICE):
        [name] = entry.files
    content = read_private(entry.subject_id, name)
    assert b"secret place" not in content and content[:4] == b"RIFF"


def test_six_pictures_are_enough_and_no_picture_is_refused_at_its_field(app: Flask):
    dispute = answered(a_signed_dispute(), pictures=[a_photograph()] * 4)
    with pytest.raises(TooManyPictures):
        answered(dispute, pictures=[a_photograph()] * 3)
    assert len(fresh(dispute).entries) == 1
    outsider = app.test_client()
    wrong = {"answer-text": "看图", "answer-pictures": (io.BytesIO(b"no picture"), "a.jpg")}
    answer = fill(outsider, path(dispute, "en"), "answers", **wrong)
    assert answer.status_code == 422 and "看图" in answer.text and "field__error" in answer.text


def test_the_same_answer_sent_twice_stands_once(app: Flask):
    dispute, outsider = a_signed_dispute(), app.test_client()
    page = outsider.get(path(dispute)).text
    token_of_form = page.partition('name="answer-form_token"')[2].partition('value="')[2].partition('"')[0]
    for _ in range(2):
        data = {"answer-form_token": token_of_form, "answer-text": "只说一次"}
        assert outsider.post(f"{path(dispute)}/answers", data=data).status_code == 303
    assert len(fresh(dispute).entries) == 1


def test_each_is_told_by_its_own_way(app: Flask):
    dispute = answered(a_signed_dispute())
    link_anew(dispute.id, CLERK, now())
    close(dispute.id, "agreed", "好", CLERK, now())
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.code.like("dispute.%"))).all()
    theirs = [row for row in rows if row.subject_id == dispute.side.subject_id]
    assert sorted(row.code for row in theirs) == ["dispute.link", "dispute.link", "dispute.over"]
    assert {row.channel for row in theirs} == {"sms"} and {row.account_id for row in theirs} == {None}
    with purpose(Purpose.SERVICE):
        numbers = {row.number for row in theirs}
        assert numbers == {dispute.side.mobile}
    ours = {row.code for row in rows if row.subject_id == dispute.subject_id}
    assert ours == {"dispute.accepted", "dispute.answered", "dispute.ended"}


def test_nobody_writes_in_what_is_over(app: Flask):
    dispute = an_open_dispute()
    close(dispute.id, "silent", "没有回复", CLERK, now())
    for act in (
        lambda: say(dispute.id, "还有", now()),
        lambda: write(dispute.id, "还有", CLERK, now()),
        lambda: accept(dispute.id, [], CLERK, now()),
        lambda: link_anew(dispute.id, CLERK, now()),
    ):
        with pytest.raises(DisputeMoved):
            act()
    assert fresh(dispute).entries == []


def test_what_an_other_side_wrote_whose_key_is_gone_is_left_out(app: Flask):
    dispute = answered(a_signed_dispute())
    assert look(token(dispute), now()).shown.said
    data_keys().destroy(dispute.side.subject_id)
    db.session.expire_all()
    db.session.info.clear()
    assert [said.text for said in for_member(fresh(dispute)).said] == [""]
