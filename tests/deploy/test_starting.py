"""`make run`: everything starts together, stops together, and leaves nothing behind however it ends. DESIGN.md 6."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.effort import children_of, command_of
from bench.live import ROOT, LiveShop
from bench.measuring import servers, web_processes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data that the first start of this file has prepared."""
    return tmp_path_factory.mktemp("starting")


@pytest.fixture
def shop(folder: Path) -> Iterator[LiveShop]:
    shop = LiveShop(folder)
    shop.start()
    yield shop
    shop.stop()


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def start_and_read(shop: LiveShop) -> subprocess.CompletedProcess[str]:
    """A start that is expected to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.run"], cwd=ROOT, env=shop.environment, capture_output=True, text=True, timeout=60
    )


def test_the_shop_answers_and_says_where_it_is(shop: LiveShop) -> None:
    answer = shop.get("/readyz")
    assert answer.status == 200
    assert f"Yunshang is open at {shop.url}/" in shop.log


def test_the_demo_accounts_are_printed(shop: LiveShop) -> None:
    assert re.search(r"(?i)buyer", shop.log)
    assert re.search(r"(?i)clerk", shop.log)
    assert re.search(r"(?i)marketer", shop.log)


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_order_stops_every_program(shop: LiveShop, order: signal.Signals) -> None:
    assert shop.starter is not None
    assert len(shop.processes()) > 3
    shop.starter.send_signal(order)
    assert shop.starter.wait(15) == 0
    assert shop.processes() == []


def test_nothing_goes_on_when_the_starter_is_killed(shop: LiveShop) -> None:
    assert shop.starter is not None
    shop.starter.kill()
    shop.starter.wait()
    assert within(12, lambda: shop.processes() == []), [command_of(pid) for pid in shop.processes()]


def test_no_web_process_goes_on_when_its_server_and_the_starter_are_killed_at_once(shop: LiveShop) -> None:
    assert shop.starter is not None
    os.kill(shop.starter.pid, signal.SIGSTOP)  # or it would start the server again in between
    for pid in [*servers(shop), shop.starter.pid]:
        os.kill(pid, signal.SIGKILL)
    shop.starter.wait()
    assert within(12, lambda: shop.processes() == []), [command_of(pid) for pid in shop.processes()]


@pytest.mark.parametrize("program", ["deploy.web", "--app wsgi worker"])
def test_a_killed_program_is_started_again(shop: LiveShop, program: str) -> None:
    assert shop.starter is not None
    (killed,) = (pid for pid in children_of(shop.starter.pid) if program in command_of(pid))
    os.kill(killed, signal.SIGKILL)
    assert within(
        15, lambda: killed not in shop.processes() and any(program in command_of(p) for p in shop.processes())
    )
    assert within(60, lambda: answers(shop))


def test_a_killed_web_worker_is_replaced(shop: LiveShop) -> None:
    before = set(web_processes(shop))
    os.kill(min(before), signal.SIGKILL)
    assert within(15, lambda: len(set(web_processes(shop)) - before) == 1)
    assert within(60, lambda: answers(shop))


def test_a_busy_port_is_refused_with_a_sentence(folder: Path) -> None:
    shop = LiveShop(folder)
    with socket.create_server(("127.0.0.1", shop.port)):
        run = start_and_read(shop)
    assert run.returncode == 2
    assert f"port {shop.port} (web) is taken by another program" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_second_start_on_the_same_data_is_refused_with_a_sentence(shop: LiveShop) -> None:
    second = LiveShop(shop.folder)
    run = start_and_read(second)
    assert run.returncode == 2
    assert "already running" in run.stderr and "INSTANCE_DIR" in run.stderr


def test_a_wrong_setting_is_named(folder: Path) -> None:
    run = start_and_read(LiveShop(folder, {"PORT": "eight thousand"}))
    assert run.returncode == 2
    assert "PORT must be a whole number" in run.stderr


def test_an_empty_shop_runs_beside_a_furnished_one(shop: LiveShop, tmp_path: Path) -> None:
    other = LiveShop(tmp_path, {"DEMO": "off"})
    other.start()
    try:
        assert shop.get("/readyz").status == other.get("/readyz").status == 200
        assert b'href="/en/products/' in shop.get("/en/products").read()
        assert b'href="/en/products/' not in other.get("/en/products").read()
    finally:
        other.stop()


def test_a_second_start_prepares_nothing_again(shop: LiveShop) -> None:
    """So it is quick; a test by the clock would say more of the machine than of the shop."""
    shop.stop()
    again = LiveShop(shop.folder)
    again.start()
    again.stop()
    assert again.log.count("machines, parts, services and stock") == 1
    assert "The demo data is loaded already." in again.log.rpartition("Stopped.")[0].rpartition("Stopped.")[2]


def answers(shop: LiveShop) -> bool:
    try:
        return shop.get("/readyz").status == 200
    except OSError:
        return False
