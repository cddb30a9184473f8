"""`python -m bench.logs`: what the two logs and the distribution of times add to one answer, in microseconds.

The hooks of the real shop are called in a request's context, as Flask calls them. What is counted is the processor time
of the request's own thread, the quickest of many short runs, since other programs share the machine; what the threads
in the background need for the same lines stands in rows of its own.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response
from pyrage.x25519 import Identity

from app.factory import create_app
from app.foundation import sealed_log
from app.foundation.clock import now
from app.foundation.sealed_log import Record, sealed
from app.settings import Settings

RUNS, ROUNDS = 300, 10
BATCH = 200
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)


def main() -> int:
    keepers = [Identity.generate().to_public() for _ in range(2)]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = a_shop(Path(folder), " ".join(map(str, keepers)))
        log, page = app.extensions["analytics"].log, Response("")
        headers = {"User-Agent": AGENT, "Referer": "https://www.google.com/search?q=s19"}
        with app.test_request_context("/zh-cn/", headers=headers):
            app.preprocess_request()
            whole = cost_us(lambda: log._note_answer(page))
            times = cost_us(lambda: log.times.add(log._minute.day, 1, 3))
            print(f"service log         {whole - times:8.1f} us a request")
            print(f"distribution        {times:8.1f} us a request, in sums that go into the journal each second")
            print(f"sealed log          {cost_us(lambda: sealed_log._write_down(page)):8.1f} us a request")
        record = Record(now(), "203.0.113.77", "GET", "catalog.product", 200, "0" * 16)
        print(f"sealing             {cost_us(lambda: sealed(record.to_json(), keepers)):8.1f} us a batch of one")
        batch = "\n".join([record.to_json()] * BATCH)
        print(f"                    {cost_us(lambda: sealed(batch, keepers)):8.1f} us a batch of {BATCH}")
        print(f"size on the disk    {len(sealed(batch, keepers)) / BATCH:8.1f} bytes a record in such a batch")
    return 0


def a_shop(folder: Path, keepers: str) -> Flask:
    return create_app(Settings.from_environment({"INSTANCE_DIR": str(folder), "SEALED_LOG_PUBLIC_KEY": keepers}))


def cost_us(act: Callable[[], object]) -> float:
    runs = []
    for _ in range(RUNS):
        began = time.thread_time()
        for _ in range(ROUNDS):
            act()
        runs.append((time.thread_time() - began) / ROUNDS * 1e6)
    return min(runs)


if __name__ == "__main__":
    sys.exit(main())
