"""Hits and journal lines with good defaults."""

from itertools import count

from analytics.codes import page_code
from analytics.journal import HitLine
from analytics.visit import Classes, Hit, Moment, State, advance, unseen

NOON = 1_795_406_400
"""A Monday noon in Shanghai."""

DAY = 86_400
TODAY = (NOON + 8 * 3600) // DAY

_numbers = count(1)


def a_hit(**over) -> Hit:
    """Of a desktop in one language; what is said of its classes (`device=2`) and of the hit itself may be mixed."""
    given = {name: over.pop(name) for name in Classes._fields if name in over}
    classes = Classes(**{"device": 1, "width": 3, "language": 1, **given})
    defaults = {"page": page_code(1), "classes": classes, "source": 0, "campaign": 0, "step": 0}
    return Hit(**{**defaults, "tag": next(_numbers), "fresh": next(_numbers), **over})


def at(seconds: float) -> Moment:
    in_shanghai = int(seconds) + 8 * 3600
    return Moment(int(seconds), in_shanghai // DAY, in_shanghai % DAY // 3600)


def a_line(state: State | None = None, *, seconds: float = NOON, key: str = "", **over) -> HitLine:
    """One counted page; of a browser never seen before, unless its memory is given."""
    given = {name: over.pop(name) for name in (*Classes._fields, *Hit._fields) if name in over}
    hit = a_hit(page=page_code(1, key), **given)
    _, moved = advance(state or unseen(at(seconds), 1), hit, at(seconds))
    fields = {"ticket": next(_numbers), "memory": next(_numbers), "band": 0, "mark": 0, "shown_after_prefetch": 0}
    return HitLine(**{**fields, "moved": moved, "key": key, **over})
