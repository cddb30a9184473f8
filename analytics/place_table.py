"""Tables of address ranges: how the packed one is made and read, and how an operator's own is read.

    python -m analytics.place_table GEOIP GEOIP6 PACKED

makes `analytics/data/places.xz` from the two text files of Debian's package `tor-geoipdb`; see data/README.md.
"""

import csv
import lzma
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_pton
from struct import Struct
from struct import error as StructError
from typing import NamedTuple

from analytics.place_names import names_of_places

NETWORK_BITS = 64
"""Of an address of IPv6 the network half is looked at; of one of IPv4 all 32 bits."""

_MAGIC = b"places1\n"
_COUNTS = Struct("<HII")
_MAPPED = bytes(10) + b"\xff\xff"

SAME = {"UK": "GB"}
"""Codes of the source that mean a country by another name."""


class Damaged(ValueError):
    """Not a table that this code packed, or not all of it."""


class Address(NamedTuple):
    is_v6: bool
    number: int


def address_of(text: str) -> Address | None:
    """An address as a number, IPv4 inside IPv6 as IPv4; None for what is no address."""
    try:
        if ":" not in text:
            return Address(False, int.from_bytes(inet_pton(AF_INET, text)))
        packed = inet_pton(AF_INET6, text)
    except (OSError, ValueError):
        return None
    if packed.startswith(_MAPPED):
        return Address(False, int.from_bytes(packed[12:]))
    return Address(True, int.from_bytes(packed[:8]))


class Range(NamedTuple):
    """Addresses from `first` to `last`, both included; of IPv6 their network halves."""

    first: int
    last: int
    place: str


class Ranges(NamedTuple):
    """Where each range begins, in rising order, and the number of its place in `Table.places`; 0 is no place."""

    starts: "array[int]"
    numbers: bytes

    def number_at(self, address: int) -> int:
        found = bisect_right(self.starts, address)
        return self.numbers[found - 1] if found else 0


class Table(NamedTuple):
    places: tuple[str, ...]
    """At most 256, the first one "" for no place."""
    v4: Ranges
    v6: Ranges

    def place_at(self, address: Address) -> str:
        ranges = self.v6 if address.is_v6 else self.v4
        return self.places[ranges.number_at(address.number)]


def table_of(v4: Iterable[Range], v6: Iterable[Range]) -> Table:
    """Ranges in rising order as a table. What overlaps an earlier range is cut off, neighbours of one place are joined.

    Raises ValueError for more than 255 places.
    """
    numbers: dict[str, int] = {"": 0}
    tables = _ranges_of(v4, "I", numbers), _ranges_of(v6, "Q", numbers)
    return Table(tuple(numbers), *tables)


def _ranges_of(found: Iterable[Range], letter: str, numbers: dict[str, int]) -> Ranges:
    starts, places, end = array(letter), bytearray(), -1

    def begin(start: int, place: str) -> None:
        number = numbers.setdefault(place, len(numbers))
        if (places[-1] if places else 0) != number:
            starts.append(start)
            places.append(number)

    for first, last, place in found:
        first = max(first, end + 1)
        if first > last:
            continue
        if first > end + 1:
            begin(end + 1, "")
        begin(first, place)
        end = last
    if places and end + 1 < 1 << 8 * starts.itemsize:
        begin(end + 1, "")
    return Ranges(starts, bytes(places))


def packed(table: Table) -> bytes:
    """The table as a small file. Distances of starts, byte by byte of equal weight, are what xz packs best."""
    sizes = _COUNTS.pack(len(table.places) - 1, len(table.v4.starts), len(table.v6.starts))
    body = b"".join([_MAGIC, sizes, "".join(table.places).encode(), *map(_packed_ranges, (table.v4, table.v6))])
    return lzma.compress(body, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64, preset=6 | lzma.PRESET_EXTREME)


def _packed_ranges(ranges: Ranges) -> bytes:
    width = ranges.starts.itemsize
    steps, before = bytearray(), 0
    for start in ranges.starts:
        steps += (start - before).to_bytes(width, "little")
        before = start
    return b"".join(steps[plane::width] for plane in range(width)) + ranges.numbers


