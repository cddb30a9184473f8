"""The real parts that some tests need: found, started for the session, and named where they are absent.

A test says `@pytest.mark.part("redis")`, or asks for a fixture of this file, which says it for the test. Where a part
is absent its tests are deselected and named at the end; with `--parts=all` an absent part ends the run as a failure.
"""

import importlib.util
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from glob import glob
from pathlib import Path

import pytest

from bench.engines import Nginx, Postgres, Redis
from bench.live import LiveShop

ABSENT = pytest.StashKey[Counter[str]]()
PART_OF_FIXTURE = {
    "postgres": "postgresql",
    "postgres_url": "postgresql",
    "redis_url": "redis",
    "nginx": "nginx",
    "browser": "chromium",
    "chromium": "chromium",
}


def _has_postgresql() -> bool:
    return bool(glob("/usr/lib/postgresql/*/bin/postgres")) and importlib.util.find_spec("psycopg") is not None


def _has_redis() -> bool:
    return shutil.which("redis-server") is not None and importlib.util.find_spec("redis") is not None


def _has_nginx() -> bool:
    return shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") is not None


def _has_chromium() -> bool:
    return Path("/usr/bin/chromium").exists() and importlib.util.find_spec("playwright") is not None


def _has_fonts() -> bool:
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


PARTS: dict[str, Callable[[], bool]] = {
    "postgresql": _has_postgresql,
    "redis": _has_redis,
    "nginx": _has_nginx,
    "chromium": _has_chromium,
    "fonts": _has_fonts,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--parts", default="present", choices=["present", "all"], help="all: an absent part is a failure")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("parts") == "all" and (
        absent := [name for name, is_present in PARTS.items() if not is_present()]
    ):
        raise pytest.UsageError(f"every part is demanded, but absent here: {', '.join(absent)}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    present = {name: is_present() for name, is_present in PARTS.items()}
    kept: list[pytest.Item] = []
    deselected: list[pytest.Item] = []
    absent: Counter[str] = Counter()
    for item in items:
        missing = [name for name in _parts_of(item) if not present[name]]
        absent.update(missing)
        (deselected if missing else kept).append(item)
    config.stash[ABSENT] = absent
    if hasattr(config, "workeroutput"):
        config.workeroutput["absent_parts"] = dict(absent)
    if deselected:
        items[:] = kept
        config.hook.pytest_deselected(items=deselected)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """A worker of pytest-xdist ended: take over what it could not run."""
    absent = getattr(node, "workeroutput", {}).get("absent_parts")
    if absent is not None:
        node.config.stash[ABSENT] = Counter(absent)  # type: ignore[attr-defined]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    absent = config.stash.get(ABSENT, Counter())
    if absent:
        terminalreporter.write_line(f"Not run, their part is absent here: {_named(absent)}", yellow=True)


def _parts_of(item: pytest.Item) -> set[str]:
    named = {name for mark in item.iter_markers("part") for name in mark.args}
    named |= {PART_OF_FIXTURE[name] for name in getattr(item, "fixturenames", ()) if name in PART_OF_FIXTURE}
    if unknown := named - PARTS.keys():
        raise pytest.UsageError(f"{item.nodeid} asks for a part that nobody knows: {', '.join(sorted(unknown))}")
    return named


def _named(absent: Counter[str]) -> str:
    return ", ".join(f"{name} ({count} test{'s' if count > 1 else ''})" for name, count in sorted(absent.items()))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of our own for the session; `.new_database()` gives the address of an empty database."""
    with Postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The address of a new, empty PostgreSQL database."""
    return postgres.new_database()


@pytest.fixture(scope="session")
def _redis() -> Iterator[Redis]:
    with Redis() as server:
        yield server


@pytest.fixture
def redis_url(_redis: Redis) -> str:
    """The address of an empty Redis."""
    _redis.empty()
    return _redis.url


@pytest.fixture
def nginx() -> Iterator[Nginx]:
    """An nginx that is not running yet: `nginx.start(server_block)` answers with its address."""
    with Nginx() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Debian's Chromium, driven by Playwright; a test opens contexts of its own in it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    """The real thing, started as `make run` starts it, with data of its own and the demo loaded.

    It believes what a proxy says of a visitor's address, so that the people of the tests live in homes of their own.
    """
    shop = LiveShop(tmp_path_factory.mktemp("live"), {"TRUSTED_PROXIES": "1"})
    shop.start()
    yield shop
    shop.stop()
