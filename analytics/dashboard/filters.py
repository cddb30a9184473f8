"""Filters as they stand in an address: `?device=phone&channel=search`. What they mean, and what cannot be used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analytics.codes import Channel, Cut, Device, language_code
from analytics.place import place_code, places_of_country
from analytics.place_names import names_of_places
from analytics.reading import Filter

MOST = 2
PARAMETERS = {
    "device": Cut.DEVICE,
    "channel": Cut.CHANNEL,
    "place": Cut.PLACE,
    "member": Cut.MEMBER,
    "language": Cut.LANGUAGE,
    "entry": Cut.ENTRY_KIND,
}
"""The parameters of an address by which figures are filtered, and the cut of each."""
PARAMETER_OF = {cut: name for name, cut in PARAMETERS.items()}


@dataclass(frozen=True)
class Picked:
    """One filter: the parameter of the address, its value there (the one that reports name), what it lets through."""

    parameter: str
    value: str
    filter: Filter


@dataclass(frozen=True)
class Picks:
    """The filters of an address in their order, and a text's name for whatever in it could not be used."""

    picked: tuple[Picked, ...] = ()
    problems: tuple[str, ...] = ()


def picks_of(pairs: Iterable[tuple[str, str]], kinds: Mapping[str, int]) -> Picks:
    """Read the filters of an address. Never raises: unknown and repeated values, and a third filter, are problems."""
    picked: dict[str, Picked] = {}
    problems: dict[str, None] = {}
    for name, value in pairs:
        if name not in PARAMETERS:
            continue
        found = filter_of(PARAMETERS[name], value, kinds)
        if found is None:
            problems["filter_unknown"] = None
        elif name in picked:
            problems["filter_twice"] = None
        elif len(picked) == MOST:
            problems["filter_third"] = None
        else:
            picked[name] = Picked(name, value, found)
    return Picks(tuple(picked.values()), tuple(problems))


def filter_of(cut: Cut, value: str, kinds: Mapping[str, int]) -> Filter | None:
    """What a value that reports name lets through; None where nothing can be filtered by it.

    A country lets its provinces through as well.
    """
    code = _code_of(cut, value, kinds)
    if code is None:
        return None
    is_country = cut == Cut.PLACE and "-" not in value
    return Filter(cut, *(places_of_country(code) if is_country else (code, code)))


def _code_of(cut: Cut, value: str, kinds: Mapping[str, int]) -> int | None:
    if cut == Cut.DEVICE:
        return {each.name.lower(): int(each) for each in Device}.get(value)
    if cut == Cut.CHANNEL:
        return {each.name.lower(): int(each) for each in Channel}.get(value)
    if cut == Cut.MEMBER:
        return {"guest": 0, "member": 1}.get(value)
    if cut == Cut.LANGUAGE:
        return language_code(value) or None
    if cut == Cut.ENTRY_KIND:
        return kinds.get(value)
    if cut == Cut.PLACE:
        return place_code(value) if value in names_of_places() else None
    return None
