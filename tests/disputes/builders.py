"""Disputes as members, staff and the other side bring them about, by the real acts."""

from collections.abc import Collection
from itertools import count
from typing import Any

from app.accounts.models import Account
from app.after_sales.models import Case
from app.after_sales.opening import open_case
from app.disputes.answering import answer, sign
from app.disputes.choosing import CASE, ORDER, items_of
from app.disputes.finding import locked
from app.disputes.links import token_of
from app.disputes.models import Dispute
from app.disputes.settling import accept
from app.disputes.writing import Complaint, draft, send
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.uploads import reencoded, store_private
from app.orders.lifecycle import Actor
from app.orders.models import Order
from tests.after_sales.builders import BUYER, a_claim, a_machine, a_photograph, a_received_order

CLERK = Actor("clerk", 4713)
OTHER_NAME, STATEMENT, SIGNED_NAME = "快捷物流理赔部", "箱子到货时已经压坏", "李四"
_serial = count(1)


def a_number() -> str:
    """A mobile number that nobody else has."""
    return f"+8613920{next(_serial):06d}"


def a_case_with_pictures(pictures: int = 1, order: Order | None = None) -> Case:
    order = order or a_received_order()
    names = [store_private(order.subject_id, reencoded(a_photograph())) for _ in range(pictures)]
    return open_case(order.id, "1-1", a_claim(order), names, BUYER, now())


def member_of(order: Order) -> Account:
    return db.session.get_one(Account, order.account_id)


def codes_of(member: Account, kind: str, number: str) -> list[str]:
    return [item.code for item in items_of(db.session(), member.id, kind, number, now())]


def a_draft(
    kind: str = ORDER, *, about: Order | Case | None = None, codes: Collection[str] | None = None, **said: Any
) -> Dispute:
    """About an order that was received, or a case with a picture; all items chosen unless told otherwise."""
    matter = about or (a_case_with_pictures() if kind == CASE else a_received_order(a_machine(9)[0]))
    order = matter.order if isinstance(matter, Case) else matter
    member = member_of(order)
    chosen = codes_of(member, kind, matter.number) if codes is None else codes
    given = {"name": OTHER_NAME, "mobile": a_number(), "statement": STATEMENT, "language": "zh-cn", **said}
    return draft(member, kind, matter.number, Complaint(codes=frozenset(chosen), **given), now())


def a_sent_dispute(kind: str = ORDER, **given: Any) -> Dispute:
    dispute = a_draft(kind, **given)
    send(dispute.id, now())
    return fresh(dispute)


def an_open_dispute(kind: str = ORDER, **given: Any) -> Dispute:
    """Taken on by staff with everything that was chosen."""
    dispute = a_sent_dispute(kind, **given)
    accept(dispute.id, dispute.items, CLERK, now())
    return fresh(dispute)


def a_signed_dispute(kind: str = ORDER, **given: Any) -> Dispute:
    """The other side has signed for confidentiality."""
    dispute = an_open_dispute(kind, **given)
    sign(token(dispute), SIGNED_NAME, "zh-cn", now())
    return fresh(dispute)


def answered(dispute: Dispute, text: str = "我们查过了", pictures: Collection[bytes] = ()) -> Dispute:
    answer(token(dispute), text, list(pictures), now(), None, "")
    return fresh(dispute)


def token(dispute: Dispute) -> str:
    """Of the newest link."""
    return token_of(fresh(dispute).links[0])


def path(dispute: Dispute, lang: str = "zh-cn") -> str:
    """Where the other side opens it."""
    return f"/{lang}/dispute/{token(dispute)}"


def fresh(dispute: Dispute) -> Dispute:
    with transaction() as session:
        return locked(session, dispute.id)
