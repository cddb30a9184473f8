"""Hashrate and efficiency as exact integers, and how they are written.

A hashrate is stored in its base unit (H/s, Sol/s or G/s, the graphs of the Cuckoo family) beside the unit its maker
prints. An efficiency is stored as femtojoules per hash: 1 J/TH is exactly 1,000 of them, so three decimals survive.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

EXPONENTS = {
    "H/s": 0, "kH/s": 3, "MH/s": 6, "GH/s": 9, "TH/s": 12, "PH/s": 15, "EH/s": 18,
    "Sol/s": 0, "kSol/s": 3, "MSol/s": 6,
    "G/s": 0, "kG/s": 3,
}  # fmt: skip
LARGEST = 2**63 - 1
FEMTO = 15


class UnknownUnit(ValueError):
    """The unit is none of those this shop knows."""


class NotExact(ValueError):
    """The amount is finer than the base unit, zero, negative or too large to store."""


def family(unit: str) -> str:
    """The base unit a unit belongs to: `TH/s` to `H/s`, `kSol/s` to `Sol/s`."""
    if unit not in EXPONENTS:
        raise UnknownUnit(unit)
    return next(base for base in ("H/s", "Sol/s", "G/s") if unit.endswith(base))


def unit_named(text: str) -> str:
    """The unit meant by `text`, whatever its capitals: `th/s` is `TH/s`. Raises UnknownUnit."""
    wanted = text.strip().lower()
    for unit in EXPONENTS:
        if unit.lower() == wanted:
            return unit
    raise UnknownUnit(text)


def to_base(amount: Decimal, unit: str) -> int:
    """`Decimal("1.2"), "TH/s"` is 1_200_000_000_000. Raises NotExact where an integer cannot hold it."""
    return _exact(amount.scaleb(EXPONENTS[unit]))


def amount_in(base: int, unit: str) -> Decimal:
    """The exact amount of a stored hashrate in `unit`, without trailing zeros."""
    return plain(Decimal(base).scaleb(-EXPONENTS[unit]))


def per_hash(unit: str) -> str:
    """The unit of work behind a unit of speed: `TH/s` to `TH`, for `J/TH` and `¥/TH`."""
    return unit.removesuffix("/s")


def efficiency_from_stated(amount: Decimal, unit: str) -> int:
    """Femtojoules per hash of a stated `J/TH`, `J/GH`, `J/kSol`. Raises UnknownUnit, NotExact."""
    if not unit.startswith("J/"):
        raise UnknownUnit(unit)
    speed = unit_named(unit.removeprefix("J/") + "/s")
    return _exact(amount.scaleb(FEMTO - EXPONENTS[speed]))


def efficiency_from_power(power_mw: int, hashrate: int) -> int:
    """Femtojoules per hash of a power in milliwatts at a hashrate in its base unit, to the nearest one."""
    return (2 * power_mw * 10**12 + hashrate) // (2 * hashrate)


def efficiency_in(femtojoules: int, unit: str) -> Decimal:
    """The efficiency for a hashrate written in `unit`: joules per TH for `TH/s`, to three places at most."""
    exact = Decimal(femtojoules).scaleb(EXPONENTS[unit] - FEMTO)
    return plain(exact.quantize(Decimal("0.001"), ROUND_HALF_UP))


def price_per_unit(fen: int, hashrate: int, unit: str) -> int:
    """Fen for one `unit` of hashrate (¥/T), to the nearest fen."""
    return (2 * fen * 10 ** EXPONENTS[unit] + hashrate) // (2 * hashrate)


def plain(number: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent: 110.0 and 1.1E+2 are both 110."""
    whole = number == number.to_integral_value()
    return number.quantize(Decimal(1)) if whole else number.normalize()


def _exact(number: Decimal) -> int:
    if number != number.to_integral_value() or not 0 < number <= LARGEST:
        raise NotExact(str(number))
    return int(number)


@dataclass(frozen=True)
class Hashrate:
    """A speed as its maker prints it. `Hashrate.of("110", "TH/s").base == 110 * 10**12`."""

    base: int
    unit: str

    @classmethod
    def of(cls, amount: str | Decimal, unit: str) -> "Hashrate":
        return cls(to_base(Decimal(amount), unit), unit)

    def __str__(self) -> str:
        return f"{amount_in(self.base, self.unit)} {self.unit}"
