"""Where to go after an act that came from some page: only to pages of our own. Pure."""

from urllib.parse import urlsplit

from app.foundation.languages import LANGUAGES

LONGEST = 1000


def own_path(asked: str | None, otherwise: str) -> str:
    """The asked-for address if it is a page of this shop, else the other: never another site."""
    if not asked or len(asked) > LONGEST or not asked.isascii() or not asked.isprintable() or "\\" in asked:
        return otherwise
    try:
        address = urlsplit(asked)
    except ValueError:
        return otherwise
    language = address.path.split("/")[1] if address.path.startswith("/") else ""
    if address.scheme or address.netloc or asked.startswith("//") or language not in LANGUAGES:
        return otherwise
    return asked


def with_notice(address: str, done: str, *without: str) -> str:
    """The address with a notice (`notices`) in the place of earlier ones, and without these arguments."""
    path, _, query = address.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in ("done", *without)]
    return f"{path}?{'&'.join([*kept, f'done={done}'])}"
