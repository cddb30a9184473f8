"""Disputes of the demonstration shop: a draft, one that waits for us, one to be signed for, one under way."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Account
from app.after_sales.models import Case
from app.demo.people import account_of, actor_of
from app.disputes.answering import answer, sign
from app.disputes.choosing import CASE, ORDER, items_of
from app.disputes.contacts import agree_as_member
from app.disputes.finding import locked
from app.disputes.lifecycle import DRAFT, OPEN, SENT
from app.disputes.links import token_of
from app.disputes.models import Dispute
from app.disputes.settling import accept, write
from app.disputes.writing import Complaint, draft, say, send
from app.foundation.clock import at
from app.foundation.database import db, transaction
from app.orders.lifecycle import AWAITING_RECEIPT, COMPLETED
from app.orders.models import Order

SIGNED = "signed"


@dataclass(frozen=True)
class Story:
    """A dispute of somebody's, begun so many hours ago, and how far it has come."""

    who: str
    kind: str
    hours_ago: float
    name: str
    mobile: str
    statement: str
    leaves_out: tuple[str, ...]
    until: str


TOLD = (
    Story(
        "buyer", CASE, 30, "顺达快运理赔组", "+8613920000101",
        "机器送到时外箱右下角压坏，开机后 3 号板不识别。承运人说签收时没有异常，我有照片。请赔偿维修费和往返运费。",
        ("amounts", "message"), SIGNED,
    ),
    Story(
        "company", CASE, 20, "Hengtai Insurance, claims", "+8613920000102",
        "A fan bracket was bent in transit. Our transport insurance covers it; the insurer says packing was at fault.",
        ("amounts",), OPEN,
    ),
    Story(
        "company", ORDER, 6, "Jinhua Machine Repair", "+8613920000103",
        "They changed a control board last week without asking us and want 2,000 yuan for it.", ("dates",), SENT,
    ),
    Story(
        "buyer", ORDER, 2, "王先生（二手买家）", "+8613920000104",
        "我把其中一台转让给他，他说机器不是从贵店买的。", ("amounts", "parcel"), DRAFT,
    ),
)  # fmt: skip


def open_disputes(start: datetime) -> int:
    """Bring each as far as it has come. Safe to repeat: who has a dispute already begins none."""
    begun = {story.who for story in TOLD if _has_disputes(story.who)}
    return sum(_live(story, start) for story in TOLD if story.who not in begun)


def _has_disputes(who: str) -> bool:
    account = account_of(who)
    mine = select(Dispute.id).where(Dispute.account_id == account.id).limit(1) if account else None
    return mine is None or db.session.scalar(mine) is not None


def _live(story: Story, start: datetime) -> bool:
    account, begun = account_of(story.who), start - timedelta(hours=story.hours_ago)
    number = _matter(account, story.kind) if account else None
    if account is None or number is None:
        return False
    with at(begun):
        items = items_of(db.session(), account.id, story.kind, number, begun)
        codes = frozenset(item.code for item in items if item.sort not in story.leaves_out)
        said = Complaint(story.name, story.mobile, story.statement, codes, account.language)
        dispute = draft(account, story.kind, number, said, begun)
        if story.until != DRAFT:
            send(dispute.id, begun)
    if story.until in (OPEN, SIGNED):
        moment = begun + timedelta(hours=3)
        with at(moment):
            accept(dispute.id, codes, actor_of("clerk"), moment)
    if story.until == SIGNED:
        _talk(dispute.id, begun + timedelta(hours=5))
    return True


def _talk(dispute_id: int, moment: datetime) -> None:
    """The other side signs and answers; the member and we write; the member agrees that contacts are exchanged."""
    with transaction() as session:
        link = token_of(locked(session, dispute_id).links[0])
    with at(moment):
        sign(link, "李明", "zh-cn", moment)
        answer(link, "我们查了中转站的记录，装车照片里外箱完好。请提供签收时的照片。", (), moment, None, "")
        say(dispute_id, "签收照片在上面，时间是签收后十分钟。", moment + timedelta(minutes=40))
        write(
            dispute_id, "两边的照片都看过了。请承运人说明派送段由谁承运。", actor_of("clerk"),
            moment + timedelta(hours=2),
        )  # fmt: skip
        agree_as_member(dispute_id, "陈先生，139 2000 0200", moment + timedelta(hours=3))


def _matter(account: Account, kind: str) -> str | None:
    """The number of the oldest case or the oldest delivered order of somebody's."""
    if kind == CASE:
        return db.session.scalar(
            select(Case.number).where(Case.account_id == account.id).order_by(Case.opened_at).limit(1)
        )
    mine = select(Order.number).where(Order.account_id == account.id, Order.state.in_((AWAITING_RECEIPT, COMPLETED)))
    return db.session.scalar(mine.order_by(Order.placed_at).limit(1))
