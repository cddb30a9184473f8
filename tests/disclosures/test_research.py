"""Research is given released totals and nothing else, by two approvers, through the gate, on the ledger. 4.1.1(7)."""

import random
from datetime import timedelta
from hashlib import sha256
from itertools import chain

import pytest
from flask import Flask
from sqlalchemy import select

from analytics.disclosure import OUTSIDE_FLOOR, STEP
from analytics.store import audience_releases, open_weeks, releases
from app.disclosures.kinds import APPROVED, ASKED, EXAMINED, GIVEN, REFUSED, STOPPED
from app.disclosures.queries import research_figures
from app.disclosures.research.deciding import NoTables, approve_request, end_request, examine_request
from app.disclosures.research.giving import forget_requests, give, give_all, paper_for
from app.disclosures.research.models import ResearchRequest
from app.disclosures.research.tables import TABLES, sums_of
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import Base, db, transaction
from app.foundation.errors import NotFound
from app.foundation.outbound import Disclosure
from app.foundation.two_people import NotAllowed, NotWaiting, SamePerson
from app.foundation.uploads import place_of
from app.measurement.campaigns import released_visits, released_weeks_of
from app.measurement.duties import release
from app.orders.lifecycle import Actor
from app.privacy.my_data import models_with_fields
from app.privacy.register import tables_about_persons
from tests.backoffice.builders import Desk
from tests.disclosures.builders import CLERK, JOHN, MARY, PAPER, SIGNED, a_research_request, approved_request
from tests.measurement.conftest import house
from tests.promotions.builders import a_campaign
from tests.promotions.test_effect import crowd

__all__ = ["house"]
pytestmark = pytest.mark.clause("4.1.1(7)")


def fresh(request: ResearchRequest) -> ResearchRequest:
    db.session.rollback()
    return db.session.get_one(ResearchRequest, request.id, populate_existing=True)


def result_of(request: ResearchRequest) -> str:
    return paper_for(request.number, "result", MARY).decode()


@pytest.fixture
def two_weeks(app: Flask, house, clock):
    """Two campaigns with crowds of different sizes, in two weeks that are closed and released."""
    first, second = a_campaign(), a_campaign()
    crowd(house, first, 137, today(), 24)
    crowd(house, second, 12, today(), 1)
    clock.travel(days=7)
    crowd(house, first, 41, today(), 3)
    clock.travel(days=9)
    release()
    return first, second


def test_the_result_is_what_the_release_views_say_and_nothing_else(two_weeks):
    request = approved_request(a_research_request(from_day=today() - timedelta(days=60)))
    assert give_all() == 1
    lines = result_of(request).split("\r\n")
    campaigns = {campaign.id: campaign for campaign in two_weeks}
    reach = lines[lines.index("# reach") + 1 :]
    assert reach[0] == "week,reached,clicked,bought"
    said = {}
    for line in reach[1 : reach.index("")]:
        label, *numbers = line.split(",")
        monday, _, campaign = label.partition(" #")
        said[monday, int(campaign)] = [int(number) for number in numbers]
    view = {
        (monday.isoformat(), campaign.id): [week.reached, week.clicked, week.bought]
        for campaign in campaigns.values()
        for monday, week in released_weeks_of(campaign.id, campaign.starts_on, campaign.ends_on)
    }
    assert said == view and any(any(numbers) for numbers in said.values())


def test_every_number_of_every_table_is_hidden_or_at_least_ten_and_rounded_to_ten(two_weeks):
    for table in TABLES:
        sums = sums_of(db.session(), table, today() - timedelta(days=60), today())
        cells = list(chain.from_iterable(cells for _, *cells in sums.rows))
        assert cells
        assert all(type(cell) is int and (cell == 0 or cell >= OUTSIDE_FLOOR) and cell % STEP == 0 for cell in cells)


