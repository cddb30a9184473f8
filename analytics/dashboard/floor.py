"""The floor inside the house: what is cut by two dimensions at once names no number below it. Clause 2.10, J7.

Figures of the whole site and of one dimension are exact. A filter on a panel, or two filters on the headline figures,
make cells so narrow that one of them could be somebody.
"""

from enum import Enum

from analytics.disclosure import INSIDE_FLOOR
from analytics.reports import Figures

__all__ = ["FEW", "INSIDE_FLOOR", "Few", "above_floor", "at_least", "is_few"]


class Few(Enum):
    """Stands in the place of a number: more than none, and below the floor."""

    FEW = "few"


FEW = Few.FEW


def is_few(*counts: int) -> bool:
    """True where any of these counts of people, or of what people did, lies below the floor and is not none."""
    return any(0 < count < INSIDE_FLOOR for count in counts)


def at_least(count: int) -> int | Few:
    """The count, or FEW below the floor."""
    return FEW if is_few(count) else count


def above_floor(figures: Figures) -> Figures | None:
    """Figures of one cell as they may be shown: None where so few came that a rate would say what few did."""
    return None if is_few(figures.visitors, figures.visits, figures.views) else figures
