"""Columns answer ranges and pages exactly as a sorted list would."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.bitmaps import STEP, UNKNOWN, Column, bitmap, full

FIGURES = st.lists(st.one_of(st.just(UNKNOWN), st.integers(0, 9)), max_size=60)


def test_a_set_holds_what_was_put_into_it():
    assert bitmap([0, 2, 9], 10) == 0b1000000101
    assert full(3) == 0b111
    assert bitmap([], 0) == 0


@given(FIGURES, st.integers(0, 9), st.integers(0, 9))
def test_a_range_holds_both_its_ends_and_nothing_unknown(figures: list[int], low: int, high: int):
    expected = [ordinal for ordinal, figure in enumerate(figures) if figure != UNKNOWN and low <= figure <= high]
    assert Column(figures).between(low, high) == bitmap(expected, len(figures))


@given(FIGURES, st.data())
def test_a_page_is_a_slice_of_the_sorted_members(figures: list[int], data: st.DataObject):
    size = len(figures)
    members = data.draw(st.sets(st.integers(0, max(size - 1, 0)), max_size=size)) if size else set()
    offset, limit = data.draw(st.integers(0, 70)), data.draw(st.integers(1, 30))
    descending = data.draw(st.booleans())
    ranked = sorted((o for o in range(size) if figures[o] != UNKNOWN), key=lambda o: figures[o])
    ordered = [o for o in (ranked[::-1] if descending else ranked) if o in members]
    page = Column(figures).page(bitmap(members, size), offset, limit, descending=descending)
    assert page == ordered[offset : offset + limit]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=60), st.integers(0, 4))
def test_a_group_is_ranged_and_paged_alone(rows: list[tuple[int, int]], group: int):
    groups, figures = [row[0] for row in rows], [row[1] for row in rows]
    column = Column(figures, groups)
    expected = [ordinal for ordinal, row in enumerate(rows) if row[0] == group and 3 <= row[1] <= 7]
    assert column.between(3, 7, group) == bitmap(expected, len(rows))
    everything = full(len(rows))
    assert column.page(everything, 0, 99, group=group) == sorted(
        (o for o in range(len(rows)) if groups[o] == group), key=lambda o: figures[o]
    )


@pytest.mark.parametrize("seed", range(3))
def test_large_columns_page_deep_and_range_wide(seed: int):
    random, size = Random(seed), 3 * STEP + 7
    figures = [random.randrange(1000) for _ in range(size)]
    members = {ordinal for ordinal in range(size) if random.random() < 0.5}
    column = Column(figures)
    ordered = [o for o in sorted(range(size), key=figures.__getitem__) if o in members]
    for offset in (0, STEP - 1, len(ordered) - 5):
        assert column.page(bitmap(members, size), offset, 24) == ordered[offset : offset + 24]
    assert column.between(100, 800).bit_count() == sum(100 <= figure <= 800 for figure in figures)