def unpacked(data: bytes) -> Table:
    """Undo `packed`. Raises Damaged."""
    try:
        body = lzma.decompress(data, format=lzma.FORMAT_XZ)
        if not body.startswith(_MAGIC):
            raise Damaged("not a table of places")
        places, v4, v6 = _COUNTS.unpack_from(body, len(_MAGIC))
    except (lzma.LZMAError, StructError, EOFError) as problem:
        raise Damaged("cut off or altered") from problem
    at = len(_MAGIC) + _COUNTS.size
    names = ("", *(body[place : place + 2].decode("ascii", "replace") for place in range(at, at + 2 * places, 2)))
    at += 2 * places
    if len(body) != at + 5 * v4 + 9 * v6:
        raise Damaged("of another length than it says")
    table = Table(names, _unpacked_ranges(body, at, v4, "I"), _unpacked_ranges(body, at + 5 * v4, v6, "Q"))
    if max(max(ranges.numbers, default=0) for ranges in (table.v4, table.v6)) >= len(names):
        raise Damaged("names a place that it does not list")
    return table


def _unpacked_ranges(body: bytes, at: int, count: int, letter: str) -> Ranges:
    steps = array(letter)
    width = steps.itemsize
    mixed = bytearray(width * count)
    for plane in range(width):
        mixed[plane::width] = body[at + plane * count : at + (plane + 1) * count]
    steps.frombytes(mixed)
    if sys.byteorder == "big":
        steps.byteswap()
    at += width * count
    try:
        starts = array(letter, accumulate(steps))
    except OverflowError as problem:
        raise Damaged("addresses beyond the last") from problem
    return Ranges(starts[:], body[at : at + count])  # a copy has no room to grow


class OwnTable(NamedTuple):
    """An operator's table, and how many of its lines could not be used."""

    table: Table
    unusable: int


def own_table(lines: Iterable[str], codes: Mapping[str, str]) -> OwnTable:
    """Read an operator's table: `first,last,place` in each line, `codes` giving what may stand as a place.

    Empty lines and those that begin with # are passed over, so is a heading in the first line; other lines that say
    no range of addresses, or an unlisted place, are counted as unusable.
    """
    found: tuple[list[Range], list[Range]] = [], []
    unusable = 0
    for number, line in enumerate(lines):
        if not line.strip() or line.startswith("#"):
            continue
        range_ = _own_range(line, codes)
        if range_ is not None:
            found[range_[0]].append(range_[1])
        elif number > 0 or "." in line or ":" in line:
            unusable += 1
    return OwnTable(table_of(sorted(found[0]), sorted(found[1])), unusable)


def _own_range(line: str, codes: Mapping[str, str]) -> tuple[bool, Range] | None:
    try:
        fields = [field.strip() for field in next(csv.reader([line]))]
    except (csv.Error, StopIteration):
        return None
    if len(fields) != 3 or fields[2].upper() not in codes:
        return None
    first, last = address_of(fields[0]), address_of(fields[1])
    if first is None or last is None or first.is_v6 != last.is_v6 or first.number > last.number:
        return None
    return first.is_v6, Range(first.number, last.number, codes[fields[2].upper()])


def _countries(path: Path, is_v6: bool, known: frozenset[str]) -> Iterator[Range]:
    """The ranges of one of the package's files; those of no country, or of none with a name, are left out."""
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith("#"):
            continue
        first, last, country = line.split(",")
        country = SAME.get(country, country)
        if country not in known:
            continue
        if is_v6:
            yield Range(_network(first), _network(last), country)
        else:
            yield Range(int(first), int(last), country)


def _network(address: str) -> int:
    return int.from_bytes(inet_pton(AF_INET6, address)) >> NETWORK_BITS


def main(geoip: Path, geoip6: Path, to: Path) -> None:
    known = frozenset(code for code in names_of_places() if len(code) == 2)
    table = table_of(_countries(geoip, False, known), _countries(geoip6, True, known))
    to.write_bytes(packed(table))
    print(f"{len(table.v4.starts)} and {len(table.v6.starts)} ranges, {to.stat().st_size} bytes")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
