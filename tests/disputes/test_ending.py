"""When a dispute is over its view is over: closed, withdrawn, expired, replaced, erased. Clauses 4.1.1(5), 4.1.3b."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.disputes.contacts import agree_as_member
from app.disputes.ending import expire_all
from app.disputes.forgetting import forget_disputes, open_disputes
from app.disputes.lifecycle import CASE_LASTS, CLOSED, DRAFT_LASTS, EXPIRED, LINK_LASTS, REFUSED, WITHDRAWN
from app.disputes.models import Dispute, DisputeEntry, DisputeLink, DisputeSide
from app.disputes.settling import close, link_anew, refuse
from app.disputes.writing import withdraw
from app.foundation.clock import Clock, now
from app.foundation.data_keys import data_keys
from app.foundation.database import db, transaction
from app.foundation.outbound import Disclosure
from app.foundation.uploads import place_of
from app.notifications.models import OutboxMessage
from app.privacy.erasing import approve_unasked, carry_on_all
from app.privacy.files import file_names
from app.privacy.keeping import enforce
from app.privacy.people import people
from tests.after_sales.builders import a_photograph
from tests.disputes.builders import (
    CLERK,
    a_draft,
    a_sent_dispute,
    a_signed_dispute,
    an_open_dispute,
    answered,
    fresh,
    path,
    token,
)

pytestmark = pytest.mark.clause("4.1.1(5)")
ENDS: dict[str, tuple[Callable[[Dispute], object], str]] = {
    "closed": (lambda dispute: close(dispute.id, "agreed", "双方同意换货", CLERK, now()), CLOSED),
    "withdrawn": (lambda dispute: withdraw(dispute.id, now()), WITHDRAWN),
}


@pytest.mark.clause("4.1.3b")
@pytest.mark.parametrize("end", ENDS)
def test_the_link_opens_nothing_once_it_is_over(client: FlaskClient, app: Flask, end: str):
    dispute = a_signed_dispute()
    address = path(dispute)
    assert client.get(address).status_code == 200
    act, state = ENDS[end]
    act(dispute)
    assert fresh(dispute).state == state
    for each in (address, f"{address}/photographs/1"):
        assert client.get(each).status_code == 410
    assert len(shares()) == 1


def shares() -> list[Disclosure]:
    return list(db.session.scalars(select(Disclosure).where(Disclosure.recipient == "dispute")))


@pytest.mark.clause("4.1.3b")
def test_a_link_and_a_dispute_end_by_the_clock(client: FlaskClient, app: Flask, clock: Clock):
    dispute = a_signed_dispute()
    clock.travel(seconds=LINK_LASTS.total_seconds() + 1)
    assert client.get(path(dispute)).status_code == 410
    link_anew(dispute.id, CLERK, now())
    assert client.get(path(dispute)).status_code == 200
    clock.travel(seconds=(CASE_LASTS - LINK_LASTS).total_seconds())
    assert client.get(path(dispute)).status_code == 410
    assert expire_all() == 1 and fresh(dispute).state == EXPIRED
    assert expire_all() == 0


def test_a_newer_link_ends_the_one_before(client: FlaskClient, app: Flask):
    dispute = a_signed_dispute()
    earlier = path(dispute)
    link_anew(dispute.id, CLERK, now())
    assert path(dispute) != earlier
    assert client.get(earlier).status_code == 410 and client.get(path(dispute)).status_code == 200


def test_a_guessed_link_does_not_exist(client: FlaskClient, app: Flask):
    dispute = a_signed_dispute()
    right = token(dispute)
    number, _, signature = right.rpartition(".")
    other = f"{number}.{signature[:-2]}AA"
    for guess in (
        number,
        other,
        f"{'NO'[number[0] == 'N']}{number[1:]}.{signature}",
        right[::-1],
        "x" * 400,
        f"{right}.{signature}",
    ):
        assert client.get(f"/zh-cn/dispute/{guess}").status_code == 404, guess
    assert shares() == []


def test_what_is_refused_never_reaches_the_other_side(client: FlaskClient, app: Flask):
    dispute = a_sent_dispute()
    refuse(dispute.id, "缺少凭证", CLERK, now())
    found = fresh(dispute)
    assert found.state == REFUSED and found.links == []
    told = db.session.scalars(select(OutboxMessage.subject_id).where(OutboxMessage.code.like("dispute.%"))).all()
    assert set(told) == {found.subject_id}


def test_contacts_go_when_it_ends(app: Flask):
    dispute = a_signed_dispute()
    agree_as_member(dispute.id, "王五 13800138000", now())
    withdraw(dispute.id, now())
    assert fresh(dispute).contact_sealed is None


@pytest.mark.clause("5.2.2a")
def test_an_unsettled_dispute_stands_in_the_way_of_closing(app: Flask):
    dispute = a_sent_dispute()
    person = people().of_account(db.session(), dispute.account_id)
    assert person is not None
    assert list(open_disputes(db.session(), person, now())) == [dispute.spoken_number]
    withdraw(dispute.id, now())
    assert list(open_disputes(db.session(), person, now())) == []


@pytest.mark.clause("5.2.2b")
def test_with_the_account_goes_what_the_other_side_wrote(client: FlaskClient, app: Flask):
    dispute = answered(a_signed_dispute(), "我们赔一半", [a_photograph()])
    address, other = path(dispute), dispute.side.subject_id
    names = list(file_names(db.session(), other))
    assert len(names) == 1 and place_of(names[0]).exists()
    erase(dispute)
    assert not place_of(names[0]).exists() and data_keys().existing([other, dispute.subject_id]) == []
    for model in (Dispute, DisputeSide, DisputeEntry, DisputeLink):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    assert client.get(address).status_code == 410


def erase(dispute: Dispute) -> None:
    person = people().of_account(db.session(), dispute.account_id)
    assert person is not None
    approve_unasked(person, now(), "closure.replayed")
    assert carry_on_all() == 1


@pytest.mark.clause("5.1.3b")
def test_disputes_go_two_years_after_their_end_and_drafts_after_thirty_days(app: Flask, clock: Clock):
    dispute, draft = answered(a_signed_dispute(), "好", [a_photograph()]), a_draft()
    close(dispute.id, "silent", "对方没有回复", CLERK, now())
    [name] = file_names(db.session(), dispute.side.subject_id)
    clock.travel(days=DRAFT_LASTS.days + 1)
    assert enforce(now(), "dispute_drafts", "disputes") == {"dispute_drafts": 1, "disputes": 0}
    assert data_keys().existing([draft.side.subject_id]) == [] and place_of(name).exists()
    clock.travel(days=2 * 366)
    assert enforce(now(), "disputes") == {"disputes": 1}
    assert data_keys().existing([dispute.side.subject_id]) == [] and not place_of(name).exists()
    assert db.session.scalar(select(func.count()).select_from(DisputeEntry)) == 0


def test_forgetting_twice_is_forgetting_once(app: Flask):
    dispute = an_open_dispute()
    for _ in range(2):
        with transaction() as session:
            forget_disputes(session, [dispute.id], now())
    assert data_keys().existing([dispute.subject_id]) == [dispute.subject_id]
