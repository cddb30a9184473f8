"""Where an address lies: a country, and in China a province where the operator has a table. Clauses 1.2.1(3), 2.9.

The address is looked up in memory and forgotten; what remains is one small number. The table of countries comes with
the package (analytics/data/README.md names its origin and licence). A table that is absent or damaged means "unknown".
"""

import logging
from functools import cache
from pathlib import Path

from analytics.place_names import DATA, name_in, names_of_places
from analytics.place_table import Damaged, Table, address_of, own_table, unpacked

log = logging.getLogger(__name__)

UNKNOWN = 0

_HOME = "CN"
_WITHIN = f"{_HOME}-"
_COUNTRY = 1000


def place_code(place: str) -> int:
    """The number of a place: a country by its two letters (ISO 3166-1), a province by "CN-" and two (ISO 3166-2).

    UNKNOWN for anything else. A number keeps its meaning, whatever the tables say. A country's number is a multiple of
    a thousand, and those of its provinces follow it.
    """
    letters = place.removeprefix(_WITHIN)
    if not (len(letters) == 2 and letters.isascii() and letters.isalpha() and letters.isupper()):
        return UNKNOWN
    number = 1 + (ord(letters[0]) - 65) * 26 + ord(letters[1]) - 65
    return number * _COUNTRY if letters == place else place_code(_HOME) + number


def place_key(code: int) -> str:
    """The place of such a number: "JP", "CN-GD"; "" for UNKNOWN and for what is none."""
    country, province = divmod(code, _COUNTRY)
    if province:
        return _WITHIN + _letters(province) if country_of(code) == place_code(_HOME) and _letters(province) else ""
    return _letters(country)


def _letters(number: int) -> str:
    return chr(65 + (number - 1) // 26) + chr(65 + (number - 1) % 26) if 0 < number <= 676 else ""


def country_of(code: int) -> int:
    """The country that a place is, or lies in."""
    return code - code % _COUNTRY


def places_of_country(country: int) -> tuple[int, int]:
    """The smallest and the largest number of places in a country."""
    return country, country + _COUNTRY - 1


def place_name(code: int, language: str) -> str:
    """What people call a place; "" for UNKNOWN, Chinese for a language that is not here."""
    return name_in(language, place_key(code))


@cache
def table_of_countries(file: Path = DATA / "places.xz") -> Table | None:
    """The packed table, 5 MB; None where it is absent or damaged. A server loads it before it copies itself."""
    try:
        return unpacked(file.read_bytes())
    except (OSError, Damaged) as problem:
        log.error("the table of countries cannot be used, places are unknown: %s", problem)
        return None


class Places:
    """Finds places of addresses. The tables are read at the first question and then kept.

    `provinces` names the operator's table: lines of `first,last,CN-GD`, addresses of either kind.
    """

    def __init__(self, provinces: Path | None = None, countries: Path = DATA / "places.xz") -> None:
        self._provinces_file, self._countries_file = provinces, countries
        self._tables: tuple[Table | None, Table | None] | None = None
        self._codes: dict[str, int] = {}

    def _load(self) -> tuple[Table | None, Table | None]:
        """Tables of countries and provinces; never raises."""
        if self._tables is None:
            self._tables = table_of_countries(self._countries_file), self._provinces()
        return self._tables

    def place_of(self, address: str) -> int:
        """The code of the place where an address of IPv4 or IPv6 lies; UNKNOWN for private ones and for nonsense."""
        countries, provinces = self._tables or self._load()
        found = address_of(address)
        if found is None or countries is None:
            return UNKNOWN
        place = countries.place_at(found)
        if place == _HOME and provinces is not None:
            place = provinces.place_at(found) or place
        return self._code(place)

    def _code(self, place: str) -> int:
        code = self._codes.get(place)
        if code is None:
            code = self._codes[place] = place_code(place)
        return code

    def _provinces(self) -> Table | None:
        if self._provinces_file is None:
            return None
        codes = {code: code for code in names_of_places() if code.startswith(_WITHIN)}
        codes |= {code.removeprefix(_WITHIN): code for code in codes}
        try:
            text = self._provinces_file.read_text(encoding="utf-8-sig", errors="replace")
        except OSError as problem:
            log.error("the table of provinces cannot be read, provinces are unknown: %s", problem)
            return None
        table, unusable = own_table(text.splitlines(), codes)
        if unusable:
            log.error("%d lines of the table of provinces cannot be used", unusable)
        return table
