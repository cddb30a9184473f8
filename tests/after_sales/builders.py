"""Orders that were received, and cases about them, as buyers and clerks open and move them by the real acts."""

import io
from typing import Any

from PIL import Image
from sqlalchemy import select

from app.accounts.models import Account
from app.after_sales.answering import hand_in
from app.after_sales.claimable import Claimable
from app.after_sales.deciding import Terms, accept
from app.after_sales.examining import Found, examine
from app.after_sales.models import Case
from app.after_sales.opening import Claim, line_at, open_case
from app.after_sales.trade_rules import EXCHANGE, REFUND_ONLY, RETURN, SHORT_HASHRATE
from app.catalog.models import Sku
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.money import Money
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.orders.receiving import confirm_receipt
from app.shipping.models import ParcelUnit
from app.stock.models import Warehouse
from tests.checkout.builders import an_order
from tests.payments.builders import pay
from tests.shipping.builders import send_all
from tests.stock.builders import a_stocked_sku

BUYER = Actor("buyer", 815)
CLERK, COLLEAGUE = Actor("clerk", 4713), Actor("clerk", 4714)
MANAGER, OTHER_MANAGER = Actor("manager", 4712), Actor("manager", 4715)
FINANCE = Actor("finance", 4711)
HASHRATE = 200 * 10**12


def a_machine(*quantities: int, **values: Any) -> tuple[Sku, list[Warehouse]]:
    """A machine of 200 TH/s at 1,000 yuan with a year of warranty, in warehouses that take returns."""
    given = {"price": Money.yuan(1000), "hashrate": "200", "warranty_months": 12}
    sku, places = a_stocked_sku(*quantities, **{**given, **values})
    with transaction():
        for place in places:
            db.session.get_one(Warehouse, place.id).return_address = "四川省成都市示例路 1 号 退货组 400-000-0000"
    return sku, places


def a_received_order(*skus: Sku, quantity: int = 2, account: Account | None = None) -> Order:
    """Paid, sent and received; of two machines unless told otherwise."""
    order = an_order(*(skus or (a_machine(9)[0],)), quantity=quantity, account=account)
    pay(order)
    send_all(order)
    for part in order.parts:
        confirm_receipt(part.id, BUYER, now())
    return standing(order)


def standing(order: Order) -> Order:
    return db.session.get_one(Order, order.id, populate_existing=True)


def machines_of(order: Order) -> list[ParcelUnit]:
    lines = [line.id for line in order.lines]
    rows = select(ParcelUnit).where(ParcelUnit.line_id.in_(lines)).order_by(ParcelUnit.position)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def claimable(order: Order, place: str = "1-1") -> Claimable:
    return line_at(db.session(), standing(order), place)


def a_claim(order: Order, kind: str = RETURN, units: int = 1, **given: Any) -> Claim:
    """A claim about the first units of the first line that can be claimed."""
    line = claimable(order)
    chosen = tuple(unit.id for unit in line.machines[:units])
    said: dict[str, Any] = {"reason": "defective", "text": "开机后无算力", "quantity": units, "machines": chosen}
    if kind == SHORT_HASHRATE:
        said["measured"] = HASHRATE * 9 // 10
    if kind == REFUND_ONLY:
        said["amount"] = Money.yuan(100)
    return Claim(kind=kind, **{**said, **given})


def a_case(order: Order | None = None, kind: str = RETURN, units: int = 1, **given: Any) -> Case:
    """A case that waits for our answer."""
    order = order or a_received_order()
    return open_case(order.id, "1-1", a_claim(order, kind, units, **given), [], BUYER, now())


def fresh(case: Case) -> Case:
    return db.session.get_one(Case, case.id, populate_existing=True)


def home_of(case: Case) -> int:
    """The warehouse that the case's order came from: it takes returns."""
    return next(part.warehouse_id for part in fresh(case).order.parts if part.warehouse_id) or 0


def terms(case: Case, amount: str | None = None, freight: str = "0") -> Terms:
    """What was asked for, or another amount; goods go back where they came from."""
    money = Money.yuan(amount) if amount else fresh(case).asked_amount
    return Terms(money, Money.yuan(freight), home_of(case))


def agreed(case: Case, by: Actor = CLERK, **given: str) -> Case:
    accept(case.id, terms(case, **given), "同意", by, now())
    return fresh(case)


def sent_back(case: Case) -> Case:
    """The buyer handed the goods of an agreed case to a carrier."""
    hand_in(case.id, "sf", "SF9988776655", BUYER, now())
    return fresh(case)


def examined(case: Case, restocked: int | None = None, by: Actor = CLERK) -> Case:
    """The goods arrived as agreed; all go on sale again unless told otherwise."""
    units = fresh(case).quantity if restocked is None else restocked
    positions = tuple(each.position for each in fresh(case).units)[:units]
    examine(case.id, Found(home_of(case), positions, 0 if positions else units), "已检验", by, now())
    return fresh(case)


def a_case_to_send(kind: str = EXCHANGE, units: int = 1) -> Case:
    return examined(sent_back(agreed(a_case(kind=kind, units=units))))


def told(case: Case) -> list[str]:
    """Codes of what the buyer was told about the case on the site, in the order of telling."""
    rows = select(OutboxMessage).where(OutboxMessage.code.like("case.%"), OutboxMessage.channel == "site")
    found = db.session.scalars(rows.order_by(OutboxMessage.created_at)).all()
    with purpose(Purpose.SERVICE):
        return [message.code for message in found if message.facts().get("case") == case.number]


def a_photograph(size: tuple[int, int] = (64, 48), form: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#556270").save(out, form, **options)
    return out.getvalue()
