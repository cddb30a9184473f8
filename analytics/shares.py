"""Drawing values by their shares, for made-up visitors."""

from bisect import bisect
from collections.abc import Iterable
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Drawn = TypeVar("Drawn")


class Shares(Generic[Drawn]):
    """Values, each drawn as often as its share says. The shares are summed once, not at each draw."""

    def __init__(self, shares: Iterable[tuple[float, Drawn]]) -> None:
        rows = list(shares)
        self.values = [value for _, value in rows]
        self.bounds = list(accumulate(share for share, _ in rows))

    def draw(self, random: Random) -> Drawn:
        return self.values[bisect(self.bounds, random.random() * self.bounds[-1], hi=len(self.values) - 1)]
