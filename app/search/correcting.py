"""Did you mean: the word of our own vocabulary that is one or two slips away from what was typed. Pure.

Every word is stored under itself and under each form with one character left out; two words that share a form are at
most two slips apart, and the few candidates are then measured.
"""

from collections.abc import Iterable

LONGEST_WORD = 30
TWO_SLIPS_FROM = 6


def forms_of(word: str) -> set[str]:
    """The word, and the word less any one character."""
    word = word[:LONGEST_WORD]
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))} - {""}


def slips(one: str, other: str) -> int:
    """How many characters were missed, added, mistaken or swapped with their neighbour (Damerau-Levenshtein)."""
    before: list[int] = []
    last: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, last, row = last, row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(typed: str, candidates: Iterable[tuple[str, int]]) -> str | None:
    """The candidate (word, uses) with fewest slips, the more used of equals; None where all are too far.

    Figures are not guessed: S19 is not a slip for S21.
    """
    allowed = 2 if len(typed) >= TWO_SLIPS_FROM else 1
    ranked = [
        (distance, -uses, word)
        for word, uses in candidates
        if word != typed and _figures(word) == _figures(typed) and (distance := slips(typed, word)) <= allowed
    ]
    return min(ranked)[2] if ranked else None


def _figures(word: str) -> str:
    return "".join(mark for mark in word if mark.isdigit())
