"""The `promo` cookie: what the browser itself remembers of promotions (promotion.Memory). Clauses 2.6, 3.1.1, 3.1.2b.

Set only while promotion counting is allowed, path /m/ alone, HttpOnly, SameSite=Lax, Secure with the `__Secure-` prefix
under https. Always of the same width, without nonce and without time of signing: equal facts make equal cookies. It
ends with the last day on which anything in it lives, at most 30 days after a promotion was last shown.
"""

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct

from analytics.days import Days
from analytics.promotion import LIFE_DAYS, MOST_EXPOSURES, Arm, Exposure, Memory, last_day
from analytics.signing import Forged, Seal
from analytics.visit_cookie import value_in

PATH = "/m/"

_FORMAT = 1
_EXPOSURE = Struct(">HHHHB")
_EMPTY = bytes(_EXPOSURE.size)
_SIZE = 1 + MOST_EXPOSURES * _EXPOSURE.size
_LONGEST = 192
_REPEATED, _CLICKED, _BOUGHT = 4, 8, 16
_ARMS = frozenset(Arm)


class PromoCookie:
    """Reads and writes the header values of the `promo` cookie."""

    def __init__(self, keys: Sequence[bytes], days: Days, *, https: bool) -> None:
        self._seal = Seal(keys, "analytics.promo-cookie")
        self._start_of = lru_cache(maxsize=64)(days.start_of)
        self.name = "__Secure-promo" if https else "promo"
        self._begins = f"{self.name}="
        self._attributes = f"; Path={PATH}; HttpOnly; SameSite=Lax" + ("; Secure" if https else "")

    def in_header(self, header: str) -> str | None:
        return value_in(header, self._begins)

    def read(self, value: str | None) -> Memory:
        """What this browser remembers; nothing where the cookie is missing, damaged or not ours."""
        if not value or len(value) > _LONGEST:
            return ()
        try:
            data = self._seal.unseal(value)
        except Forged:
            return ()
        if len(data) != _SIZE or data[0] != _FORMAT:
            return ()
        return tuple(_exposure(*fields) for fields in _EXPOSURE.iter_unpack(data[1:]) if fields[0])

    def header(self, memory: Memory, seconds: float) -> str:
        """The Set-Cookie value that hands the memory back; one that drops the cookie where nothing is left."""
        left = int(self._start_of(last_day(memory) + 1) - seconds)
        if not memory or left <= 0:
            return self.forget_header()
        data = b"".join(_EXPOSURE.pack(*exposure[:4], _flags(exposure)) for exposure in memory)
        value = self._seal.seal(bytes([_FORMAT]) + data + _EMPTY * (MOST_EXPOSURES - len(memory)))
        return f"{self.name}={value}; Max-Age={min(left, LIFE_DAYS * 86_400)}{self._attributes}"

    def forget_header(self) -> str:
        return f"{self.name}=; Max-Age=0{self._attributes}"


def _flags(exposure: Exposure) -> int:
    marks = _REPEATED * exposure.is_repeated | _CLICKED * exposure.is_clicked | _BOUGHT * exposure.is_bought
    return int(exposure.arm) | marks


def _exposure(campaign: int, principal: int, first: int, last: int, flags: int) -> Exposure:
    arm = flags & 3 if flags & 3 in _ARMS else Arm.OUTSIDE
    is_repeated, is_clicked, is_bought = flags & _REPEATED > 0, flags & _CLICKED > 0, flags & _BOUGHT > 0
    return Exposure(campaign, principal, first, last, arm, is_repeated, is_clicked, is_bought)
