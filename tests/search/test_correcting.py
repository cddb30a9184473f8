"""Slips are measured, and figures are never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.correcting import forms_of, nearest, slips

WORD = st.text("abcd", min_size=2, max_size=8)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("avalon", "avalon", 0),
        ("avalom", "avalon", 1),
        ("vaalon", "avalon", 1),
        ("avlon", "avalon", 1),
        ("ab", "cd", 2),
    ],
)
def test_a_slip_is_a_character_missed_added_mistaken_or_swapped(one: str, other: str, count: int):
    assert slips(one, other) == count


@given(WORD, WORD)
def test_slips_are_the_same_from_both_sides(one: str, other: str):
    assert slips(one, other) == slips(other, one)


@given(WORD, st.data())
def test_any_single_slip_shares_a_form_with_the_word(word: str, data: st.DataObject):
    place = data.draw(st.integers(0, len(word) - 1))
    mark = data.draw(st.sampled_from("abcd"))
    slipped = data.draw(
        st.sampled_from(
            [
                word[:place] + word[place + 1 :],
                word[:place] + mark + word[place:],
                word[:place] + mark + word[place + 1 :],
            ]
        )
    )
    assert forms_of(slipped) & forms_of(word) or not slipped


def test_of_two_words_as_near_the_more_used_is_meant():
    assert nearest("pra", [("pro", 9), ("pri", 2)]) == "pro"


def test_figures_are_not_guessed():
    assert nearest("s19", [("s21", 50), ("s19k", 3)]) == "s19k"
    assert nearest("m63", [("m66", 9)]) is None


def test_a_short_word_may_have_one_slip_only():
    assert nearest("abcd", [("abxy", 5)]) is None
