"""Contact data: exchanged once both sides have agreed, through the gate, and never before. Clause 4.1.1(5)."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest
from flask import Flask
from sqlalchemy import select

from app.disputes.answering import NotSigned, agree_to_contact, look, take_contact_back
from app.disputes.contacts import (
    ContactsExchanged,
    agree_as_member,
    contact_for_member,
    take_back_as_member,
)
from app.disputes.ending import DisputeMoved
from app.disputes.lifecycle import MEMBER, OTHER
from app.disputes.models import Dispute
from app.disputes.settling import close
from app.disputes.sharing import SharedDispute
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.outbound import Disclosure, Ground, Share, ShareRefused, disclose
from app.foundation.personal_data import Purpose
from app.orders.models import Order
from tests.accounts.builders import signed_in
from tests.after_sales.builders import a_received_order
from tests.disputes.builders import CLERK, a_signed_dispute, an_open_dispute, fresh, member_of, path, token
from tests.disputes.pages import fill

pytestmark = pytest.mark.clause("4.1.1(5)")
OURS, THEIRS = "王五 13800138000", "李四 13920999999"
BOTH = {
    "member": lambda dispute: agree_as_member(dispute.id, OURS, now()),
    "other": lambda dispute: agree_to_contact(token(dispute), THEIRS, now()),
}


def seen_by_other(dispute: Dispute) -> str | None:
    return look(token(dispute), now()).shown.their_contact


@pytest.mark.parametrize("order", list(permutations(BOTH)))
def test_nothing_is_seen_before_both_have_agreed_in_either_order(app: Flask, order: tuple[str, str]):
    dispute = a_signed_dispute()
    first, second = order
    for agreed in (None, first):
        if agreed:
            BOTH[agreed](dispute)
        assert seen_by_other(dispute) is None and contact_for_member(dispute.id, now()) is None
        for to, subject in ((OTHER, dispute.audit_ref), (MEMBER, fresh(dispute).side.audit_ref)):
            with pytest.raises(ShareRefused, match="contact"):
                ask_the_gate(dispute, to, subject)
    BOTH[second](dispute)
    assert seen_by_other(dispute) == OURS and contact_for_member(dispute.id, now()) == THEIRS


def ask_the_gate(dispute: Dispute, to: str, subject: int) -> None:
    case = SharedDispute(fresh(dispute), to)
    disclose(Share("dispute", Ground.DISPUTE, Purpose.SERVICE, {"contact": "x"}, subject=subject, basis=case))


def test_what_each_reads_is_on_the_ledger_about_the_other(app: Flask):
    dispute = a_signed_dispute()
    for agree in BOTH.values():
        agree(dispute)
    seen_by_other(dispute)
    contact_for_member(dispute.id, now())
    rows = db.session.scalars(select(Disclosure).where(Disclosure.recipient == "dispute")).all()
    told = {row.subject: row.agreement for row in rows if "contact" in row.fields}
    assert told == {dispute.audit_ref: fresh(dispute).side.id, fresh(dispute).side.audit_ref: dispute.id}


def test_either_takes_its_word_back_until_both_have_given_it(app: Flask):
    dispute = a_signed_dispute()
    BOTH["member"](dispute)
    take_back_as_member(dispute.id, now())
    assert fresh(dispute).contact_sealed is None
    BOTH["other"](dispute)
    assert seen_by_other(dispute) is None
    take_contact_back(token(dispute), now())
    BOTH["member"](dispute)
    assert contact_for_member(dispute.id, now()) is None
    BOTH["other"](dispute)
    for take_back in (
        lambda: take_back_as_member(dispute.id, now()),
        lambda: take_contact_back(token(dispute), now()),
        lambda: BOTH["member"](dispute),
    ):
        with pytest.raises(ContactsExchanged):
            take_back()


def test_one_takes_back_while_the_other_agrees_and_one_of_the_two_comes_first(app: Flask):
    """Whichever is first, the end is one of two: exchanged and kept, or taken back and nothing shown."""
    for _ in range(5):
        dispute = a_signed_dispute(about=a_received_order())
        BOTH["member"](dispute)
        secret = token(dispute)

        def take_back(number: int = dispute.id) -> str:
            with app.app_context():
                try:
                    take_back_as_member(number, now())
                except ContactsExchanged:
                    return "exchanged"
                return "taken back"

        def agree(link: str = secret) -> None:
            with app.app_context():
                agree_to_contact(link, THEIRS, now())

        with ThreadPoolExecutor(2) as threads:
            ended, _ = threads.submit(take_back), threads.submit(agree).result()
        found = fresh(dispute)
        assert found.have_both_agreed == (ended.result() == "exchanged")
        assert (found.contact_sealed is None) == (ended.result() == "taken back")


def test_after_the_dispute_nobody_agrees_and_nothing_is_shown(app: Flask):
    dispute = a_signed_dispute()
    for agree in BOTH.values():
        agree(dispute)
    close(dispute.id, "agreed", "双方已联系", CLERK, now())
    assert contact_for_member(dispute.id, now()) is None
    assert fresh(dispute).contact_sealed is None and fresh(dispute).side.contact_sealed is None
    with pytest.raises(DisputeMoved):
        BOTH["member"](dispute)


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_both_agree_on_their_pages(app: Flask, lang: str):
    dispute = a_signed_dispute()
    order = db.session.scalars(select(Order).where(Order.number == dispute.about)).one()
    owner, outsider = signed_in(app.test_client(), member_of(order)), app.test_client()
    mine, theirs = f"/{lang}/account/disputes/{dispute.number}", path(dispute, lang)
    assert fill(owner, mine, "contact", **{"contact-contact": ""}).status_code == 422
    assert OURS in fill(owner, mine, "contact", **{"contact-contact": OURS}).text
    assert OURS not in outsider.get(theirs).text
    assert fill(owner, mine, "contact/withdrawal").status_code == 200
    assert OURS not in owner.get(mine).text
    fill(owner, mine, "contact", **{"contact-contact": OURS})
    assert THEIRS in fill(outsider, theirs, "contact", **{"contact-contact": THEIRS}).text
    assert OURS in outsider.get(theirs).text and THEIRS in owner.get(mine).text


def test_who_has_not_signed_leaves_no_contact(app: Flask):
    dispute = an_open_dispute()
    with pytest.raises(NotSigned):
        BOTH["other"](dispute)
