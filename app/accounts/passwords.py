"""Password hashes: argon2id, 46 MiB, one pass, one lane (41 ms), and the same work for nobody's password."""

from functools import cache
from unicodedata import normalize

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1, type=Type.ID)


def hash_password(password: str) -> str:
    return _HASHER.hash(normalize("NFC", password))


def is_password_of(password_hash: str | None, password: str) -> bool:
    """Whether the password fits. Without a hash the same work is done and the answer is no (clause 1.1.1, FLOWS 12)."""
    try:
        fits = _HASHER.verify(password_hash or _nobodys_hash(), normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and bool(password_hash)


def is_stale(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's, so that signing in should make it anew."""
    return _HASHER.check_needs_rehash(password_hash)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody signs in with this")
