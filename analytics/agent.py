"""What a browser says of itself: the device class, and whether it is a robot.

The tables behind these answers take 28 MB and a third of a second. They are loaded at the first question, so that a
command or a folder does without them; a server that copies itself into workers calls `load` before, and shares them.
"""

from collections.abc import Callable
from functools import cache

from analytics.codes import Device


@cache
def load() -> tuple[Callable[[str], Device], Callable[[str, bool], bool]]:
    """Load the tables; the two questions that they answer."""
    from analytics.device import device_of
    from analytics.robots import is_robot

    return device_of, is_robot


def device_of(agent: str) -> Device:
    """See device.py."""
    return load()[0](agent)


def is_robot(agent: str, count_automated_browsers: bool) -> bool:
    """See robots.py."""
    return load()[1](agent, count_automated_browsers)
