"""Rows of a statement are held against orders, companies and receipts: a portion at a time, in a few queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, lazyload

from app.companies.models import Company
from app.foundation.clock import SHANGHAI
from app.foundation.database import transaction
from app.foundation.personal_data import Purpose, purpose
from app.orders.lifecycle import CANCELLED
from app.orders.models import Order
from app.orders.queries import awaiting_remittance
from app.payments.bank.matching import Candidate, Verdict, codes_in, judge
from app.payments.bank.models import DUPLICATE, INVALID, OPEN, BankRow, Statement
from app.payments.models import BY_REMITTANCE, Receipt, Remittance

AT_ONCE = 500


@dataclass
class Known:
    """What the shop knows that rows may be about."""

    by_code: dict[str, Candidate] = field(default_factory=dict)
    by_payer: dict[bytes, list[Candidate]] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    earlier: dict[str, BankRow] = field(default_factory=dict)


def check(session: Session, rows: Sequence[BankRow]) -> None:
    """Set state and reasons of open rows as things stand now. In the caller's transaction."""
    known = _known(session, rows)
    with purpose(Purpose.SERVICE):
        for row in rows:
            found = verdict_on(row, known)
            row.state, row.reasons = found.state, list(found.reasons)
            if row.state == DUPLICATE:
                row.receipt_id = known.receipts[row.reference].id


def check_again(at_once: int = AT_ONCE) -> int:
    """Hold every open row against the orders of today; returns how many. A portion in each transaction."""
    last, count = 0, 0
    while True:
        with transaction() as session:
            wanted = select(BankRow).where(BankRow.state.in_(OPEN), BankRow.id > last).order_by(BankRow.id)
            rows = session.scalars(wanted.limit(at_once).with_for_update()).all()
            check(session, rows)
        if not rows:
            return count
        last, count = rows[-1].id, count + len(rows)


def proposal_for(session: Session, row: BankRow) -> Verdict:
    """The judgement of one row as things stand now; nothing is written."""
    known = _known(session, [row])
    with purpose(Purpose.SERVICE):
        return verdict_on(row, known)


def verdict_on(row: BankRow, known: Known) -> Verdict:
    """What is known of the bank's number comes first: no order can make a contradiction right."""
    receipt, earlier = known.receipts.get(row.reference), known.earlier.get(row.reference)
    facts = (row.amount, row.day)
    if receipt:
        same = (receipt.amount, receipt.received_on) == facts
        return Verdict(DUPLICATE, ("recorded",), {}) if same else Verdict(INVALID, ("number_reused",), {})
    if earlier and earlier.id != row.id and (earlier.amount, earlier.day) != facts:
        return Verdict(INVALID, ("number_reused",), {})
    coded = [known.by_code[code] for code in codes_in(row.remark or "") if code in known.by_code]
    return judge(row.amount, row.day, row.payer_key, row.remark or "", coded, known.by_payer.get(row.payer_key, []))


def _known(session: Session, rows: Sequence[BankRow]) -> Known:
    known = Known()
    if not rows:
        return known
    with purpose(Purpose.SERVICE):
        codes = {code for row in rows for code in codes_in(row.remark or "")}
    for code, candidate in _candidates(session, _coded().where(Remittance.code.in_(codes))):
        known.by_code[code] = candidate
    waiting = awaiting_remittance().with_only_columns(Order.id)
    keys = {row.payer_key for row in rows}
    for _, candidate in _candidates(session, _coded().where(Company.name_key.in_(keys), Order.id.in_(waiting))):
        if candidate.company:
            known.by_payer.setdefault(candidate.company, []).append(candidate)
    numbers = {row.reference for row in rows}
    received = select(Receipt).where(Receipt.channel == BY_REMITTANCE, Receipt.reference.in_(numbers))
    known.receipts = {receipt.reference: receipt for receipt in session.scalars(received)}
    same_number = select(BankRow).join(BankRow.statement).where(BankRow.reference.in_(numbers))
    latest_first = (Statement.imported_at.desc(), BankRow.number.desc(), BankRow.id)
    for row in session.scalars(same_number.order_by(*latest_first)):
        known.earlier[row.reference] = row
    return known


def _coded() -> Select[str, Order, bytes | None]:
    """Remittance codes with their orders and the key of the buyer's company."""
    return (
        select(Remittance.code, Order, Company.name_key)
        .join(Order, Order.id == Remittance.order_id)
        .outerjoin(Company, Company.account_id == Order.account_id)
        .order_by(Order.placed_at, Order.id)
        .options(lazyload(Order.parts))
    )


def _candidates(session: Session, query: Select[str, Order, bytes | None]) -> Iterable[tuple[str, Candidate]]:
    for code, order, company in session.execute(query):
        yield code, _candidate(order, company)


def _candidate(order: Order, company: bytes | None) -> Candidate:
    placed_on = order.placed_at.astimezone(SHANGHAI).date()
    return Candidate(order.id, placed_on, order.state == CANCELLED, order.due_now, order.unpaid, company)