def test_visits_are_those_that_everybody_may_read(app: Flask, house):
    """The released weeks of the page of open counts, one written with numbers of its own."""
    [(monday, newest), *_] = released_visits()
    with house.store.writing() as connection:
        row = {"day": newest.begins, "views": 120, "visits": 60, "visitors": 40}
        connection.execute(open_weeks.insert(), [row])
    sums = sums_of(db.session(), "visits", today() - timedelta(days=400), today())
    assert sums.columns == ("week", "views", "visits", "visitors")
    assert sums.rows[-1] == (monday.isoformat(), 120, 60, 40)
    assert list(sums.rows) == [
        (day.isoformat(), week.views, week.visits, week.visitors) for day, week in reversed(released_visits())
    ]


def test_asked_again_and_of_other_days_the_same_weeks_have_the_same_numbers(two_weeks, house, clock):
    """Nothing can be found out by comparing two results: they are cut out of one table that never changes."""
    whole = sums_of(db.session(), "reach", today() - timedelta(days=60), today()).rows
    crowd(house, two_weeks[0], 9, today() - timedelta(days=16))
    release()
    drawn = random.Random(7)
    for _ in range(20):
        first = today() - timedelta(days=drawn.randint(0, 60))
        part = sums_of(db.session(), "reach", first, first + timedelta(days=drawn.randint(0, 60))).rows
        assert set(part) <= set(whole)


def test_the_schema_of_what_can_be_given_has_no_identifier(app: Flask):
    """The release views have days, codes of a closed list and numbers: no text, no key, no moment."""
    for view in (releases, audience_releases, open_weeks):
        assert {column.type.python_type for column in view.c} == {int}, view.name
        assert not {column.name for column in view.c} & {"id", "account_id", "subject_id", "audit_ref", "order_id"}
    personal = {model.__tablename__ for model in models_with_fields()} | tables_about_persons(Base.metadata)
    assert not personal & set(TABLES)


def test_nothing_is_given_before_two_people_who_did_not_record_it_approved(app: Flask):
    request = a_research_request()
    for act in (lambda by: examine_request(request.number, "fine", by, now()),):
        with pytest.raises(SamePerson):
            act(Actor("manager", CLERK.audit_ref or 0))
        with pytest.raises(NotAllowed):
            act(CLERK)
    assert give(request.number) == 0
    examine_request(request.number, "a study", MARY, now())
    assert fresh(request).state == EXAMINED and give_all() == 0
    for person in (MARY, Actor("manager", CLERK.audit_ref or 0)):
        with pytest.raises(SamePerson):
            approve_request(request.number, person, now())
    approve_request(request.number, JOHN, now())
    assert fresh(request).state == APPROVED and give_all() == 1 and fresh(request).state == GIVEN
    assert give_all() == 0


def test_the_ledger_has_request_share_and_result_and_the_share_comes_first(two_weeks):
    request = approved_request(a_research_request())
    give_all()
    [row] = db.session.scalars(select(Disclosure).where(Disclosure.recipient == "research"))
    assert (row.ground, row.purpose, row.subject, row.basis) == ("4.1.1(7)", "2.9", None, request.number)
    assert row.fields == sorted(TABLES) and row.agreement == request.id
    wanted = select(LedgerEntry).where(LedgerEntry.event.like("research.%")).order_by(LedgerEntry.at, LedgerEntry.id)
    entries = {entry.event: entry for entry in db.session.scalars(wanted)}
    assert set(entries) == {"research.asked", "research.examined", "research.approved", "research.given"}
    content = paper_for(request.number, "result", MARY)
    assert entries["research.given"].facts["result"] == sha256(content).hexdigest() == fresh(request).result
    assert entries["research.asked"].facts["document"] == sha256(PAPER).hexdigest()
    assert row.at <= entries["research.given"].at
    [figures] = research_figures(db.session())
    assert (figures.received, figures.given, figures.refused) == (1, 1, 0)


@pytest.mark.clause("4.1.3b")
def test_the_file_begins_with_its_mark_and_is_gone_when_its_time_is_over(two_weeks, clock):
    request = approved_request(a_research_request())
    give_all()
    first = result_of(request).split("\r\n")[0]
    assert first == f"# {fresh(request).terms}" and "mark=research/" in first and "use-until=" in first
    file = place_of(fresh(request).result_file or "")
    assert file.exists() and first.encode() not in file.read_bytes()
    clock.travel(days=61)
    give_all()
    assert not file.exists()
    with pytest.raises(NotFound):
        result_of(request)


