"""How the tests are spread over processes: a file stays whole, and so do rooms whose files share one running shop.

What a file's or a room's tests share (an engine, the shop as it runs, all that a browser saw of it) is so made once.
The largest go first, so that both processes end at about the same time.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling
from xdist.scheduler.protocol import Scheduling

WHOLE_ROOMS = ("tests/browser/", "tests/deploy/")


class ByFileOrRoom(LoadScopeScheduling):
    """Gives each process whole files, and the rooms of `WHOLE_ROOMS` whole."""

    def _split_scope(self, nodeid: str) -> str:
        return next((room for room in WHOLE_ROOMS if nodeid.startswith(room)), nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    return ByFileOrRoom(config, log)
