"""What a message of the institution is worth: one verdict each, with its reason in words. Pure. FLOWS.md 2.

Nothing is taken from a message but what equals our own record; the signature alone proves only who speaks.
"""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.money import Money
from app.payments.chinabank.models import UNJUDGED
from app.payments.chinabank.protocol import CNY, FAILED, PAID, Merchant, Word

DONE, DECIDE, DISTRUST = "done", "decide", "distrust"


@dataclass(frozen=True)
class Verdict:
    """`kind`: done (nothing left to do), decide (the institution said it, a person decides), distrust (anybody's)."""

    reason: LazyString
    kind: str


VERDICTS: dict[str, Verdict] = {
    UNJUDGED: Verdict(_l("Kept, and about to be judged."), DONE),
    "applied": Verdict(_l("Paid. The money is on the order."), DONE),
    "failed": Verdict(_l("The payment failed at the bank. The buyer may try again."), DONE),
    "repeated": Verdict(_l("Said once more what is booked already. Nothing was booked twice."), DONE),
    "shown": Verdict(_l("Brought by the buyer's browser. It was only shown; the institution itself is asked."), DONE),
    "late": Verdict(_l("Paid after the order had ended. The money waits among unapplied receipts."), DECIDE),
    "surplus": Verdict(
        _l("Paid, but the order needs less than that. The rest waits among unapplied receipts."), DECIDE
    ),
    "contradicts": Verdict(_l("Says that a payment failed which is booked as paid."), DECIDE),
    "wrong_amount": Verdict(_l("Rightly signed, but the amount is not the one of this attempt."), DECIDE),
    "unknown_attempt": Verdict(_l("Rightly signed, but there is no such attempt to pay here."), DECIDE),
    "other_merchant": Verdict(_l("Rightly signed, but made out for another merchant number."), DECIDE),
    "other_currency": Verdict(_l("The currency is not CNY."), DISTRUST),
    "nothing_said": Verdict(_l("Not one of the fields of a message is in it."), DISTRUST),
    "odd_order": Verdict(_l("The order number is missing or not in the form that we give out."), DISTRUST),
    "odd_status": Verdict(_l("The status is neither 20 (paid) nor 30 (failed)."), DISTRUST),
    "odd_amount": Verdict(_l("The amount is missing or not written with exactly two places."), DISTRUST),
    "unsigned": Verdict(_l("The signature is missing."), DISTRUST),
    "wrong_signature": Verdict(_l("The signature is wrong: whoever sent this does not know our key."), DISTRUST),
}


def fault_in(word: Word, merchant: Merchant, expected: Money | None) -> str | None:
    """Why the word cannot be believed, None where it can. `expected` is the amount of its attempt, None without one."""
    if word == Word():
        return "nothing_said"
    return _fault_of_form(word) or _fault_of_signature(word, merchant) or _fault_of_fact(word, merchant, expected)


def _fault_of_form(word: Word) -> str | None:
    if word.merchant is None:
        return "odd_order"
    if word.v_pstatus not in (PAID, FAILED):
        return "odd_status"
    if word.amount is None:
        return "odd_amount"
    return "other_currency" if word.v_moneytype != CNY else None


def _fault_of_signature(word: Word, merchant: Merchant) -> str | None:
    if not word.v_md5str:
        return "unsigned"
    return None if merchant.has_signed(word) else "wrong_signature"


def _fault_of_fact(word: Word, merchant: Merchant, expected: Money | None) -> str | None:
    if word.merchant != merchant.number:
        return "other_merchant"
    if expected is None:
        return "unknown_attempt"
    return "wrong_amount" if word.amount != expected else None
