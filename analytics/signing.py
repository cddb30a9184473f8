"""Signatures of tickets and cookies: itsdangerous, SHA-256, a salt for each kind of value, keys that rotate.

Three signatures are made for every hit. What itsdangerous would write with the newest key is written here in a fifth of
its time, and a test holds the two equal; whatever does not bear that signature is left to itsdangerous itself.
"""

import hmac
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Sequence
from hashlib import sha256

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")
_BLOCK = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


class Forged(ValueError):
    """Not signed by us, or not for this kind of value."""


class Seal:
    """A signer for packed bytes. Never a timed one: that would stamp the second on a visitor's cookie."""

    def __init__(self, keys: Sequence[bytes], salt: str) -> None:
        """`keys` newest first: the first signs, all are accepted."""
        self._signer = Signer(list(reversed(keys)), salt=salt.encode(), digest_method=sha256)
        self._mac = _hmac_sha256(self._signer.derive_key())

    def seal(self, packed: bytes) -> str:
        """Text that may stand in an address or a cookie."""
        value = _encoded(packed)
        return (value + b"." + _encoded(self._mac(value))).decode()

    def unseal(self, sealed: str) -> bytes:
        """The bytes that `seal` was given. Raises Forged."""
        value, _, signature = sealed.encode("utf-8", "replace").rpartition(b".")
        if hmac.compare_digest(signature, _encoded(self._mac(value))):
            return a2b_base64(value.translate(_FROM_URL) + b"=" * (-len(value) % 4))
        try:
            return base64_decode(self._signer.unsign(sealed))
        except (BadData, UnicodeError) as problem:
            raise Forged from problem


def _encoded(data: bytes) -> bytes:
    return b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=")


def _hmac_sha256(key: bytes) -> Callable[[bytes], bytes]:
    """HMAC (RFC 2104) whose work on the key is done once."""
    block = (key if len(key) <= _BLOCK else sha256(key).digest()).ljust(_BLOCK, b"\0")
    inner, outer = sha256(block.translate(_INNER)), sha256(block.translate(_OUTER))

    def mac(data: bytes) -> bytes:
        first, second = inner.copy(), outer.copy()
        first.update(data)
        second.update(first.digest())
        return second.digest()

    return mac
