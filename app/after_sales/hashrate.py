"""What short hashrate is paid back: pure arithmetic, shown step by step before a case is sent.

A machine that works below the agreed hashrate by more than the tolerance is paid for all that is missing, in proportion
to the price it was bought at; half a fen rounds up, in one place, for all units together.
"""

from dataclasses import dataclass
from decimal import Decimal

from app.foundation.money import ZERO, Money


@dataclass(frozen=True)
class Shortfall:
    """Hashrates in base units (H/s and the like); the tolerance in thousandths of the agreed one."""

    agreed: int
    measured: int
    tolerance_per_mille: int
    unit_price: Money
    units: int

    @property
    def missing(self) -> int:
        return max(self.agreed - self.measured, 0)

    @property
    def missing_percent(self) -> Decimal:
        """Of the agreed hashrate, to two places."""
        return (Decimal(100) * self.missing / self.agreed).quantize(Decimal("0.01"))

    @property
    def is_within_tolerance(self) -> bool:
        return self.missing * 1000 <= self.agreed * self.tolerance_per_mille

    @property
    def owed(self) -> Money:
        """Nothing within the tolerance; beyond it the price of all that is missing."""
        if self.is_within_tolerance:
            return ZERO
        return (self.unit_price * self.units).share(self.missing, self.agreed)
