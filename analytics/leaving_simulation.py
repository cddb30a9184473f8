"""What made-up pages tell beside their view, for demonstrations: how long they were in view, which links led out, how
long they took to make and to load. The shares are round guesses.
"""

from random import Random

from analytics.codes import Channel, Ending, Matter, Way, kind_of_page, source_code
from analytics.journal import LeavingLine, Led, ServerLine
from analytics.leaving import MOST_TELLINGS
from analytics.performance import bucket_of
from analytics.shares import Shares
from analytics.visit import Deltas

LEADS_OUT, IN_VIEW = 0.035, (0.45, 1.0)
LED = Shares((
    (30, Led(Way.DOWNLOAD, Ending.PDF)), (8, Led(Way.DOWNLOAD, Ending.ZIP)), (6, Led(Way.DOWNLOAD, Ending.CSV)),
    (4, Led(Way.DOWNLOAD, Ending.XLSX)), (20, Led(Way.LINK, source_code(Channel.OTHER, "other"))),
    *(
        (share, Led(Way.LINK, source_code(Channel.SOCIAL, host)))
        for share, host in ((14, "wechat"), (8, "zhihu"), (6, "weibo"), (4, "telegram"))
    ),
))  # fmt: skip
ANSWER_MS, LOAD_MS = (2.5, 0.7), (6.2, 0.8)
"""Mean and deviation of the logarithm of the time to make a page, and to load it."""


def left(random: Random, moved: Deltas, seconds: float) -> LeavingLine:
    """The one telling of a page that was open for so many seconds."""
    led = LED.draw(random)
    return LeavingLine(
        ticket=random.getrandbits(62) & -MOST_TELLINGS,
        day=moved.day,
        page=moved.page,
        hits=1,
        seconds=round(seconds * random.uniform(*IN_VIEW)),
        bucket=bucket_of(random.lognormvariate(*LOAD_MS)),
        led=(led,) if random.random() < LEADS_OUT else (),
    )


def answered(random: Random, moved: Deltas) -> ServerLine:
    return ServerLine(moved.day, Matter.ANSWER, kind_of_page(moved.page), bucket_of(random.lognormvariate(*ANSWER_MS)))
