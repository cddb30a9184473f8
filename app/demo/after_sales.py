"""After-sales cases of the demonstration shop, in the states that a desk sees on a day like any other."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image
from sqlalchemy import select

from app.accounts.models import Account
from app.after_sales.answering import escalate, hand_in
from app.after_sales.claimable import Claimable, claimable_lines
from app.after_sales.deciding import Terms, accept, ask_more, refuse
from app.after_sales.examining import Found, examine
from app.after_sales.models import Case
from app.after_sales.opening import Claim, open_case
from app.after_sales.sending import send
from app.after_sales.trade_rules import EXCHANGE, REFUND_ONLY, REPAIR, RETURN, SHORT_HASHRATE
from app.demo.people import account_of, actor_of
from app.foundation.clock import at
from app.foundation.database import db
from app.foundation.money import Money
from app.foundation.uploads import uploading
from app.orders.lifecycle import AWAITING_RECEIPT, COMPLETED
from app.orders.models import Order
from app.stock.models import Warehouse
from app.stock.warehouses import Place, edit_warehouse

TAKES_RETURNS = {
    "chengdu": "四川省成都市双流区示例物流园 3 号库 售后组 028-0000-0000",
    "shenzhen": "广东省深圳市宝安区示例工业园 B 栋 1 楼 售后组 0755-0000-0000",
}


@dataclass(frozen=True)
class Story:
    """A case of somebody's order, the oldest one that left being 0: opened so many days ago, moved so long after."""

    who: str
    order: int
    kind: str
    ago: float
    text: str
    then: tuple[tuple[str, float], ...] = ()


REPAIRED = (("accept", 0.5), ("hand_in", 2), ("examine", 6), ("send", 9))
TOLD = (
    Story("buyer", 1, REPAIR, 13, "开机后 3 号算力板不识别，指示灯常红。", REPAIRED),
    Story(
        "company", 0, EXCHANGE, 8, "One fan bracket is bent and the machine vibrates. Photograph attached.",
        (("accept", 0.8), ("hand_in", 2), ("examine", 5)),
    ),
    Story(
        "company", 0, REFUND_ONLY, 7.5, "Two power cords were missing from the boxes.",
        (("refuse", 1.5), ("escalate", 5)),
    ),
    Story("buyer", 0, SHORT_HASHRATE, 5, "换了矿池和固件，24 小时平均算力始终偏低。", (("accept", 1.2),)),
    Story("buyer", 1, REPAIR, 2, "控制板网口偶尔断开，重启后恢复，请检测。", (("ask_more", 1.5),)),
    Story("buyer", 2, RETURN, 0.6, "型号买错了，机器未拆封，申请退货。"),
)  # fmt: skip


def open_cases(start: datetime) -> int:
    """Open and move them at the moments they tell of. Safe to repeat: who has a case already opens none."""
    _take_returns()
    told = {story.who for story in TOLD if _has_cases(story.who)}
    return sum(_live(story, start) for story in TOLD if story.who not in told)


def _take_returns() -> None:
    for place in db.session.scalars(select(Warehouse).where(Warehouse.code.in_(TAKES_RETURNS))).all():
        facts = Place(place.code, place.name_zh, place.name_en, place.province, place.position)
        edit_warehouse(place.id, Place(**{**vars(facts), "return_address": TAKES_RETURNS[place.code]}))


def _has_cases(who: str) -> bool:
    account = account_of(who)
    return account is None or db.session.scalar(select(Case.id).where(Case.account_id == account.id)) is not None


def _live(story: Story, start: datetime) -> bool:
    account = account_of(story.who)
    opened = start - timedelta(days=story.ago)
    line = _line(account, story, opened) if account else None
    if line is None:
        return False
    order = line.part.order
    with at(opened), uploading(order.subject_id, [_photograph(story.kind)]) as uploads:
        case = open_case(order.id, line.place, _claim(story, line), uploads.names, actor_of(story.who), opened)
        uploads.keep()
    for event, days in story.then:
        moment = opened + timedelta(days=days)
        if moment < start:
            with at(moment):
                _happen(story.who, event, case.id, moment)
    return True


def _line(account: Account, story: Story, opened: datetime) -> Claimable | None:
    """Machines of the story's order that such a case can be about; None where the shop lived through another past."""
    mine = select(Order).where(Order.account_id == account.id, Order.state.in_((AWAITING_RECEIPT, COMPLETED)))
    orders = db.session.scalars(mine.order_by(Order.placed_at)).all()
    lines = claimable_lines(db.session(), orders[story.order]) if story.order < len(orders) else []
    return next((line for line in lines if line.is_machine and line.is_open_for(story.kind, opened)), None)


def _claim(story: Story, line: Claimable) -> Claim:
    return Claim(
        kind=story.kind,
        reason="not_needed" if story.kind == RETURN else "defective",
        text=story.text,
        quantity=1,
        machines=(line.machines[0].id,),
        measured=(line.line.hashrate or 0) * 88 // 100 if story.kind == SHORT_HASHRATE else None,
        amount=Money.yuan(180) if story.kind == REFUND_ONLY else None,
    )


def _happen(who: str, event: str, case_id: int, moment: datetime) -> None:
    case = db.session.get_one(Case, case_id, populate_existing=True)
    buyer, clerk, desk = actor_of(who), actor_of("clerk"), _home()
    if event == "accept":
        accept(case_id, Terms(case.asked_amount, return_to=desk), "同意您的申请，请按页面上的步骤办理。", clerk, moment)
    elif event == "ask_more":
        ask_more(case_id, "请补充铭牌和控制板网口的照片，以及固件版本。", clerk, moment)
    elif event == "refuse":
        refuse(case_id, "Our packing record shows six cords in the boxes.", clerk, moment)
    elif event == "escalate":
        escalate(case_id, buyer, moment)
    elif event == "hand_in":
        hand_in(case_id, "deppon", f"DPK{case_id % 10**10:010d}", buyer, moment)
    elif event == "examine":
        examine(case_id, Found(), "已收货检验，与描述一致。", clerk, moment)
    elif event == "send":
        send(case_id, "sf", f"SF{case_id % 10**12:012d}", clerk, moment)


def _home() -> int:
    return db.session.scalars(select(Warehouse.id).where(Warehouse.code.in_(TAKES_RETURNS))).first() or 0


def _photograph(kind: str) -> bytes:
    """A drawn machine: plainly a demonstration."""
    from PIL import ImageDraw  # with its fonts 2 MB, which no web server needs

    picture = Image.new("RGB", (960, 720), "#e9e7e2")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((120, 140, 840, 600), outline="#1c1e21", width=8, fill="#c9ced3")
    for left in (190, 520):
        draw.ellipse((left, 230, left + 250, 480), outline="#1c1e21", width=8)
    draw.text((140, 620), f"DEMO PHOTOGRAPH - {kind}", fill="#1c1e21", font_size=40)
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()
