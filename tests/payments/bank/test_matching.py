"""The judgement of a transfer, over any remark, amount and orders. Never more than there is, never a guess applied."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from app.foundation.money import ZERO, Money
from app.orders.numbers import new_remittance_code
from app.payments.bank.matching import REASONS, Candidate, codes_in, judge, looks_mistyped, spread_over
from app.payments.bank.models import NEEDS_PERSON, NO_MATCH, VALID

PAYER, OTHER = b"p" * 32, b"o" * 32
DAY = date(2026, 11, 23)
CHECK = mod_97_10.calc_check_digits("1234567890123")
FEN = st.integers(0, 400)


@st.composite
def some_orders(draw: st.DrawFn) -> list[Candidate]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        unpaid = draw(FEN)
        has_ended = draw(st.booleans())
        due = draw(st.integers(0, unpaid))
        found.append(
            Candidate(
                number + 1,
                draw(st.sampled_from([date(2026, 11, 20), DAY, date(2026, 11, 24)])),
                has_ended,
                ZERO if has_ended else Money(due),
                ZERO if has_ended else Money(unpaid),
                draw(st.sampled_from([None, PAYER, OTHER])),
            )
        )
    return found


def an_order(fen: int = 100, **more: object) -> Candidate:
    facts = {"order_id": 1, "placed_on": DAY, "has_ended": False, "due": Money(fen), "unpaid": Money(fen)}
    return Candidate(**{**facts, "company": PAYER, **more})  # type: ignore[arg-type]


@given(st.integers(1, 1000), some_orders(), some_orders())
def test_a_proposal_is_never_more_than_there_is_or_than_an_order_can_take(fen, coded, of_payer):
    found = judge(Money(fen), DAY, PAYER, "", coded, of_payer)
    unpaid = {each.order_id: each.unpaid for each in (coded or of_payer)}
    assert Money.total(found.spread.values()) <= Money(fen)
    assert all(ZERO < amount <= unpaid[order_id] for order_id, amount in found.spread.items())
    assert set(found.reasons) <= set(REASONS)


@given(st.integers(1, 1000), some_orders(), some_orders())
def test_only_the_exact_money_of_one_coded_order_from_no_stranger_fits(fen, coded, of_payer):
    found = judge(Money(fen), DAY, PAYER, "", coded, of_payer)
    fits = (
        len(coded) == 1
        and Money(fen) in (coded[0].due, coded[0].unpaid)
        and coded[0].unpaid >= Money(fen) >= coded[0].due
        and coded[0].company in (None, PAYER)
        and coded[0].placed_on <= DAY
        and not coded[0].has_ended
    )
    assert (found.state == VALID) is fits
    assert not fits or (found.reasons == () and found.spread == {1: Money(fen)})


@given(st.integers(0, 1000), some_orders())
def test_spreading_loses_nothing_that_an_order_could_take(fen, orders):
    spread = spread_over(Money(fen), orders)
    assert Money.total(spread.values()) == min(Money(fen), Money.total(each.unpaid for each in orders))


@pytest.mark.parametrize(
    ("fen", "order", "reasons"),
    [
        (100, an_order(), ()),
        (99, an_order(), ("less_than_due",)),
        (101, an_order(), ("more_than_due",)),
        (100, an_order(company=None), ()),
        (100, an_order(company=OTHER), ("other_payer",)),
        (100, an_order(due=ZERO, unpaid=ZERO), ("paid_already",)),
        (100, an_order(due=ZERO, unpaid=ZERO, has_ended=True), ("order_ended",)),
        (100, an_order(placed_on=date(2026, 11, 24)), ("before_order",)),
        (30, an_order(due=Money(30)), ()),
        (100, an_order(due=Money(30)), ()),
        (50, an_order(due=Money(30)), ("more_than_due",)),
    ],
)
def test_every_doubt_has_its_reason(fen: int, order: Candidate, reasons: tuple[str, ...]):
    found = judge(Money(fen), DAY, PAYER, "", [order], [])
    assert (found.state, found.reasons) == (NEEDS_PERSON if reasons else VALID, reasons)


def test_one_transfer_for_several_orders_is_proposed_to_a_person():
    orders = [an_order(100), an_order(200, order_id=2)]
    found = judge(Money(300), DAY, PAYER, "", orders, [])
    assert (found.state, found.reasons) == (NEEDS_PERSON, ("several_orders",))
    assert found.spread == {1: Money(100), 2: Money(200)}


@pytest.mark.parametrize(("fen", "spread"), [(100, {1: Money(100)}), (300, {1: Money(100), 2: Money(200)}), (250, {})])
def test_without_a_code_the_payers_orders_are_proposed_and_never_applied(fen: int, spread: dict[int, Money]):
    found = judge(Money(fen), DAY, PAYER, "货款", [], [an_order(100), an_order(200, order_id=2)])
    assert (found.state, found.spread) == (NEEDS_PERSON, spread)


def test_two_orders_of_the_same_amount_are_left_to_the_person():
    found = judge(Money(100), DAY, PAYER, "", [], [an_order(100), an_order(100, order_id=2)])
    assert (found.state, found.reasons, found.spread) == (NEEDS_PERSON, ("by_payer",), {})


@given(st.integers(), st.sampled_from(["", " ", "-", "  ", "\u3000", ".", "/"]), st.text(max_size=30), st.booleans())
def test_a_code_is_found_however_its_digits_are_parted(seed: int, gap: str, around: str, wide: bool):
    code = new_remittance_code()
    written = gap.join(code[i : i + 5] for i in range(0, 15, 5))
    if wide:
        written = written.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
    remark = f"{around} 货款{written}款{around}"
    assert code in codes_in(remark)


def test_codes_side_by_side_are_all_found():
    first, second = new_remittance_code(), new_remittance_code()
    for gap in ("", " ", ",", "、", "和", "\n"):
        assert {first, second} <= set(codes_in(first + gap + second))


@given(st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_is_never_a_code(place: int, more: int):
    code = new_remittance_code()
    wrong = code[:place] + str((int(code[place]) + more) % 10) + code[place + 1 :]
    assert codes_in(wrong) == [] and looks_mistyped(f"货款 {wrong}")
    assert judge(Money(1), DAY, PAYER, wrong, [], []).reasons == ("code_mistyped",)


@pytest.mark.parametrize(
    ("remark", "why"), [("", "no_code"), ("货款 2026", "no_code"), (f"1234567890123{CHECK}", "code_unknown")]
)
def test_no_match_says_why(remark: str, why: str):
    found = judge(Money(1), DAY, PAYER, remark, [], [])
    assert (found.state, found.reasons) == (NO_MATCH, (why,))


@given(st.text(max_size=600))
def test_any_remark_is_read(remark: str):
    assert all(len(code) == 15 for code in codes_in(remark))
