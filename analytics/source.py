"""Where a visitor came from, reduced at once to a channel and a host from a closed list. Clauses 1.2.1(4), 2.9.

Of the referring address only the host is looked at, and of that only whether it is listed; of the UTM fields only that
they are there, and whether they speak of mail.
"""

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from analytics.codes import Channel, channel_of, source_code

OTHER_HOST = "other"
_MAIL = frozenset({"email", "e-mail", "mail", "newsletter", "edm"})
_LONGEST = 2048
_SECOND_LEVELS = frozenset({"com", "co", "net", "org", "or", "ne", "edu", "ac", "gov"})
"""What may stand between the name of a family and its country: google.com.hk, amazon.co.jp."""


class Listed(NamedTuple):
    channel: Channel
    name: str


def _read_list() -> tuple[dict[str, Listed], dict[str, Listed]]:
    hosts: dict[str, Listed] = {}
    families: dict[str, Listed] = {}
    for line in (Path(__file__).parent / "data" / "hosts.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        channel, name, domains = line.split("\t")
        for domain in domains.split():
            where = families if domain.endswith(".") else hosts
            where[domain.rstrip(".")] = Listed(Channel[channel.upper()], name)
    return hosts, families


_HOSTS, _FAMILIES = _read_list()
_NAMES = {
    source_code(channel, name): name
    for channel in Channel
    for name in (OTHER_HOST, *{entry.name for entry in (*_HOSTS.values(), *_FAMILIES.values())})
}


def source_name(source: int) -> str:
    """The listed host of a source code; "" for a source without host, "other" for one that is no longer listed."""
    return "" if source & 0xFFFFFFFF == 0 else _NAMES.get(source, OTHER_HOST)


def channel_and_host(source: int) -> tuple[str, str]:
    """The names of a source's channel and listed host."""
    return channel_of(source).name.lower(), source_name(source)


def source_of(
    referrer: str, *, own_host: str, partners: Collection[str] = (), utm_medium: str = "", utm_source: str = ""
) -> int:
    """The source code for one page request. `partners` are hosts that the operator works with, and all below them."""
    host = _host_of(referrer[:_LONGEST])
    if host and host == own_host.partition(":")[0].lower():
        return source_code(Channel.INTERNAL)
    if utm_medium or utm_source:
        channel = Channel.MAIL if utm_medium.lower() in _MAIL else Channel.CAMPAIGN
        return source_code(channel, _listed(host).name if host else "")
    if not host:
        return source_code(Channel.DIRECT)
    if any(host == partner or host.endswith(f".{partner}") for partner in partners):
        return source_code(Channel.PARTNER, OTHER_HOST)
    return source_code(*_listed(host))


def _host_of(referrer: str) -> str:
    """Its host in lower case; "" for none or for something that is no web address."""
    try:
        parts = urlsplit(referrer)
        return (parts.hostname or "").rstrip(".") if parts.scheme in ("http", "https", "android-app") else ""
    except ValueError:
        return ""


@lru_cache(maxsize=4096)
def _listed(host: str) -> Listed:
    """The entry of the longest listed domain that this host is, or lies under."""
    labels = host.split(".")
    for start in range(len(labels)):
        if found := _HOSTS.get(".".join(labels[start:])):
            return found
        if (found := _FAMILIES.get(labels[start])) and _is_country(labels[start + 1 :]):
            return found
    return Listed(Channel.OTHER, OTHER_HOST)


def _is_country(labels: list[str]) -> bool:
    """True for what may end a host of a family: ".de", ".com", ".com.hk", so that google.evil.com is no Google."""
    if len(labels) == 2:
        return labels[0] in _SECOND_LEVELS and len(labels[1]) == 2
    return len(labels) == 1 and labels[0].isalpha()
