"""Money: whole fen of CNY, rounded in one place only. DESIGN.md 5; clause 1.1.3c."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

FEN_PER_YUAN = 100


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of CNY in fen. Negative amounts exist (adjustments); a price is never negative."""

    fen: int

    @classmethod
    def yuan(cls, text: str | int | Decimal) -> "Money":
        """From yuan as people write them, "13999.00"; half a fen rounds up. Raises decimal.InvalidOperation."""
        return cls(int((Decimal(str(text)) * FEN_PER_YUAN).quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    @classmethod
    def total(cls, amounts: Iterable["Money"]) -> "Money":
        return cls(sum(amount.fen for amount in amounts))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.fen + other.fen)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.fen - other.fen)

    def __neg__(self) -> "Money":
        return Money(-self.fen)

    def __mul__(self, count: int) -> "Money":
        return Money(self.fen * count)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.fen != 0

    def share(self, numerator: int, denominator: int) -> "Money":
        """numerator/denominator of this amount, half a fen away from zero."""
        exact = Decimal(self.fen) * numerator / denominator
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Shares in proportion to non-negative `weights` that sum exactly to this amount (largest remainder).

        Raises ValueError when no weight is positive.
        """
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            raise ValueError("an amount is split by non-negative weights of which one is positive")
        floors = [self.fen * weight // whole for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(self.fen * weights[i] % whole), i))
        for i in by_remainder[: self.fen - sum(floors)]:
            floors[i] += 1
        return [Money(fen) for fen in floors]

    def __str__(self) -> str:
        """Two decimals, no separators: the form that outside parties and data formats take."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // FEN_PER_YUAN}.{abs(self.fen) % FEN_PER_YUAN:02d}"


ZERO = Money(0)


class MoneyType(TypeDecorator[Money]):
    """A column of money, stored as a 64-bit integer of fen."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return None if value is None else value.fen

    def process_result_value(self, value: Any, dialect: Dialect) -> Money | None:
        return None if value is None else Money(int(value))
