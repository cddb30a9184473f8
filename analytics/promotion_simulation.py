"""Made-up browsers that meet a promotion, counted by the real rules, for demonstrations. The shares are round guesses.

Everything is drawn from one seed, the numbers of the tickets too: what is sent in again within two days counts nothing
twice.
"""

from collections.abc import Iterator
from random import Random

from analytics.codes import Device
from analytics.journal import Journal, PromotionLine
from analytics.place import place_code
from analytics.promotion import Act, Audience, Banner, Memory, Told, advance

HELD_BACK, IN_TRIAL, COMES_AGAIN, CLICKS, BUYS, BUYS_ANYWAY = 0.1, 0.7, 0.3, 0.05, 0.03, 0.018
BANDS = 7
DEVICES = {Device.PHONE: 60, Device.DESKTOP: 34, Device.TABLET: 5, Device.OTHER: 1}
PLACES = {"CN": 88, "HK": 5, "SG": 4, "US": 3}
MEMBERS, RETURNING = 0.2, 0.4


def simulate_promotion(
    journal: Journal, campaign: int, principal: int, *, days: range, until: int, browsers: int, seed: int
) -> int:
    """About `browsers` new ones on each of `days`, nothing after day `until`; how many lines that were."""
    random = Random(seed * 65_536 + campaign)  # noqa: S311  # nosec B311 - made-up browsers need no secret
    count = 0
    for first in days:
        lines = []
        for _ in range(round(browsers * random.gauss(1, 0.1))):
            memory: Memory = ()
            audience = _audience(random)
            for day, told in _life(random, campaign, principal, first):
                memory, moves = advance(memory, told, day)
                line = PromotionLine(random.getrandbits(62), random.getrandbits(62), tuple(moves), audience)
                if moves and day <= until:
                    lines.append(line)
        if lines:
            journal.append(*lines)
        count += len(lines)
    return count


def _audience(random: Random) -> Audience:
    (device,) = random.choices(list(DEVICES), list(DEVICES.values()))
    (place,) = random.choices(list(PLACES), list(PLACES.values()))
    return Audience(device, place_code(place), int(random.random() < MEMBERS), int(random.random() < RETURNING))


def _life(random: Random, campaign: int, principal: int, day: int) -> Iterator[tuple[int, Told]]:
    """The pages of one browser that have to do with the promotion, in the order of their days."""
    act = Act.SHOWN
    if random.random() < IN_TRIAL:
        act = Act.WITHHELD if random.random() < HELD_BACK else Act.SHOWN_IN_TRIAL
    yield day, Told((Banner(act, campaign, principal),))
    if random.random() < COMES_AGAIN:
        day += random.randint(0, 5)
        yield day, Told((Banner(act, campaign, principal),))
    if random.random() < CLICKS:
        yield day, Told((Banner(Act.CLICKED, campaign, principal),))
    if random.random() < (BUYS_ANYWAY if act == Act.WITHHELD else BUYS):
        yield day + random.randint(0, 12), Told(principals=(principal,), band=random.randint(2, BANDS))
