"""The page ticket: the host's signed word that it showed a page, carried in the beacon's address.

It says which kind of page, in which language, from what coarse source the visitor came, whether somebody was signed in;
never an account, a session, an address or a URL. It is valid for 30 minutes and counts once, by its nonce. After the
page key may stand what the page did with promotions (promotion.py).
"""

import secrets
from collections.abc import Sequence
from enum import IntEnum
from struct import Struct, error
from typing import NamedTuple

from analytics.codes import Mark, is_page_key
from analytics.signing import Forged, Seal

VALID_MINUTES = 30
LEAVING_MINUTES = 12 * 60
"""How long a page may stand open before what it tells at its end is dropped: a working day with the tab in the
background, and well within the 48 hours for which nonces are remembered, so that it still counts once."""
SKEW_MINUTES = 2
"""How far ahead the clock of the node that made the ticket may be."""

_FORMAT = 2
_PACKED = Struct(">BBBHQHBBBIQ")
_LONGEST = 256
_MARKS = frozenset(Mark)
_BETWEEN = b"\0"
"""Between the page key, which never holds it, and what is told of promotions."""

MEMBER = 1
PROMOTIONS = 2
PREFETCHED = 4


class Kind(IntEnum):
    VIEW = 0
    FORGET = 1
    LEAVING = 2
    """Of a page that will tell how it was left (leaving.py); it counts no view."""


_LEAVING = Kind.LEAVING
"""Found once; see beacon.py."""


class Ticket(NamedTuple):
    """`flags`: MEMBER, PROMOTIONS (promotion counting allowed), PREFETCHED. `band`: of a placed order's amount.

    `campaign` is the number of registered UTM values, 0 for none; `mark` says what else the page tells of its key.
    """

    kind: int
    page_kind: int
    language: int
    source: int
    campaign: int
    flags: int
    step: int
    band: int
    mark: int
    minute: int
    nonce: int
    key: str
    told: bytes = b""
    """What the page says of promotions, as `promotion.packed` made it."""

    @property
    def tag(self) -> int:
        """32 bits by which the browser's cookie knows this ticket again; never 0."""
        return self.nonce & 0xFFFFFFFF or 1


class Expired(ValueError):
    """Signed by us, and too old (or from a clock too far ahead)."""


class Tickets:
    """Makes and reads tickets. Making one takes no database and a few microseconds."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._seal = Seal(keys, "analytics.page-ticket")

    def issue(
        self,
        *,
        seconds: float,
        kind: Kind = Kind.VIEW,
        page_kind: int = 0,
        key: str = "",
        language: int = 0,
        source: int = 0,
        campaign: int = 0,
        flags: int = 0,
        step: int = 0,
        band: int = 0,
        mark: int = 0,
        told: bytes = b"",
        nonce: int = 0,
    ) -> str:
        """A new ticket of this minute. A key that is none (is_page_key) is left off, as a page must never fail.

        All tickets with one `nonce` (63 bits) count once together; 0 draws a new one.
        """
        packed = _PACKED.pack(
            _FORMAT << 4 | kind, page_kind, flags, language, source, campaign,
            step, band, mark, int(seconds) // 60, nonce or secrets.randbits(63) or 1,
        )  # fmt: skip
        tail = (key.encode() if is_page_key(key) else b"") + (_BETWEEN + told if told else b"")
        return self._seal.seal(packed + tail)

    def read(self, text: str, seconds: float) -> Ticket:
        """Raises Forged or Expired."""
        if len(text) > _LONGEST:
            raise Forged
        packed = self._seal.unseal(text)
        try:
            fields = _PACKED.unpack_from(packed)
        except error as problem:
            raise Forged from problem
        form, page_kind, flags, language, source, campaign, step, band, mark, minute, nonce = fields
        if form >> 4 != _FORMAT or mark not in _MARKS:
            raise Forged
        valid = LEAVING_MINUTES if form & 15 == _LEAVING else VALID_MINUTES
        if not -SKEW_MINUTES <= int(seconds) // 60 - minute <= valid:
            raise Expired
        key, _, told = packed[_PACKED.size :].partition(_BETWEEN)
        return Ticket(
            form & 15, page_kind, language, source, campaign, flags, step, band, mark, minute, nonce, key.decode(), told
        )
