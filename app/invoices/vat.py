"""VAT inside prices: how much of each amount is tax, adding up to the fen. Pure.

Our prices include VAT. Of amounts of one rate the tax of all together is rounded once, and spread over the amounts by
largest remainder: so an invoice's lines add up to its total, and no line is more than a fen off its own exact tax.
"""

from collections import defaultdict
from collections.abc import Sequence

from app.foundation.money import Money


def tax_in(amount: Money, percent: int) -> Money:
    """The tax in an amount that includes it: amount - amount / (1 + rate), half a fen rounded up."""
    return amount.share(percent, 100 + percent)


def taxes_in(amounts: Sequence[tuple[Money, int]]) -> list[Money]:
    """The tax in each (amount, percent); of each rate they sum to the tax in that rate's sum. No amount is negative."""
    by_rate: dict[int, list[int]] = defaultdict(list)
    for place, (_, percent) in enumerate(amounts):
        by_rate[percent].append(place)
    taxes: dict[int, Money] = {}
    for percent, places in by_rate.items():
        taxes |= zip(places, _at_one_rate([amounts[place][0] for place in places], percent), strict=True)
    return [taxes[place] for place in range(len(amounts))]


def tax_taken_back(left: Money, tax_left: Money, amount: Money) -> Money:
    """The tax in `amount` that is red-lettered of a line of which `left`, with so much tax, is still invoiced.

    What takes back the rest takes back all its tax: the parts of a line sum to the line.
    Raises ValueError for more than is left.
    """
    if not Money(0) <= amount <= left or left == Money(0):
        raise ValueError("no more can be taken back than is left")
    return tax_left.share(amount.fen, left.fen)


def _at_one_rate(amounts: Sequence[Money], percent: int) -> list[Money]:
    exact = [divmod(amount.fen * percent, 100 + percent) for amount in amounts]
    taxes = [whole for whole, _ in exact]
    missing = tax_in(Money.total(amounts), percent).fen - sum(taxes)
    for place in sorted(range(len(amounts)), key=lambda i: (-exact[i][1], i))[:missing]:
        taxes[place] += 1
    return [Money(tax) for tax in taxes]
