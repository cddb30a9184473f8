"""The logs of the running shop: several processes, one file, nothing lost when it is stopped. Clause 1.2.1."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyrage.x25519 import Identity

from app.foundation.sealed_log import opened
from bench.live import LiveShop

KEEPERS = [Identity.generate() for _ in range(2)]
CANARY = "canary7f3a91"
ADDRESS = "203.0.113.77"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[LiveShop]:
    keys = " ".join(str(keeper.to_public()) for keeper in KEEPERS)
    shop = LiveShop(
        tmp_path, {"SEALED_LOG_PUBLIC_KEY": keys, "TRUSTED_PROXIES": "1", "WEB_WORKERS": "2", "DEMO": "off"}
    )
    shop.start()
    yield shop
    shop.stop()


def lines_below(folder: Path) -> list[bytes]:
    return [line for path in sorted(folder.iterdir()) for line in path.read_bytes().splitlines()]


@pytest.mark.clause("1.2.1")
@pytest.mark.clause("1.2.1(3)")
def test_each_answer_has_its_line_in_both_logs_when_the_shop_is_stopped_at_once(shop: LiveShop) -> None:
    headers = {"X-Forwarded-For": ADDRESS, "User-Agent": f"{CANARY}bot", "Referer": f"https://{CANARY}.example/"}
    asked = [shop.get(f"/en/products/{CANARY}?q={CANARY}", **headers).headers["X-Request-ID"] for _ in range(40)]
    shop.stop()
    told = [json.loads(line) for line in lines_below(shop.folder / "instance" / "log")]
    sealed = [
        json.loads(record)
        for line in lines_below(shop.folder / "instance" / "sealed")
        for record in opened(line, KEEPERS)
    ]
    assert Counter(line["request"] for line in told if line["event"] == "request") >= Counter(asked)
    assert {record["request"] for record in sealed if record["address"] == ADDRESS} == set(asked)
    assert CANARY not in shop.log and ADDRESS not in shop.log


@pytest.mark.clause("1.2.1(3)")
def test_the_worker_deletes_both_logs_by_the_applications_clock(tmp_path: Path) -> None:
    clock = tmp_path / "offset"
    clock.write_text("0")
    shop = LiveShop(
        tmp_path, {"SEALED_LOG_PUBLIC_KEY": str(KEEPERS[0].to_public()), "CLOCK_FILE": str(clock), "DEMO": "off"}
    )
    shop.start()
    try:
        shop.get("/en/")
        folders = [shop.folder / "instance" / name for name in ("log", "sealed")]
        assert within(5, lambda: all(folder.exists() and lines_below(folder) for folder in folders))
        clock.write_text(str(184 * 24 * 3600))
        assert within(75, lambda: not any(lines_below(folder) for folder in folders))
    finally:
        shop.stop()


def within(seconds: float, holds) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return False