def test_stopped_between_ledger_and_file_it_is_given_once_and_recorded_once(two_weeks, monkeypatch):
    from app.disclosures.research import giving

    request = approved_request(a_research_request())

    def dies(*_: object) -> str:
        raise SystemExit

    monkeypatch.setattr(giving, "store_private", dies)
    with pytest.raises(SystemExit):
        give(request.number)
    monkeypatch.undo()
    terms = fresh(request).terms
    assert terms and give(request.number) == 1 and fresh(request).terms == terms
    assert len(db.session.scalars(select(Disclosure).where(Disclosure.recipient == "research")).all()) == 1


def test_a_refused_or_stopped_request_gets_nothing(app: Flask):
    refused, stopped = a_research_request(), approved_request(a_research_request())
    for request, state in ((refused, REFUSED), (stopped, STOPPED)):
        assert end_request(request.number, "no research", JOHN, now()).state == state
        with pytest.raises(NotWaiting):
            end_request(request.number, "again", JOHN, now())
    assert give_all() == 0
    assert db.session.scalars(select(Disclosure).where(Disclosure.recipient == "research")).all() == []


@pytest.mark.clause("4.1.4")
@pytest.mark.parametrize(
    "changes",
    [
        {"tables": ()}, {"tables": ("accounts",)}, {"tables": ("orders", "reach")},
        {"agreement_ends_on": today() + timedelta(days=30)}, {"from_day": today(), "to_day": today() - timedelta(1)},
    ],
)  # fmt: skip
def test_a_request_for_anything_else_or_past_its_agreement_is_not_recorded(app: Flask, changes):
    with pytest.raises(NoTables):
        a_research_request(**changes)
    assert db.session.scalars(select(ResearchRequest)).all() == []


def test_papers_lie_sealed_and_go_with_their_key(app: Flask):
    request = a_research_request()
    files = [place_of(name) for name in (request.document_file, request.agreement_file)]
    assert all(PAPER not in file.read_bytes() and SIGNED not in file.read_bytes() for file in files)
    assert paper_for(request.number, "agreement", MARY) == SIGNED
    with transaction() as session:
        forget_requests(session, [request.id], now())
    assert not any(file.exists() for file in files)
    assert db.session.scalars(select(ResearchRequest)).all() == []


def test_the_desk_takes_a_request_to_its_result(two_weeks, app: Flask):
    request = a_research_request()
    first, second = Desk(app, "manager"), Desk(app, "manager")
    path = f"/research/{request.number}"
    empty = first.post(f"{path}/examination", "ExamineResearchForm", {"opinion": ""}, prefix="examine-")
    assert empty.status_code == 422 and "error-summary" in empty.text
    said = {"opinion": "an ethics vote is there"}
    assert first.post(f"{path}/examination", "ExamineResearchForm", said, prefix="examine-").status_code == 303
    assert first.post(f"{path}/approval", "research.approve").status_code == 403
    assert second.post(f"{path}/approval", "research.approve").status_code == 303
    give_all()
    answer = second.get(f"{path}/result", "zh-cn")
    assert answer.headers["Content-Disposition"].endswith("-result.csv") and b"# reach" in answer.data
    assert "1" in app.test_client().get("/zh-cn/privacy/requests").text.partition('id="research"')[2]
    assert first.get("/research?state=given").text.count(request.number) >= 1


def test_the_form_asks_for_paper_agreement_and_tables_and_keeps_what_was_typed(app: Flask):
    clerk = Desk(app, "clerk")
    answer = clerk.post("/research/new", "ResearchForm", {"institution": "西部大学", "expires_on": "2099-01-01"})
    assert answer.status_code == 422 and "西部大学" in answer.text
    assert db.session.scalars(select(ResearchRequest).where(ResearchRequest.state == ASKED)).all() == []
