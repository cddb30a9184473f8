"""Deposit, days and compensation of futures: plain arithmetic in whole fen."""

from datetime import date

import pytest

from app.catalog.futures import STANDARD, FuturesTerms, Terms, terms_id
from app.foundation.database import db, transaction
from app.foundation.money import ZERO, Money

TERMS = Terms(deposit_percent=30, balance_days=7, grace_days=10, daily_bp=5, cap_percent=5)
GOODS, PROMISED = Money.yuan(100_000), date(2027, 4, 10)


@pytest.mark.parametrize(("fen", "deposit"), [(1000, 300), (1, 0), (2, 1), (5, 2), (13_999_05, 4_199_72)])
def test_a_deposit_is_a_share_of_the_goods_in_whole_fen_half_a_fen_up(fen: int, deposit: int):
    assert TERMS.deposit_of(Money(fen)) == Money(deposit)


@pytest.mark.parametrize(
    ("month", "due", "promised"),
    [
        ("2027-03", date(2027, 2, 22), date(2027, 4, 10)),
        ("2028-02", date(2028, 1, 25), date(2028, 3, 10)),
        ("2026-12", date(2026, 11, 24), date(2027, 1, 10)),
    ],
)
def test_the_balance_is_due_before_the_month_and_the_promise_ends_after_its_last_day(month, due, promised):
    assert (TERMS.balance_due_on(month), TERMS.promised_by(month)) == (due, promised)


@pytest.mark.parametrize(
    ("left", "owed"),
    [
        (date(2027, 3, 2), "0"),
        (date(2027, 4, 10), "0"),
        (date(2027, 4, 11), "50.00"),
        (date(2027, 4, 20), "500.00"),
        (date(2027, 7, 19), "5000.00"),
        (date(2027, 7, 20), "5000.00"),
        (date(2030, 1, 1), "5000.00"),
    ],
)
def test_each_day_after_the_promise_costs_its_share_up_to_the_cap(left: date, owed: str):
    assert TERMS.compensation(GOODS, PROMISED, left, settled_on=date(2027, 2, 1)) == Money.yuan(owed)


def test_days_before_the_balance_was_there_do_not_count():
    assert TERMS.compensation(GOODS, PROMISED, date(2027, 4, 20), settled_on=date(2027, 4, 18)) == Money.yuan(100)
    assert TERMS.compensation(GOODS, PROMISED, date(2027, 4, 20), settled_on=None) == ZERO


def test_a_day_of_a_small_amount_is_rounded_to_whole_fen():
    assert TERMS.compensation(Money(999), PROMISED, date(2027, 4, 11), settled_on=PROMISED) == ZERO
    assert TERMS.compensation(Money(1000), PROMISED, date(2027, 4, 11), settled_on=PROMISED) == Money(1)


@pytest.mark.usefixtures("app")
def test_the_same_terms_are_one_row_and_others_another():
    with transaction() as session:
        first, again = terms_id(session, STANDARD), terms_id(session, STANDARD)
        other = terms_id(session, Terms(50, 7, 10, 5, 5))
    assert first == again != other
    assert db.session.get_one(FuturesTerms, other).terms == Terms(50, 7, 10, 5, 5)
