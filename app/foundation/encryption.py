"""Keys and ciphers: the keyring, envelope encryption, blind index, signing keys by purpose. Clauses 5.1.1c, 5.1.1d.

The keyring holds three secrets, each in versions: `wrapping` (wraps every person's data key), `blind-index` (keyed
SHA-256 for look-ups and equality) and `signing` (from which one independent key per cookie and token kind is derived).
Only the newest version makes; older ones still open, until `flask keys rotate` has rewrapped everything.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

PURPOSES = ("wrapping", "blind-index", "signing")
KEY_BYTES = 32
NONCE_BYTES = 12


class KeyringError(RuntimeError):
    """The keyring cannot be read, or lacks what it must hold; the message says which."""


class Keyring:
    """Secrets by purpose and version. Versions count from 1; the highest is the one in use."""

    def __init__(self, secrets_by_purpose: Mapping[str, Mapping[int, bytes]]) -> None:
        for purpose in PURPOSES:
            versions = secrets_by_purpose.get(purpose)
            if not versions or any(len(key) != KEY_BYTES for key in versions.values()):
                raise KeyringError(f"the keyring needs 32-byte keys for {purpose}")
        self._secrets = {purpose: dict(versions) for purpose, versions in secrets_by_purpose.items()}
        self._derived: dict[str, list[bytes]] = {}

    @classmethod
    def from_text(cls, text: str) -> "Keyring":
        """From JSON: {"wrapping": {"1": base64}, "blind-index": {...}, "signing": {...}}."""
        try:
            parsed = json.loads(text)
            return cls({p: {int(v): base64.b64decode(k) for v, k in parsed[p].items()} for p in PURPOSES})
        except (ValueError, KeyError, AttributeError, TypeError) as problem:
            raise KeyringError(f"the keyring is damaged: {problem!r}") from problem

    @classmethod
    def generate(cls) -> "Keyring":
        return cls({purpose: {1: secrets.token_bytes(KEY_BYTES)} for purpose in PURPOSES})

    def to_text(self) -> str:
        return json.dumps(
            {p: {str(v): base64.b64encode(k).decode() for v, k in vs.items()} for p, vs in self._secrets.items()},
            indent=1,
        )

    def with_new_version(self, purpose: str) -> "Keyring":
        """The same keyring with one more version of `purpose`, which becomes the one in use."""
        fresh = {max(self._secrets[purpose]) + 1: secrets.token_bytes(KEY_BYTES)}
        return Keyring({**self._secrets, purpose: {**self._secrets[purpose], **fresh}})

    def renewed(self, *purposes: str) -> "Keyring":
        """The same keyring with one fresh version of these purposes and none of the old: what they opened is lost."""
        fresh = {purpose: {max(self._secrets[purpose]) + 1: secrets.token_bytes(KEY_BYTES)} for purpose in purposes}
        return Keyring({**self._secrets, **fresh})

    def versions(self, purpose: str) -> list[int]:
        return sorted(self._secrets[purpose])

    def newest(self, purpose: str) -> tuple[int, bytes]:
        version = max(self._secrets[purpose])
        return version, self._secrets[purpose][version]

    def version(self, purpose: str, version: int) -> bytes:
        try:
            return self._secrets[purpose][version]
        except KeyError:
            raise KeyringError(f"the keyring has no version {version} of {purpose}") from None

    def signing_keys(self, kind: str) -> list[bytes]:
        """The keys of one cookie or token kind, newest first; no two kinds share one (join J6)."""
        if kind not in self._derived:
            versions = sorted(self._secrets["signing"].items(), reverse=True)
            self._derived[kind] = [_derive(key, kind) for _, key in versions]
        return self._derived[kind]


def load_keyring(where: str, *, create: bool) -> Keyring:
    """Read a keyring from JSON text or a file path; `create` makes a missing file (0600), for development."""
    if where.lstrip().startswith("{"):
        return Keyring.from_text(where)
    path = Path(where)
    if not path.exists() and create:
        _write_once(path, Keyring.generate().to_text())
    try:
        return Keyring.from_text(path.read_text())
    except OSError as problem:
        raise KeyringError(f"KEYRING cannot be read ({problem.strerror})") from problem


def replace_keyring(path: Path, ring: Keyring) -> None:
    """Put a keyring in place of the one in a file: a reader meets the old one or the new one, whole and on disk."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(ring.to_text())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _write_once(path: Path, text: str) -> None:
    """Write a file that several starting processes may race for: one wins, whole; the others read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _derive(secret: bytes, label: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"yunshang/{label}".encode()).derive(secret)


def keyring() -> Keyring:
    """The keyring of the running application."""
    ring: Keyring = current_app.extensions["keyring"]
    return ring


def signing_keys(purpose: str) -> list[bytes]:
    """The running application's signing keys for one cookie or token kind, newest first."""
    return keyring().signing_keys(purpose)


def blind_index(label: str, value: str) -> bytes:
    """Keyed SHA-256 of a value under its own label: equal values are equal, and no table of numbers undoes it.

    Uses version 1 of the secret on purpose: an index that changed with rotation could not be searched.
    """
    secret = keyring().version("blind-index", 1)
    return hmac.digest(_index_key(secret, label), value.encode(), "sha256")


@cache
def _index_key(secret: bytes, label: str) -> bytes:
    return _derive(secret, f"blind-index/{label}")


def seal(key: bytes, plain: bytes, bound_to: str) -> bytes:
    """AES-256-GCM: nonce and ciphertext, readable only together with the same `bound_to` text."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def unseal(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    """Undo `seal`. Raises cryptography.exceptions.InvalidTag for another key, row or column."""
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())


def keyed_digest(purpose: str, *parts: str) -> str:
    """A hex digest under a signing key of its own, for codes kept only as a hash (clause 1.1.1b)."""
    return hmac.new(signing_keys(purpose)[0], "\0".join(parts).encode(), hashlib.sha256).hexdigest()
