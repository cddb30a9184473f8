"""The `visit` cookie: the browser's own memory (visit.State), packed to a fixed width and signed. Clauses 3.1.1, 3.2.

Path /m/ alone, HttpOnly, SameSite=Lax, Secure with the `__Secure-` prefix under https. It lives 13 months from the week
in which it was first issued and is never extended: its Max-Age counts down.
"""

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct

from analytics.days import Days, first_day_of_week
from analytics.signing import Forged, Seal
from analytics.visit import Classes, State

PATH = "/m/"
LIFE_DAYS = 395
_LIFE_SECONDS = LIFE_DAYS * 86_400

_FORMAT = 2
_PACKED = Struct(">BHHQHIIHQQQQHBBBBBBIHBB4I")
_CLASSES, _TAGS = slice(15, 23), slice(23, 27)
_LONGEST = 320


def value_in(header: str, begins: str) -> str | None:
    """The value of the first cookie in a Cookie header that begins with its name and "="."""
    if begins in header:
        for pair in header.split(";"):
            pair = pair.strip()
            if pair.startswith(begins):
                return pair[len(begins) :]
    return None


class VisitCookie:
    """Reads and writes the header values of the `visit` cookie; `promo` it can only delete."""

    def __init__(self, keys: Sequence[bytes], days: Days, *, https: bool) -> None:
        self._seal = Seal(keys, "analytics.visit-cookie")
        self._days = days
        prefix = "__Secure-" if https else ""
        self.name = f"{prefix}visit"
        self.promo_name = f"{prefix}promo"
        self._attributes = f"; Path={PATH}; HttpOnly; SameSite=Lax" + ("; Secure" if https else "")
        self._begins = f"{self.name}="
        self._end_of_life = lru_cache(maxsize=256)(self._end_of_life)  # type: ignore[method-assign]

    def in_header(self, header: str) -> str | None:
        return value_in(header, self._begins)

    def read(self, value: str | None, seconds: float) -> State | None:
        """The memory this browser brought; None where it brought none, an old, a damaged or a foreign one."""
        if not value or len(value) > _LONGEST:
            return None
        try:
            packed = self._seal.unseal(value)
        except Forged:
            return None
        if len(packed) != _PACKED.size or packed[0] != _FORMAT:
            return None
        fields = _PACKED.unpack(packed)
        state = State._make((*fields[1:15], Classes._make(fields[_CLASSES]), fields[_TAGS]))
        return state if self.seconds_left(state, seconds) > 0 else None

    def header(self, state: State, seconds: float) -> str:
        """The Set-Cookie value that hands the memory back."""
        value = self._seal.seal(_PACKED.pack(_FORMAT, *state[:-2], *state.classes, *state.tags))
        return f"{self.name}={value}; Max-Age={self.seconds_left(state, seconds)}{self._attributes}"

    def forget_headers(self) -> list[str]:
        """The Set-Cookie values that make the browser drop both cookies of the counting house."""
        return [f"{name}=; Max-Age=0{self._attributes}" for name in (self.name, self.promo_name)]

    def seconds_left(self, state: State, seconds: float) -> int:
        """Until 13 months after the beginning of the week of issue; never more than 13 months."""
        return min(_LIFE_SECONDS, self._end_of_life(state.issue_week) - int(seconds))

    def _end_of_life(self, issue_week: int) -> int:
        return int(self._days.start_of(first_day_of_week(issue_week))) + _LIFE_SECONDS
