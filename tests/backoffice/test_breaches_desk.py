"""The desk of breaches, from what leaked to the close: two people, figures only, both texts, drills. Clause 5.1.5b."""

import re

import pytest
from sqlalchemy import select

from app.breaches.acting import tell_affected
from app.breaches.models import Breach
from app.breaches.states import CLOSED, OPEN, RELEASED
from app.foundation.clock import SHANGHAI, now
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from tests.accounts.builders import a_staff_member, an_account
from tests.backoffice.builders import Desk
from tests.breaches.builders import HOUR, TEXTS, read_by
from tests.checkout.builders import an_address

pytestmark = pytest.mark.clause("5.1.5b")
WORDS = {f"{text}_{lang}": said for lang, texts in TEXTS.items() for text, said in texts.items()}


def moment(at) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def recorded(desk, **changes):
    fields = {
        "what": "tables", "tables": ["addresses"], "reader": "", "role": "clerk", "found_at": moment(now()),
        "from_at": moment(now() - HOUR), "to_at": moment(now()), **WORDS, **changes,
    }  # fmt: skip
    return desk.post("/breaches/new", "BreachForm", fields)


def the_breach() -> Breach:
    db.session.rollback()
    return db.session.scalars(select(Breach).execution_options(populate_existing=True)).one()


def test_from_what_leaked_to_the_close(app, client):
    people = [an_account(language=lang) for lang in ("zh-cn", "en")]
    for person in people:
        an_address(person)
    mary, john = Desk(app, "manager"), Desk(app, "manager")
    assert recorded(mary).status_code == 303
    at = f"/breaches/{the_breach().number}"
    page = mary.get(at).text
    assert all(text in page for text in WORDS.values()) and "Our protection failed" in page and "防护失效" in page
    with purpose(Purpose.SERVICE):
        assert not any(str(secret) in page for each in people for secret in (each.name, each.phone, each.audit_ref))
    done = {"done": "the copy was deleted"}
    assert mary.post(f"{at}/containment", "ContainmentForm", done, "contain-").status_code == 303
    assert mary.post(f"{at}/asking", "breaches.ask").status_code == 303
    assert "Let the notices go" not in mary.get(at).text and "another person confirms" in mary.get(at).text
    assert mary.post(f"{at}/release", "breaches.release").status_code == 403
    assert "Let the notices go" in john.get(at).text
    assert john.post(f"{at}/release", "breaches.release").status_code == 303
    assert john.post(f"{at}/close", "breaches.close").status_code == 409
    assert tell_affected() == 2 and the_breach().state == RELEASED
    assert "2 / 2" in john.get(at).text
    report = {"authority": "成都市网信办"}
    assert john.post(f"{at}/report", "ReportedForm", report, "report-").status_code == 303
    assert john.post(f"{at}/close", "breaches.close").status_code == 303
    assert the_breach().state == CLOSED and the_breach().number in client.get("/en/privacy/breaches").text
    assert "the copy was deleted" in mary.get(at).text and "成都市网信办" in mary.get(at).text


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"what": "novel"}, "Please choose from the list"),
        ({"what": "reader", "reader": "nobody-at-all"}, "Nobody of the staff has this account name"),
        ({"what": "reader", "reader": ""}, "Nobody of the staff has this account name"),
        ({"what": "role", "role": "marketer"}, "Nobody has this role"),
        ({"what": "role", "role": "buyer"}, "Please choose from the list"),
        ({"tables": []}, "Please choose the tables that leaked"), ({"tables": ["nothing"]}, "choose from the list"),
        ({"from_at": "yesterday"}, "2026-11-23 14:30"), ({"to_at": ""}, "2026-11-23 14:30"),
        ({"to_at": moment(now() - 9 * HOUR)}, "must not be before the beginning"),
        ({"found_at": "2099-01-01 00:00"}, "not in the future"), ({"cause_zh": ""}, "Cause, in Chinese"),
        ({"measures_en": "x" * 1001}, "At most"), ({"harm_en": "\x00"}, ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(app, changes, complaint):
    answer = recorded(Desk(app, "manager"), **changes)
    assert answer.status_code == 422 and complaint in answer.text and "calls by strangers" in answer.text
    assert db.session.scalars(select(Breach)).all() == []


def test_a_member_of_the_staff_is_named_by_account_and_buyers_are_no_readers(app):
    clerk, alice, desk = a_staff_member("clerk"), an_account(), Desk(app, "manager")
    read_by(clerk, alice)
    with purpose(Purpose.SECURITY):
        names = {"clerk": str(clerk.name), "alice": str(alice.name)}
    assert recorded(desk, what="reader", reader=names["alice"]).status_code == 422
    assert recorded(desk, what="reader", reader=names["clerk"]).status_code == 303
    assert (the_breach().readers, the_breach().persons) == ([clerk.audit_ref], 1)


def test_a_drill_is_marked_wherever_it_stands(app):
    desk = Desk(app, "manager")
    assert re.search(r'name="is_drill"[^>]* checked', desk.get("/breaches/new?drill=1").text)
    assert recorded(desk, is_drill="y").status_code == 303
    assert "This is a drill" in desk.get(f"/breaches/{the_breach().number}").text
    assert "这是演练" in desk.get(f"/breaches/{the_breach().number}", "zh-cn").text
    assert "Drill" in desk.get("/breaches").text


def test_the_words_are_changed_at_the_desk_and_what_is_refused_stays_typed(app):
    desk = Desk(app, "manager")
    recorded(desk)
    at = f"/breaches/{the_breach().number}"
    answer = desk.post(f"{at}/words", "NoticeForm", {**WORDS, "cause_zh": "", "harm_en": "typed by hand"}, "words-")
    assert answer.status_code == 422 and "typed by hand" in answer.text and "open>" in answer.text
    assert desk.post(f"{at}/words", "NoticeForm", {**WORDS, "cause_zh": "另一原因"}, "words-").status_code == 303
    assert "另一原因" in desk.get(at).text and the_breach().state == OPEN
    assert desk.post(f"{at}/report", "ReportedForm", {"authority": ""}, "report-").status_code == 422
    assert desk.post(f"{at}/asking", "something.else").status_code == 400


def test_a_late_breach_stands_on_the_first_page_the_list_and_its_own_page(app, clock):
    desk = Desk(app, "manager")
    recorded(desk)
    assert "Breaches to work on" in desk.get("").text
    clock.travel(hours=25)
    desk = Desk(app, "manager")
    assert "are late" in desk.get(f"/breaches/{the_breach().number}").text
    assert "state--stopped" in desk.get("/breaches?state=open").text
    assert the_breach().number not in desk.get("/breaches?state=closed").text


def test_there_is_no_breach_of_another_number(app):
    desk = Desk(app, "manager")
    assert desk.get("/breaches/L1").status_code == 404
    assert desk.post("/breaches/L1/release", "breaches.release").status_code == 404
