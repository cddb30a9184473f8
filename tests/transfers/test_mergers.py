"""Everybody is told who the new holder is and has thirty days; then who is bound to, or who agreed, and nobody else."""

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts.models import Account
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.grounds import Share, ShareRefused
from app.foundation.outbound import disclose
from app.foundation.personal_data import Purpose
from app.notifications.models import OutboxMessage
from app.privacy.policy import current_policy, deadline
from app.transfers import giving, telling
from app.transfers.deciding import NoticeNotOver, make, may_be_made_from, stop
from app.transfers.kinds import GIVEN, MERGER
from app.transfers.models import TransferPerson
from app.transfers.queries import progress_of
from app.transfers.telling import announce_all
from tests.accounts.builders import an_account, signed_in
from tests.privacy.closures import applied, erased
from tests.transfers.builders import (
    JOHN,
    a_merger_with_notice_over,
    a_transfer,
    agree,
    an_approved,
    fresh,
    index_of,
    made,
    numbers_in,
    refs,
    refs_on_ledger,
    take_back,
    undertaken,
)
from tests.transfers.test_giving import accepts, is_theirs

FATES = ("stays", "agrees", "takes back", "closes", "wants to close", "comes late")


def messages(code):
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.code == code)).all()


@pytest.mark.clause("4.2.4")
def test_with_an_undertaking_everybody_who_was_told_in_time_is_in_it(app):
    people = [an_account() for _ in range(3)]
    case = a_merger_with_notice_over(**undertaken())
    is_theirs(made(case), people)


@pytest.mark.clause("4.2.4")
def test_without_undertaking_and_without_agreement_the_package_is_empty(app):
    people = [an_account() for _ in range(3)]
    case = a_merger_with_notice_over()
    agree(people[0], case)
    take_back(people[0], case)
    is_theirs(made(case), [])
    assert (fresh(case).state, index_of(case)["files"]) == (GIVEN, {})


@pytest.mark.clause("4.2.4")
@pytest.mark.parametrize(
    ("first", "last", "all_of_them"), [(0, None, True), (0, 40, True), (0, 29, False), (31, None, False)]
)
def test_an_undertaking_counts_on_its_own_days_alone(app, clock, first, last, all_of_them):
    """Where it does not bind on the day of the handover, only who agreed is in the package."""
    people = [an_account() for _ in range(2)]
    days = {"undertaken_from": today() + timedelta(first), "undertaken_to": last and today() + timedelta(last)}
    case = an_approved(MERGER, **undertaken(**days))
    announce_all()
    if first:
        agree(people[0], case)
    clock.travel(days=30)
    is_theirs(made(case), people if all_of_them else people[:1] if first else [])


@pytest.mark.clause("4.2.4")
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fates=st.lists(st.sampled_from(FATES), max_size=6),
    is_bound=st.booleans(),
)
def test_whatever_people_do_in_the_meantime_the_package_is_the_right_set(app, clock, monkeypatch, fates, is_bound):
    """Those of earlier examples are closed, so that they are in nobody's package."""
    monkeypatch.setattr(giving, "A_PART", 2)
    with transaction() as session:
        session.execute(db.update(Account).values(state="closed"))
    people = [(an_account(), fate) for fate in fates if fate != "comes late"]
    case = an_approved(MERGER, **(undertaken() if is_bound else {}))
    announce_all()
    for person, fate in people:
        if fate in ("agrees", "takes back") and not is_bound:
            agree(person, case)
        if fate == "takes back":
            take_back(person, case)
    clock.travel(days=1)
    late = [an_account() for fate in fates if fate == "comes late"]
    announce_all()
    clock.travel(days=29)
    for person, fate in people:
        if fate == "closes":
            erased(person)
        if fate == "wants to close":
            applied(person)
    stay = ("stays", "agrees", "takes back") if is_bound else ("agrees",)
    is_theirs(made(case), [person for person, fate in people if fate in stay])
    assert not set(refs_on_ledger(case)) & set(refs(late))


@pytest.mark.clause("4.2.4")
def test_everybody_is_told_once_on_the_site_and_by_sms_with_name_and_how_to_reach_it(app, client):
    alice, bob = an_account(language="en"), an_account()
    case = an_approved(MERGER, **undertaken())
    assert (announce_all(), announce_all()) == (2, 0)
    said = messages("transfer.announced")
    assert sorted((row.account_id, row.channel) for row in said) == sorted(
        (each.id, channel) for each in (alice, bob) for channel in ("site", "sms")
    )
    signed_in(client, alice)
    page = client.get("/en/messages").text
    day = (today() + deadline("transfer.notice")).isoformat()
    assert "New Cloud Mining Ltd. (400-111-2222)" in page and day in page and case.number in page
    signed_in(client, bob)
    assert "新云矿业有限公司（400-111-2222）" in client.get("/zh-cn/messages").text
    public = client.get("/en/privacy/transfers").text
    assert "New holder: New Cloud Mining Ltd." in public and "400-111-2222" in public and "成都市高新区一号" in public


