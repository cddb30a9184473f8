"""Invoices of the demonstration shop: one waits, one is issued and partly refunded, one is taken back and made anew."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Account
from app.companies.declaring import company_of, declare_company
from app.demo.pdf import a_paper
from app.demo.people import account_of, actor_of
from app.foundation.clock import SHANGHAI, at
from app.foundation.database import db, transaction
from app.foundation.money import Money
from app.invoices.applying import Wish, apply
from app.invoices.billing import bill_of
from app.invoices.documents import Paper
from app.invoices.issuing import issue
from app.invoices.models import ORDINARY, SPECIAL, Invoice
from app.invoices.pdf import checked_pdf
from app.invoices.queries import invoices_of
from app.invoices.reddening import owe_whole, record_red
from app.invoices.titles import COMPANY, PERSON, Title, add_title
from app.orders.lifecycle import COMPLETED
from app.orders.models import Order
from app.refunds.approving import approve
from app.refunds.asking import Reduction, ask
from app.refunds.vocabulary import PRICE

Life = Callable[[str, Order, datetime], object]
TITLES = {
    "company": Title(
        COMPANY,
        "昌吉示例数据科技有限公司",
        "91310115MAY7N5H4XL",
        "新疆昌吉示例工业园 2 号",
        "0994-1234567",
        "示例银行昌吉支行",
        "6200000000000000001",
    ),
    "buyer": Title(PERSON, "张示例"),
}


def apply_for_invoices(start: datetime) -> int:
    """Hours ago, for orders that are completed. Safe to repeat: what an order has already is not made again."""
    moment = start - timedelta(hours=9)
    with at(moment):
        lives: dict[str, list[Life]] = {"company": [_issued_and_refunded], "buyer": [_made_anew, _applied]}
        return sum(_live(who, acts, moment) for who, acts in lives.items())


def _live(who: str, lives: list[Life], moment: datetime) -> int:
    account = account_of(who)
    if account is None:
        return 0
    _keep_title(who, account, moment)
    completed = select(Order).where(Order.account_id == account.id, Order.state == COMPLETED)
    orders = db.session.scalars(completed.order_by(Order.placed_at)).all()
    pairs = [(act, order) for act, order in zip(lives, orders, strict=False) if not invoices_of(db.session(), order.id)]
    for act, order in pairs:
        act(who, order, moment)
    return len(pairs)


def _keep_title(who: str, account: Account, moment: datetime) -> None:
    title = TITLES[who]
    add_title(account.id, account.subject_id, title, moment)
    if title.holder == COMPANY and company_of(db.session(), account.id) is None:
        declare_company(account, title.name, title.tax_number, moment)


def _applied(who: str, order: Order, moment: datetime) -> Invoice:
    kind = SPECIAL if TITLES[who].holder == COMPANY else ORDINARY
    return apply(order.id, Wish(kind, TITLES[who]), actor_of(who), moment)


def _issued(who: str, order: Order, moment: datetime, kind: str = "1") -> Invoice:
    invoice = _applied(who, order, moment)
    later = moment + timedelta(hours=2)
    paper = _paper(order, kind, bill_of(db.session(), order).amount, later)
    return issue(invoice.id, paper, actor_of("finance"), later)


def _made_anew(who: str, order: Order, moment: datetime) -> None:
    """The title was wrong: taken back whole, applied for once more and issued."""
    invoice, later = _issued(who, order, moment), moment + timedelta(hours=3)
    red = owe_whole(invoice.id, "title", actor_of("finance"), later)
    record_red(invoice.id, red.id, _paper(order, "9", red.amount, later), actor_of("finance"), later)
    _issued(who, order, later, "2")


def _issued_and_refunded(who: str, order: Order, moment: datetime) -> None:
    _issued(who, order, moment)
    later = moment + timedelta(hours=4)
    with transaction() as session:
        less = [Reduction(order.lines[0].id, 0, Money.yuan(800))]
        refund = ask(session, order.id, less, {}, PRICE, actor_of("clerk"), later)
    approve(refund.id, actor_of("manager"), later)


def _paper(order: Order, kind: str, amount: Money, moment: datetime) -> Paper:
    """A number of that year, and a page that says plainly what it is."""
    day = moment.astimezone(SHANGHAI).date()
    number = f"{day.year % 100:02d}31{kind}{order.number:>015}"
    drawn = a_paper("DEMONSTRATION - NOT AN INVOICE", f"No. {number}", f"CNY {amount}, VAT included", f"Date {day}")
    return Paper(number, day, amount, checked_pdf(drawn))
