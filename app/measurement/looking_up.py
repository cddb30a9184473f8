"""What the shop asks the counting house about a request: its browser and its place. Nothing is counted by it."""

from flask import g, request

from analytics import agent
from analytics.place import place_key
from analytics.place_names import name_in
from app.measurement.house import counting_house


def browser_of_request() -> tuple[str, int]:
    """Family and major version of the browser being answered ("safari", 17); ("other", 0) where it tells none.

    Read from what it says of itself, and kept nowhere. Clause 1.2.1(2).
    """
    found = agent.agent_of(request.headers.get("User-Agent", ""))
    return found.browser.name.lower(), found.version


def place_of_address(address: str) -> str:
    """The country where an address lies, in China the province if the operator has a table: "JP", "CN-GD", or "".

    Looked up in memory, in a table that comes with the shop; nothing is counted. Clause 1.2.1(3).
    """
    return place_key(counting_house().beacon.places.place_of(address))


def name_of_place(place: str) -> str:
    """What the reader of this page calls such a place; "" for none."""
    return name_in(str(g.locale), place)
