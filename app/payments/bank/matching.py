"""Which orders a transfer is for: a pure judgement, and the reasons for it. No tolerance, and a guess is never applied.

A row fits (VALID) only when its remark holds the code of one waiting order, it is exactly what that order needs, the
payer is the buyer's company where the buyer named one, and it did not arrive before the order was placed. Everything
else that points to an order is for a person, with a proposal. FLOWS.md 3.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.money import ZERO, Money
from app.orders.numbers import REMITTANCE_DIGITS, remittance_code_in
from app.payments.bank.models import NEEDS_PERSON, NO_MATCH, VALID

REASONS: dict[str, LazyString] = {
    "no_code": _l("There is no remittance code in the remark."),
    "code_mistyped": _l("The number in the remark has a wrong digit."),
    "code_unknown": _l("No order has the code in the remark."),
    "by_payer": _l("There is no code, but the payer's company has unpaid orders of this amount."),
    "payer_only": _l("There is no code; the payer's company has unpaid orders of other amounts."),
    "several_orders": _l("The remark names several orders."),
    "less_than_due": _l("Less than what is due."),
    "more_than_due": _l("More than what is due."),
    "paid_already": _l("The order is paid already."),
    "order_ended": _l("The order is cancelled."),
    "other_payer": _l("The payer is not the company that the buyer named."),
    "before_order": _l("The money arrived before the order was placed."),
    "number_reused": _l("The bank's number stands for another payment already."),
    "recorded": _l("A clerk recorded this transfer by hand."),
}
SEPARATED = re.compile(r"\d(?:[\s._:/-]{0,2}\d)*", re.ASCII)


@dataclass(frozen=True)
class Candidate:
    """An order that a transfer may be for. `company` is the key of the buyer's company, None where none was named."""

    order_id: int
    placed_on: date
    has_ended: bool
    due: Money
    unpaid: Money
    company: bytes | None


@dataclass(frozen=True)
class Verdict:
    """The state of a row, codes of `REASONS`, and the proposal: so much of it for each order."""

    state: str
    reasons: tuple[str, ...]
    spread: dict[int, Money]


def codes_in(remark: str) -> list[str]:
    """Every remittance code with right check digits in a remark, in its order, however its digits are parted.

    In a longer run of digits each place where a code could begin is tried: one of about a hundred that are none passes
    its check by chance, and then names no order.
    """
    found: list[str] = []
    for digits in _runs(remark):
        windows = (digits[place : place + REMITTANCE_DIGITS] for place in range(len(digits) - REMITTANCE_DIGITS + 1))
        found += [code for window in windows if (code := remittance_code_in(window))]
    return list(dict.fromkeys(found))


def looks_mistyped(remark: str) -> bool:
    """Whether a run has exactly as many digits as a code and is none."""
    return any(len(digits) == REMITTANCE_DIGITS and not remittance_code_in(digits) for digits in _runs(remark))


def judge(
    amount: Money, day: date, payer: bytes, remark: str, coded: Sequence[Candidate], of_payer: Sequence[Candidate]
) -> Verdict:
    """What to think of a transfer. `coded` are the orders whose codes the remark holds, `of_payer` the unpaid orders
    of accounts whose company is the payer."""
    if coded:
        return _by_code(amount, day, payer, coded)
    waiting = [each for each in of_payer if each.due]
    if not waiting:
        return Verdict(NO_MATCH, (_why_no_code(remark),), {})
    same = [each for each in waiting if each.due == amount]
    if len(same) == 1:
        return Verdict(NEEDS_PERSON, ("by_payer",), {same[0].order_id: amount})
    if same or Money.total(each.due for each in waiting) == amount:
        return Verdict(NEEDS_PERSON, ("by_payer",), {} if same else {each.order_id: each.due for each in waiting})
    return Verdict(NEEDS_PERSON, ("payer_only",), {})


def spread_over(amount: Money, orders: Sequence[Candidate]) -> dict[int, Money]:
    """The amount over the orders: first what each is asked for now, then what each still needs, as far as it goes."""
    given: dict[int, Money] = {}
    left = amount
    for ask in ("due", "unpaid"):
        for order in orders:
            more = min(left, getattr(order, ask) - given.get(order.order_id, ZERO))
            if more > ZERO:
                given[order.order_id] = given.get(order.order_id, ZERO) + more
                left -= more
    return given


def _by_code(amount: Money, day: date, payer: bytes, coded: Sequence[Candidate]) -> Verdict:
    due, unpaid = Money.total(each.due for each in coded), Money.total(each.unpaid for each in coded)
    doubts = {
        "several_orders": len(coded) > 1,
        "order_ended": any(each.has_ended for each in coded),
        "paid_already": any(not each.has_ended and not each.unpaid for each in coded),
        "less_than_due": bool(due) and amount < due,
        "more_than_due": bool(unpaid) and amount > due and amount != unpaid,
        "other_payer": any(each.company not in (None, payer) for each in coded),
        "before_order": any(day < each.placed_on for each in coded),
    }
    reasons = tuple(reason for reason, is_so in doubts.items() if is_so)
    return Verdict(NEEDS_PERSON if reasons else VALID, reasons, spread_over(amount, coded))


def _why_no_code(remark: str) -> str:
    if codes_in(remark):
        return "code_unknown"
    return "code_mistyped" if looks_mistyped(remark) else "no_code"


def _runs(remark: str) -> list[str]:
    text = unicodedata.normalize("NFKC", remark)
    return [re.sub(r"\D", "", run) for run in SEPARATED.findall(text)]
