"""What may be shown of small numbers: floors, rounding, noise, and cells hidden so that another stays hidden. 4.1.3(3).

Inside the house a cell needs 5 people. What leaves the house needs 10, carries noise drawn once, and is rounded to 10:
whatever two published numbers are compared, their difference is 0 or at least 10 people.

The noise is the discrete Laplace distribution, drawn exactly: integers only, no floating point, whose rounding gives
away what it should hide. After Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy" (2020),
algorithms 1 and 2.
"""

import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

INSIDE_FLOOR = 5
OUTSIDE_FLOOR = 10
STEP = 10
NOISE_SCALE = 2
"""P(noise = k) falls by the factor exp(-1 / NOISE_SCALE) with each step away from 0."""

HIDDEN = 0
"""Stands for "fewer than the floor", which may be none."""

Draw = Callable[[int], int]
"""A whole number from 0 to below n, each as likely."""

Cell = TypeVar("Cell", bound=Hashable)


def inside(count: int) -> int | None:
    """A count as people of the house may see it in a narrow cell; None below the floor, 0 stays 0."""
    return count if count == 0 or count >= INSIDE_FLOOR else None


def publishable(count: int, draw: Draw = secrets.randbelow) -> int:
    """A count as it may leave the house: HIDDEN, or noisy and rounded to a multiple of STEP. Draws anew at each call.

    A count below the floor is hidden whatever the noise; one above it is hidden where the noise leads below.
    """
    noisy = count + discrete_laplace(NOISE_SCALE, draw)
    return HIDDEN if min(count, noisy) < OUTSIDE_FLOOR else (noisy + STEP // 2) // STEP * STEP


def hide_complements(parts: Mapping[Cell, int]) -> dict[Cell, int]:
    """Parts of a total that is published too: where one alone is hidden the smallest shown one is hidden with it."""
    shown = [cell for cell, count in parts.items() if count != HIDDEN]
    if len(shown) != len(parts) - 1 or not shown:
        return dict(parts)
    return {**parts, min(shown, key=lambda cell: parts[cell]): HIDDEN}


InTable = tuple[int, Any]
"""A cell by its row and its column."""

ROW, COLUMN = 0, 1
Lines = Mapping[tuple[int, Any], list[InTable]]


def hidden_with(
    few: set[InTable], counts: Mapping[InTable, int], *, floor: int = INSIDE_FLOOR, rows_are_told: bool = True
) -> set[InTable]:
    """The cells of a table to hide so that `few` do not follow from the others and from the sums that are told.

    Those are the sums of columns and, where `rows_are_told`, of rows. What is hidden of a line is two cells or more
    with `floor` together, or else the whole line. Small cells are hidden first. In a table of one line every cell
    follows whatever is done, so nothing more is.
    """
    axes = (ROW, COLUMN) if rows_are_told else (COLUMN,)
    if any(len({cell[1 - axis] for cell in counts}) < 2 for axis in axes):
        return set(few)
    lines = defaultdict(list)
    for cell in sorted(counts, key=lambda cell: (counts[cell], cell)):
        for axis in axes:
            lines[axis, cell[axis]].append(cell)
    hidden: set[InTable] = set()
    waiting: deque[tuple[int, Any]] = deque()

    def hide(cells: Iterable[InTable]) -> None:
        for cell in cells:
            hidden.add(cell)
            waiting.extend((axis, cell[axis]) for axis in axes)

    if rows_are_told:
        hide(_beside_a_single_rest(few, counts, lines))
    hide(sorted(few))
    while waiting:
        hide(_complements(lines[waiting.popleft()], hidden, counts, floor))
    return hidden


def _complements(
    line: list[InTable], hidden: set[InTable], counts: Mapping[InTable, int], floor: int
) -> Iterator[InTable]:
    """The smallest shown cells of a line in which something is hidden, until the rest of it is large enough."""
    inside = [cell for cell in line if cell in hidden]
    number, total = len(inside), sum(counts[cell] for cell in inside)
    for cell in line:
        if number >= 2 and total >= floor:
            return
        if cell not in hidden:
            number, total = number + 1, total + counts[cell]
            yield cell


def _beside_a_single_rest(few: set[InTable], counts: Mapping[InTable, int], lines: Lines) -> Iterator[InTable]:
    """Where a row is hidden as a whole and one column alone has a hidden rest, the row lies in that column: a cell of
    another column. The same of columns and rows.
    """
    for axis in (ROW, COLUMN):
        rests, across = {cell[axis] for cell in few}, 1 - axis
        others = [cell for cell in counts if cell[axis] not in rests]
        if len(rests) == 1 and others and any(set(lines[across, cell[across]]) <= few for cell in few):
            yield min(others, key=lambda cell: (counts[cell], cell))


def discrete_laplace(scale: int, draw: Draw = secrets.randbelow) -> int:
    """An integer with P(k) proportional to exp(-|k| / scale), exactly."""
    while True:
        within = draw(scale)
        if not _bernoulli_exp(within, scale, draw):
            continue
        steps = 0
        while _bernoulli_exp(1, 1, draw):
            steps += 1
        size, is_negative = within + scale * steps, draw(2) == 1
        if size or not is_negative:
            return -size if is_negative else size


def _bernoulli_exp(numerator: int, denominator: int, draw: Draw) -> bool:
    """True with probability exp(-numerator / denominator), for a fraction from 0 to 1."""
    tries = 1
    while draw(denominator * tries) < numerator:
        tries += 1
    return tries % 2 == 1
