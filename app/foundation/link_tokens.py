"""What stands in an address that nobody can guess: numbers, signed with keys of the token's own kind (join J6)."""

from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from app.foundation.encryption import signing_keys
from app.foundation.errors import NotFound

LONGEST_TOKEN = 200


def token_of(kind: str, fact: int | list[int]) -> str:
    """A token of a kind such as `carrier.link`. The same fact always gives the same token."""
    return str(_serializer(kind).dumps(fact))


def number_in(kind: str, token: str) -> int:
    """The one number that a token of this kind holds. Raises NotFound for any other."""
    number = _fact_in(kind, token)
    if not isinstance(number, int):
        raise NotFound
    return number


def numbers_in(kind: str, token: str) -> list[int]:
    """The numbers that a token of this kind holds. Raises NotFound for any other."""
    numbers = _fact_in(kind, token)
    if not isinstance(numbers, list):
        raise NotFound
    return numbers


def _fact_in(kind: str, token: str) -> Any:
    try:
        return _serializer(kind).loads(token if len(token) <= LONGEST_TOKEN else "")
    except (BadData, ValueError, RecursionError):
        raise NotFound from None


def _serializer(kind: str) -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(signing_keys(kind))), salt=kind)
