"""Signatures of tickets and cookies: itsdangerous, SHA-256, a salt for each kind of value, keys that rotate."""

import hmac
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.signer import SigningAlgorithm


class Forged(ValueError):
    """Not signed by us, or not for this kind of value."""


class _HmacSha256(SigningAlgorithm):
    """The signature itsdangerous makes, in one call: it is made three times for every hit."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


class Seal(Signer):
    """A signer for packed bytes. Never a timed one: that would stamp the second on a visitor's cookie."""

    def __init__(self, keys: Sequence[bytes], salt: str) -> None:
        """`keys` newest first: the first signs, all are accepted."""
        super().__init__(list(reversed(keys)), salt=salt.encode(), digest_method=sha256, algorithm=_HmacSha256())
        self.derive_key = lru_cache(maxsize=16)(super().derive_key)  # type: ignore[method-assign]

    def seal(self, packed: bytes) -> str:
        """Text that may stand in an address or a cookie."""
        return self.sign(base64_encode(packed)).decode()

    def unseal(self, sealed: str) -> bytes:
        """The bytes that `seal` was given. Raises Forged."""
        try:
            return base64_decode(self.unsign(sealed))
        except (BadData, UnicodeError) as problem:
            raise Forged from problem
