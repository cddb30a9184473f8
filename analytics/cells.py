"""Which cells a profile moves. Pure.

A profile is all by which a figure can be cut. Many hits of a batch share one, so that the sixty-odd cells of a profile
are touched once for all of them.
"""

from functools import lru_cache
from typing import NamedTuple

from analytics.codes import FILTERS, PAIRS, SINGLE_CUTS, Cut, channel_of, cut_of_pair
from analytics.visit import Classes

Cell = tuple[int, int, int]
"""Cut, a, b."""

_FILTERS = tuple(int(cut) for cut in FILTERS)
_SINGLES = tuple(int(cut) for cut in SINGLE_CUTS)
_PAIRS = tuple((cut_of_pair(x, y), int(x), int(y)) for x, y in PAIRS)
_WHOLE_SITE: Cell = (int(Cut.ALL), 0, 0)


class Profile(NamedTuple):
    classes: Classes
    source: int
    campaign: int
    entry_kind: int

    def values(self) -> list[int]:
        """The value of each single cut, in the place of its number."""
        classes, found = self.classes, [0] * (len(SINGLE_CUTS) + 1)
        found[Cut.DEVICE] = classes.device
        found[Cut.WIDTH] = classes.width
        found[Cut.LANGUAGE] = classes.language
        found[Cut.CHANNEL] = int(channel_of(self.source))
        found[Cut.SOURCE] = self.source
        found[Cut.MEMBER] = classes.member
        found[Cut.ENTRY_KIND] = self.entry_kind
        found[Cut.BROWSER] = classes.browser
        found[Cut.SYSTEM] = classes.system
        found[Cut.PLACE] = classes.place
        found[Cut.CAMPAIGN] = self.campaign
        found[Cut.RETURNING] = classes.returning
        return found


@lru_cache(maxsize=4096)
def filter_cells(profile: Profile) -> tuple[Cell, ...]:
    """The whole site, and one cell for each cut by which a report can be filtered."""
    values = profile.values()
    return (_WHOLE_SITE, *[(cut, values[cut], 0) for cut in _FILTERS])


@lru_cache(maxsize=4096)
def all_cells(profile: Profile) -> tuple[Cell, ...]:
    """The whole site, one cell for each cut, and one for each pair of cuts that is counted."""
    values = profile.values()
    single = [(cut, values[cut], 0) for cut in _SINGLES]
    return (_WHOLE_SITE, *single, *[(cut, values[x], values[y]) for cut, x, y in _PAIRS])