@pytest.mark.clause("4.2.4")
def test_without_an_undertaking_the_message_asks_for_agreement(app):
    an_account()
    an_approved(MERGER)
    announce_all()
    assert len(messages("transfer.asked")) == 2 and not messages("transfer.announced")


@pytest.mark.clause("4.2.4")
def test_nobody_is_told_before_two_people_approved_or_after_it_was_stopped(app):
    an_account()
    a_transfer(MERGER, **undertaken())
    stop(an_approved(MERGER, **undertaken()).number, "called off", JOHN, now())
    assert announce_all() == 0


@pytest.mark.clause("4.2.4")
def test_it_is_put_together_neither_before_the_last_one_was_told_nor_before_the_notice_is_over(app, clock, monkeypatch):
    monkeypatch.setattr(telling, "AT_ONCE", 1)
    people = [an_account() for _ in range(2)]
    case = an_approved(MERGER, **undertaken())
    clock.travel(days=40)
    for moment in ("not told", "told"):
        with pytest.raises(NoticeNotOver, match="30 日"):
            make(case.number, JOHN, now())
        if moment == "not told":
            announce_all()
    assert may_be_made_from(fresh(case)) == fresh(case).all_told_at + timedelta(days=30)
    clock.travel(days=29, hours=23)
    with pytest.raises(NoticeNotOver):
        make(case.number, JOHN, now())
    clock.travel(hours=1)
    is_theirs(made(case), people)


@pytest.mark.clause("4.2.4")
def test_the_gate_itself_refuses_before_a_persons_own_notice_is_over(app, clock):
    person = an_account()
    case = a_merger_with_notice_over(**undertaken())
    make(case.number, JOHN, now())
    with transaction() as session:
        row = session.scalars(select(TransferPerson)).one()
        row.announced_at = now() - timedelta(days=29)
    share = Share(case.recipient, case.ground, Purpose.SERVICE, {}, subject=person.audit_ref, basis=fresh(case))
    with pytest.raises(ShareRefused, match="notice"):
        disclose(share)
    assert giving.give(case.number) == 1 and numbers_in(case) == []


@pytest.mark.clause("4.2.4")
def test_telling_goes_on_where_it_stopped_and_tells_nobody_twice(app, monkeypatch):
    monkeypatch.setattr(telling, "AT_ONCE", 2)
    for _ in range(5):
        an_account()
    case = an_approved(MERGER, **undertaken())
    announced, calls = telling._announce, []

    def failing(*given):
        calls.append(1)
        if len(calls) == 4:
            raise OSError("killed")
        return announced(*given)

    monkeypatch.setattr(telling, "_announce", failing)
    with pytest.raises(OSError):
        announce_all()
    progress = progress_of(db.session(), fresh(case))
    assert (progress.announced, progress.waiting, fresh(case).all_told_at) == (2, 3, None)
    monkeypatch.setattr(telling, "_announce", announced)
    assert announce_all() == 3 and fresh(case).all_told_at
    twice = select(OutboxMessage.account_id).where(OutboxMessage.channel == "sms").group_by(OutboxMessage.account_id)
    assert db.session.scalars(twice.having(func.count() > 1)).all() == []


@pytest.mark.clause("4.2.4")
def test_two_workers_at_once_tell_each_person_once(app, monkeypatch):
    monkeypatch.setattr(telling, "AT_ONCE", 2)
    for _ in range(9):
        an_account()
    an_approved(MERGER, **undertaken())
    told = []

    def work():
        with app.app_context():
            told.append(announce_all())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(told) == 9 and len(messages("transfer.announced")) == 18


@pytest.mark.clause("4.2.4")
def test_people_on_old_versions_of_the_policy_are_told_and_are_in_it(app):
    old = an_account()
    accepts(old, "policy", "1")
    case = a_merger_with_notice_over(**undertaken())
    is_theirs(made(case), [old])


@pytest.mark.clause("4.2.4")
def test_the_notice_is_the_one_of_the_policy_in_force(app):
    assert current_policy(today()).manifest.deadline("transfer.notice") == timedelta(days=30)
