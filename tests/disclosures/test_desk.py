"""The desk of demands, from the paper to the file that is handed over, and the figures that everybody reads. 4.3.2a."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.undertaking import withdraw_undertakings
from app.disclosures.deciding import narrow, refuse
from app.disclosures.giving import give_all
from app.disclosures.kinds import APPROVED, EXAMINED, PROTECTION, REFUSED, STOPPED
from app.disclosures.models import DisclosureCase
from app.disclosures.queries import band_of, public_figures
from app.foundation.clock import now, today
from app.foundation.database import db
from tests.accounts.builders import an_account
from tests.backoffice.builders import Desk
from tests.disclosures.builders import COURT_KEY, MARY, PAPER, a_case, approved, fresh, name_of


def demand(desk, account, **changes):
    fields = {
        "kind": "order", "authority": "成都市中级人民法院", "legal_basis": "民事诉讼法第七十条", "reason": "合同纠纷",
        "document": (io.BytesIO(PAPER), "order.pdf"), "received_on": today().isoformat(), "why_not_sums": "",
        "persons": name_of(account), "fields": ["accounts.phone", "orders"], "public_key": str(COURT_KEY.to_public()),
        "from_day": (today() - timedelta(days=9)).isoformat(), "to_day": today().isoformat(),
        "expires_on": (today() + timedelta(days=30)).isoformat(), "barred_until": "", "bar_basis": "", **changes,
    }  # fmt: skip
    return desk.post("/disclosures/new", "DemandForm", fields)


def the_case():
    db.session.rollback()
    return db.session.scalars(select(DisclosureCase).execution_options(populate_existing=True)).one()


@pytest.mark.clause("4.3.2a")
def test_from_the_paper_to_the_file_that_is_handed_over(app):
    clerk, first, second = Desk(app, "clerk"), Desk(app, "manager"), Desk(app, "manager")
    assert demand(clerk, an_account()).status_code == 303
    case = the_case()
    at = f"/disclosures/{case.number}"
    assert "Approve as the first" not in clerk.get(at).text and clerk.get(f"{at}/document").status_code == 403
    fields = {"checked": "called back", "opinion": "article 70"}
    assert first.post(f"{at}/examination", "ExamineDemandForm", fields, "examine-").status_code == 303
    assert first.post(f"{at}/approval", "disclosures.approve").status_code == 403
    assert the_case().state == EXAMINED
    assert second.post(f"{at}/approval", "disclosures.approve").status_code == 303
    assert give_all() == 1
    assert "article 70" in second.get(at).text
    file = second.get(f"{at}/package/1")
    assert file.data.startswith(b"age-encryption.org/") and "attachment" in file.headers["Content-Disposition"]
    assert first.get(f"{at}/document").data == PAPER
    assert clerk.get(f"{at}/package/1").status_code == 403 and second.get(f"{at}/package/2").status_code == 404


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"document": ""}, "Please choose the file"),
        ({"document": (io.BytesIO(b"MZ"), "x.pdf")}, "Please choose a PDF"),
        ({"persons": "nobody-at-all"}, "stands in line 1"), ({"fields": []}, "Please choose what is demanded"),
        ({"fields": ["second_factors.secret"]}, "Please choose from the list"),
        ({"public_key": "age1nothing"}, "This is no age key"), ({"kind": "public"}, "sums come first"),
        ({"to_day": "2020-02-02"}, "must not be before"), ({"from_day": "yesterday"}, "2026-11-23"),
        ({"expires_on": "2021-01-01"}, "today or a later day"), ({"barred_until": "2099-01-01"}, "name the rule"),
        ({"received_on": "2099-01-01"}, "not in the future"), ({"kind": "novel"}, "Please choose from the list"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(app, changes, complaint):
    answer = demand(Desk(app, "clerk"), an_account(), **changes)
    assert answer.status_code == 422 and complaint in answer.text and "合同纠纷" in answer.text
    assert db.session.scalars(select(DisclosureCase)).all() == []


def test_a_demand_is_narrowed_refused_and_its_bar_moved_at_the_desk(app):
    desk, case = Desk(app, "manager"), a_case(an_account(), an_account(), fields=["accounts.phone", "orders"])
    at, days = f"/disclosures/{case.number}", {"from_day": str(case.from_day), "to_day": str(case.to_day)}
    fields = {"people": ["2"], "fields": ["orders"], **days}
    assert desk.post(f"{at}/narrowing", "NarrowForm", fields, "narrow-").status_code == 303
    assert (the_case().fields, [each.position for each in the_case().persons]) == (["orders"], [2])
    assert "open>" in desk.post(f"{at}/narrowing", "NarrowForm", {**fields, "from_day": "x"}, "narrow-").text
    assert desk.post(f"{at}/narrowing", "NarrowForm", fields, "narrow-").status_code == 422
    bar = {"barred_until": (today() + timedelta(days=5)).isoformat(), "bar_basis": ""}
    assert desk.post(f"{at}/bar", "BarForm", bar, "bar-").status_code == 422
    assert desk.post(f"{at}/bar", "BarForm", {**bar, "bar_basis": "article 54"}, "bar-").status_code == 303
    assert "Forbidden until" in desk.get(at).text
    assert desk.post(f"{at}/end", "EndCaseForm", {"why": ""}, "end-").status_code == 422
    assert desk.post(f"{at}/end", "EndCaseForm", {"why": "too wide"}, "end-").status_code == 303
    assert the_case().state == REFUSED and "too wide" in desk.get(at).text
    assert desk.post(f"{at}/end", "EndCaseForm", {"why": "again"}, "end-").status_code == 409


def test_an_approved_demand_is_stopped_and_a_late_one_looked_at_again_at_the_desk(app):
    desk, case = Desk(app, "manager"), approved(a_case(an_account(), kind=PROTECTION))
    at = f"/disclosures/{case.number}"
    assert "look again by" in desk.get("/disclosures").text and fresh(case).state == APPROVED
    assert desk.post(f"{at}/review", "LookAgainForm", {"finding": "needed"}, "again-").status_code == 303
    assert desk.post(f"{at}/end", "EndCaseForm", {"why": "not needed"}, "end-").status_code == 303
    assert the_case().state == STOPPED


def test_staff_without_an_undertaking_see_no_demand(app):
    case, desk = a_case(an_account()), Desk(app, "manager")
    withdraw_undertakings(desk.account, MARY, now())
    assert desk.get(f"/disclosures/{case.number}").status_code == 403


@pytest.mark.clause("4.3.2a")
def test_public_figures_equal_the_cases_and_name_nobody(app, client, clock):
    people = [an_account() for _ in range(11)]
    approved(a_case(*people))
    approved(a_case(people[0], kind=PROTECTION))
    refuse(a_case(people[1]).number, "no basis", MARY, now())
    narrowed = a_case(people[2], people[3])
    narrow(narrowed.number, {1}, narrowed.fields, (narrowed.from_day, narrowed.to_day), MARY, now())
    give_all()
    found = {each.kind: each for each in public_figures(db.session())}
    order = found["order"]
    assert (order.year, order.received, order.accepted, order.narrowed, order.refused) == (today().year, 3, 1, 1, 1)
    assert (order.band, found["protection"].band) == ((10, 99), (1, 9))
    page = client.get("/en/privacy/requests").text
    assert re.search(r"10 to 99", page) and narrowed.number not in page and "中级人民法院" not in page
    assert "防止损害" in client.get("/zh-cn/privacy/requests").text


@pytest.mark.clause("4.3.2a")
def test_bands_cover_every_number_once(app):
    for people in [*range(120), 999, 1000, 9999, 10_000, 10**6]:
        first, last = band_of(people)
        assert first <= people and (last is None or people <= last)
    assert [band_of(n) for n in (0, 1, 9, 10, 10_000)] == [(0, 0), (1, 9), (1, 9), (10, 99), (10_000, None)]


def test_before_the_first_demand_the_page_says_so(client):
    assert "Nobody has demanded data yet" in client.get("/en/privacy/requests").text


def test_my_data_leads_to_the_figures_and_the_notices_with_an_account_and_without(client):
    page = client.get("/en/privacy/data").text
    assert "/en/privacy/requests" in page and "/en/privacy/breaches" in page
