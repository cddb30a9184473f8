"""The end of the service: two people, thirty days, later only, and nothing begins from then on. Clause 5.2.3."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.registering import begin_registration
from app.checkout.placing import Buyer, place_order
from app.foundation.database import db, transaction
from app.foundation.two_people import NotAllowed, NotWaiting, SamePerson
from app.privacy.service_end import (
    EndMovesLaterOnly,
    EndProposedAlready,
    NoEndToCallOff,
    NoticeOfEndTooShort,
    ServiceEnd,
    ServiceEnds,
    announce_end,
    announced,
    announced_end,
    propose_calling_off,
    propose_end,
    withdraw_end,
)
from tests.accounts.builders import a_staff_member, signed_in
from tests.privacy.publishers import ANOTHER, CLERK, ONE

pytestmark = pytest.mark.clause("5.2.3")
AT = datetime(2027, 2, 10, 3, tzinfo=UTC)
DAY = date(2027, 2, 10)


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def an_announced_end(days: int = 30, at: datetime = AT) -> ServiceEnd:
    return announce_end(propose_end(after(days), ONE, at).id, ANOTHER, at)


def test_a_day_in_twenty_nine_days_is_refused_and_one_in_thirty_accepted(app: Flask):
    with pytest.raises(NoticeOfEndTooShort):
        propose_end(after(29), ONE, AT)
    proposal = propose_end(after(30), ONE, AT)
    assert announced_end() is None
    announce_end(proposal.id, ANOTHER, AT)
    assert announced_end().last_day == after(30)


def test_a_proposal_that_waited_too_long_cannot_be_announced_any_more(app: Flask):
    proposal = propose_end(after(30), ONE, AT)
    with pytest.raises(NoticeOfEndTooShort):
        announce_end(proposal.id, ANOTHER, AT + timedelta(days=1))


def test_nobody_ends_it_alone_or_without_the_right(app: Flask):
    proposal = propose_end(after(30), ONE, AT)
    with pytest.raises(SamePerson):
        announce_end(proposal.id, ONE, AT)
    for act in (lambda: propose_end(after(40), CLERK, AT), lambda: announce_end(proposal.id, CLERK, AT)):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(EndProposedAlready):
        propose_end(after(40), ANOTHER, AT)
    withdraw_end(proposal.id, ONE, AT)
    with pytest.raises(NotWaiting):
        announce_end(proposal.id, ANOTHER, AT)
    assert announced_end() is None


def test_the_announced_day_moves_later_and_never_earlier(app: Flask):
    an_announced_end(40)
    for days in (39, 40):
        with pytest.raises(EndMovesLaterOnly):
            propose_end(after(days), ONE, AT)
    later = an_announced_end(60)
    assert announced(db.session()).id == later.id
    assert sorted(db.session.scalars(select(ServiceEnd.state))) == ["announced", "moved"]
    with pytest.raises(EndMovesLaterOnly):
        propose_end(after(200), ONE, AT + timedelta(days=62))


def test_two_people_call_it_off_and_everything_begins_again(client):
    end = an_announced_end(40)
    proposal = propose_calling_off(ONE, AT)
    assert announced_end().last_day == after(40)
    with pytest.raises(SamePerson):
        announce_end(proposal.id, ONE, AT)
    with pytest.raises(EndProposedAlready):
        propose_end(after(60), ANOTHER, AT)
    announce_end(proposal.id, ANOTHER, AT)
    assert announced_end() is None and client.get("/en/register").status_code == 200
    states = select(ServiceEnd.state).where(ServiceEnd.id.in_([end.id, proposal.id]))
    assert set(db.session.scalars(states)) == {"lifted"}
    assert an_announced_end(30).last_day == after(30)


def test_what_was_never_announced_or_is_over_cannot_be_called_off(app: Flask):
    with pytest.raises(NoEndToCallOff):
        propose_calling_off(ONE, AT)
    an_announced_end(30)
    with pytest.raises(NotAllowed):
        propose_calling_off(CLERK, AT)
    proposal = propose_calling_off(ONE, AT)
    with transaction() as session:
        announced(session).told_at = AT
    for act in (lambda at: announce_end(proposal.id, ANOTHER, at), lambda at: propose_calling_off(ANOTHER, at)):
        with pytest.raises(NoEndToCallOff):
            act(AT + timedelta(days=32))
    assert announced_end() is not None


@pytest.mark.parametrize(("lang", "words"), [("en", "Our service ends after"), ("zh-cn", "本店运营至")])
def test_desks_and_error_pages_tell_of_it_too(app: Flask, client, lang, words):
    an_announced_end()
    signed_in(client, a_staff_member("manager"))
    for path, status in (("desk", 200), ("desk/service-end", 200), ("no-such-page", 404), ("account/profile", 200)):
        page = client.get(f"/{lang}/{path}")
        assert page.status_code == status and page.text.count(words) == 1, path


def test_from_the_announcement_on_no_account_and_no_order_begins(client, buyer):
    an_announced_end()
    assert client.get("/en/service-end").status_code == 200
    with pytest.raises(ServiceEnds):
        begin_registration("+8613977000001", "a good long password", None, language="en", address_key="x")
    with pytest.raises(ServiceEnds):
        place_order(Buyer(buyer.id, buyer.subject_id, buyer.audit_ref), 1, "key", "shown", AT)


@pytest.mark.parametrize(("lang", "words"), [("en", "Our service ends after"), ("zh-cn", "本店运营至")])
def test_every_page_tells_of_it_in_both_languages(client, lang, words):
    assert words not in client.get(f"/{lang}/").text
    an_announced_end()
    for path in ("", "login", "privacy", "cart"):
        page = client.get(f"/{lang}/{path}").text
        assert words in page and "2027" in page and f"/{lang}/service-end" in page
    refused = client.get(f"/{lang}/register")
    assert refused.status_code == 409
