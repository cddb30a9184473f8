"""Acts of disputes that are killed: sending, taking on, signing, looking, answering, exchanging contacts."""

from contextlib import suppress

from flask import Flask

from app.disputes.answering import agree_to_contact, look, sign
from app.disputes.choosing import CASE
from app.disputes.contacts import ContactsExchanged, agree_as_member
from app.disputes.ending import DisputeMoved
from app.disputes.models import Dispute
from app.disputes.settling import accept
from app.disputes.writing import withdraw
from app.foundation.clock import now
from tests.disputes.builders import CLERK, SIGNED_NAME, a_sent_dispute, a_signed_dispute, an_open_dispute, fresh, token
from tests.killed.acts import Act, Facts

CONTACT = "李四 13920999999"


def facts_of(dispute: Dispute) -> Facts:
    dispute = fresh(dispute)
    return {"dispute": dispute.id, "items": list(dispute.items), "token": token(dispute) if dispute.links else ""}


def sent(app: Flask) -> Facts:
    return facts_of(a_sent_dispute(CASE))


def take_on(app: Flask, facts: Facts) -> str:
    with suppress(DisputeMoved):
        accept(facts["dispute"], facts["items"], CLERK, now())
    return "ok"


def opened(app: Flask) -> Facts:
    return facts_of(an_open_dispute(CASE))


def sign_for_it(app: Flask, facts: Facts) -> str:
    sign(facts["token"], SIGNED_NAME, "zh-cn", now())
    return "ok"


def signed(app: Flask) -> Facts:
    return facts_of(a_signed_dispute(CASE))


def look_at_it(app: Flask, facts: Facts) -> str:
    """What is answered was read out of the share: without its row there is no answer."""
    return f"ok, {len(look(facts['token'], now()).shown.blocks)} items"


def one_agreed(app: Flask) -> Facts:
    dispute = a_signed_dispute(CASE)
    agree_as_member(dispute.id, "王五 13800138000", now())
    return facts_of(dispute)


def other_agrees(app: Flask, facts: Facts) -> str:
    with suppress(ContactsExchanged):
        agree_to_contact(facts["token"], CONTACT, now())
    return "ok"


def take_back(app: Flask, facts: Facts) -> str:
    with suppress(DisputeMoved):
        withdraw(facts["dispute"], now())
    return "ok"


DISPUTE_ACTS: dict[str, Act] = {
    "taking a dispute on": Act(sent, take_on),
    "signing for a dispute": Act(opened, sign_for_it),
    "looking at a dispute": Act(signed, look_at_it, repeats=["disclosures", "ledger_entries", "ledger_waiting"]),
    "the other side agrees to exchange contacts": Act(one_agreed, other_agrees),
    "withdrawing a dispute": Act(one_agreed, take_back),
}
