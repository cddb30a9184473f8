"""The pages: agreeing and taking back on one's own, everybody's page, and the desk from the paper to the handover."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.privacy.consenting import ShareConsent, give_consent
from app.transfers.deciding import make, refuse
from app.transfers.giving import give_all
from app.transfers.kinds import APPROVED, EXAMINED, GIVEN, MAKING, MERGER, REFUSED, STOPPED
from app.transfers.models import TransferCase
from app.transfers.queries import transfer_figures
from app.transfers.telling import announce_all
from tests.accounts.builders import a_factor_of, an_account, signed_in
from tests.accounts.visiting import form_of
from tests.backoffice.builders import Desk
from tests.disclosures.builders import name_of
from tests.privacy.test_my_data import copy_of
from tests.transfers.builders import (
    HOLDER_KEY,
    JOHN,
    PAPER,
    UNDERTAKING,
    a_merger_with_notice_over,
    a_transfer,
    agree,
    an_approved,
    approved,
    fresh,
    made,
    numbers_in,
    opened,
    switched,
    undertaken,
)

PAGE = "/en/privacy/consents"


def press(client, action):
    form = form_of(client.get(PAGE), action)
    answer = client.post(form.action, data=dict(form.filled()), follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
def alice(app, client):
    account = an_account(language="en")
    signed_in(client, account)
    return account


@pytest.mark.clause("4.2.1")
def test_agreement_is_asked_apart_kept_with_what_was_shown_and_taken_back_as_easily(alice, client):
    case = an_approved()
    page = client.get(PAGE).text
    assert (
        "New Cloud Mining Ltd. (成都市高新区一号, 400-111-2222) takes over, and keeps for itself: accounts.phone"
        in page
    )
    assert "Your consent is written down" in press(client, f"/privacy/consents/{case.recipient}/4.2.1/")
    row = db.session.scalars(select(ShareConsent)).one()
    assert (row.recipient, row.purpose, row.lang) == (case.recipient, "4.2.1", "en") and row.shown in page
    assert (
        "New Cloud Mining Ltd." in client.get(PAGE).text
        and row.shown.encode() in copy_of(client)["share_consents.json"]
    )
    assert "Your consent is withdrawn" in press(client, f"{row.id}/withdrawal")
    assert numbers_in(made(case)) == []


@pytest.mark.clause("4.2.1")
def test_nobody_is_asked_before_the_approvals_or_after_the_package_was_ordered(alice, client, app, monkeypatch, clock):
    case = a_transfer()

    def asks():
        return case.recipient in client.get(PAGE).text

    assert not asks()
    approved(case)
    assert asks()
    monkeypatch.setitem(app.extensions, "settings", switched(app.extensions["settings"], None))
    assert not asks()
    monkeypatch.setitem(app.extensions, "settings", switched(app.extensions["settings"], today()))
    assert asks()
    make(case.number, JOHN, now())
    assert not asks()
    with pytest.raises(NotFound):
        give_consent(alice.audit_ref, case.recipient, case.ground, lang="en", shown="x", at=now())


@pytest.mark.clause("4.2.4")
def test_a_merger_asks_only_where_the_new_holder_gave_no_undertaking(alice, client):
    bound, free = an_approved(MERGER, **undertaken()), an_approved(MERGER)
    page = client.get(PAGE).text
    assert free.recipient in page and bound.recipient not in page


@pytest.mark.clause("4.2")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_everybody_sees_that_it_is_off_and_what_was_transferred(app, client, monkeypatch, lang):
    case = an_approved()
    for _ in range(11):
        agree(an_account(), case)
    made(case)
    refuse(a_transfer().number, "no original", JOHN, now())
    [figures] = transfer_figures(db.session())
    assert (figures.kind, figures.recorded, figures.made, figures.refused) == ("consent", 2, 1, 1)
    assert figures.band == (10, 99)
    monkeypatch.setitem(app.extensions, "settings", switched(app.extensions["settings"], None))
    page = client.get(f"/{lang}/privacy/transfers").text
    assert ("平时均为关闭" if lang == "zh-cn" else "switched off, as in normal running") in page
    assert case.number not in page and "10" in page


def plan_fields(**changes):
    return {
        "kind": "merger", "document": (io.BytesIO(PAPER), "contract.pdf"), "reason": "合并后继续提供服务。",
        "expires_on": (today() + timedelta(days=60)).isoformat(), "name": "新云矿业有限公司",
        "name_en": "New Cloud Mining Ltd.", "contact": "400-111-2222", "address": "成都市", "region": "CN",
        "public_key": str(HOLDER_KEY.to_public()), "fields": ["accounts.phone"],
        "undertaking": (io.BytesIO(UNDERTAKING), "we.pdf"), "undertaken_from": today().isoformat(), **changes,
    }  # fmt: skip


def the_case():
    db.session.rollback()
    return db.session.scalars(select(TransferCase).execution_options(populate_existing=True)).one()


def with_factor(desk, path, prefix):
    return desk.post(path, "FreshFactorForm", {"code": a_factor_of(desk.account)}, prefix)


@pytest.mark.clause("4.2")
@pytest.mark.clause("4.2.4")
def test_from_the_papers_to_the_package_that_is_handed_over(app, clock):
    recorder, first, second = (Desk(app, "manager") for _ in range(3))
    assert recorder.post("/transfers/new", "TransferForm", plan_fields()).status_code == 303
    at = f"/transfers/{the_case().number}"
    assert "two other people decide" in recorder.get(at).text and "6.2(2)" in recorder.get(at).text
    said = {"checked": "seen the original", "opinion": "section 3"}
    assert recorder.post(f"{at}/examination", "ExamineDemandForm", said, "examine-").status_code == 403
    assert first.post(f"{at}/examination", "ExamineDemandForm", said, "examine-").status_code == 303
    assert first.post(f"{at}/approval", "transfers.approve").status_code == 403 and the_case().state == EXAMINED
    assert second.post(f"{at}/approval", "transfers.approve").status_code == 303 and the_case().state == APPROVED
    early = with_factor(second, f"{at}/package", "make-")
    assert early.status_code == 409 and "Everybody is told first" in early.text
    assert announce_all() == 3
    clock.travel(days=30)
    for desk in (recorder, first, second):
        signed_in(desk.client, desk.account)
    assert second.post(f"{at}/package", "FreshFactorForm", {"code": "000000"}, "make-").status_code == 422
    assert with_factor(second, f"{at}/package", "make-").status_code == 303 and the_case().state == MAKING
    assert give_all() == 1 and the_case().state == GIVEN
    clock.travel(minutes=1)
    assert "another person fetches it" in second.get(at).text
    assert with_factor(second, f"{at}/handover", "fetch-").status_code == 403
    clock.travel(minutes=1)
    file = with_factor(first, f"{at}/handover", "fetch-")
    assert file.status_code == 200 and "attachment" in file.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        assert len(opened(archive.read("part-00001.zip.age"))) == 10
    assert first.get(f"{at}/document").data == PAPER and first.get(f"{at}/undertaking").data == UNDERTAKING
    assert first.post(f"{at}/deletion", "transfers.delete").status_code == 303
    clock.travel(minutes=1)
    assert with_factor(first, f"{at}/handover", "fetch-").status_code == 404


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_an_empty_package_says_so_and_a_merger_without_undertaking_too(app, lang):
    desk = Desk(app, "manager")
    case = a_merger_with_notice_over()
    signed_in(desk.client, desk.account)
    made(case)
    page = desk.get(f"/transfers/{case.number}", lang).text
    assert ("数据包为空：" if lang == "zh-cn" else "The package is empty:") in page
    assert ("没有作出承诺" if lang == "zh-cn" else "gave no undertaking") in page


@pytest.mark.clause("5.2.1")
@pytest.mark.parametrize(
    ("changes", "field", "complaint"),
    [
        ({"region": "outside"}, "region", "stays inside China"),
        ({"public_key": "age1nothing"}, "public_key", "no age key"),
        ({"fields": []}, "fields", "choose what is transferred"),
        ({"document": (io.BytesIO(b"MZ no paper"), "a.exe")}, "document", "choose a PDF"),
        ({"undertaking": (io.BytesIO(b"MZ no paper"), "a.exe")}, "undertaking", "choose a PDF"),
        ({"undertaken_from": ""}, "undertaken_from", "needs it"),
        ({"undertaken_to": "2020-01-01"}, "undertaken_to", "must not be before"),
        ({"expires_on": "2020-01-01"}, "expires_on", "today or a later day"),
        ({"expires_on": today().isoformat()}, "expires_on", "Set a later day"),
        ({"kind": "law"}, "legal_basis", "needs it"),
        ({"kind": "law", "legal_basis": "x", "from_day": "2026-01-01", "to_day": "2026-02-01"}, "persons", "needs it"),
        (
            {"kind": "law", "legal_basis": "x", "persons": "nobody", "from_day": "2026-01-01", "to_day": "2026-02-01"},
            "persons", "line 1",
        ),
        ({"kind": "agreement"}, "clause", "needs it"),
        ({"kind": "agreement", "accepted": "agreement 1", "clause": "77"}, "clause", "no such clause"),
        ({"kind": "agreement", "accepted": "agreement 77", "clause": "1.1"}, "accepted", "choose from the list"),
        ({"kind": "law", "legal_basis": "x", "persons": "x", "to_day": "2026-02-01"}, "from_day", "needs it"),
        ({"barred_until": (today() + timedelta(days=3)).isoformat()}, "bar_basis", "name the rule"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_field_and_what_was_typed_is_kept(app, changes, field, complaint):
    for name in ("document", "undertaking"):  # each time a file of its own
        if name in changes:
            changes = {**changes, name: (io.BytesIO(b"MZ no paper"), "a.exe")}
    answer = Desk(app, "manager").post("/transfers/new", "TransferForm", plan_fields(**changes))
    assert answer.status_code == 422 and "新云矿业有限公司" in answer.text
    [found] = re.findall(rf'id="{field}-error"[^>]*>(.*?)</p>', answer.text, re.S)
    assert complaint in found
    assert db.session.scalars(select(TransferCase)).all() == []


def test_what_the_law_demands_and_an_agreement_are_recorded_with_what_belongs_to_them(app):
    desk, person = Desk(app, "manager"), an_account()
    law = {"kind": "law", "legal_basis": "企业破产法", "persons": name_of(person), "from_day": "2026-01-01"}
    desk.post("/transfers/new", "TransferForm", plan_fields(**law, to_day="2026-02-01"))
    clause = {"accepted": "agreement 1", "clause": "1.1"}
    desk.post("/transfers/new", "TransferForm", plan_fields(kind="agreement", **clause))
    by_law, agreed = db.session.scalars(select(TransferCase).order_by(TransferCase.kind.desc())).all()
    assert by_law.legal_basis and not by_law.undertaking_digest and by_law.days
    assert agreed.accepted.number == "agreement 1 #1.1" and not agreed.legal_basis and agreed.days is None
    assert "Demanded by law" in desk.get(f"/transfers/{by_law.number}").text
    assert "agreement 1 #1.1" in desk.get(f"/transfers/{agreed.number}").text


def test_off_the_desk_says_so_and_records_nothing(app, monkeypatch):
    desk = Desk(app, "manager")
    monkeypatch.setitem(app.extensions, "settings", switched(app.extensions["settings"], None))
    assert "TRANSFERS_UNTIL" in desk.get("/transfers").text
    answer = desk.post("/transfers/new", "TransferForm", plan_fields())
    assert answer.status_code == 403 and "新云矿业有限公司" in answer.text
    assert db.session.scalars(select(TransferCase)).all() == []


def test_it_is_refused_and_stopped_at_the_desk(app):
    desk = Desk(app, "manager")
    for case, state in ((a_transfer(), REFUSED), (an_approved(), STOPPED)):
        at = f"/transfers/{case.number}/end"
        assert desk.post(at, "EndCaseForm", {"why": ""}, "end-").status_code == 422
        assert desk.post(at, "EndCaseForm", {"why": "no original"}, "end-").status_code == 303
        assert fresh(case).state == state
    assert "no original" in desk.get(f"/transfers/{case.number}").text


def test_the_list_shows_states_and_what_to_do(app):
    desk = Desk(app, "manager")
    case, another = a_transfer(), an_approved()
    assert case.number in desk.get("/transfers?state=asked").text
    assert another.number not in desk.get("/transfers?state=asked").text
    assert "Transfers to decide" in desk.get("").text
    assert Desk(app, "clerk").get("/transfers").status_code == 403
    assert desk.get("/transfers/T0").status_code == 404
