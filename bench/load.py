"""Asking a server as fast as it answers, for a bounded time: with `wrk` where it is here, else with our own client."""

import asyncio
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Ask:
    """One request of a row; a row's requests are asked in turn."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Answers:
    """What a run gave. Times are milliseconds; `failed` counts answers of 400 and more, and broken connections."""

    count: int
    seconds: float
    p50: float
    p99: float
    failed: int

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


def ask(host: str, port: int, asks: Sequence[Ask], *, seconds: float, connections: int) -> Answers:
    """Keep `connections` connections busy with these requests."""
    if shutil.which("wrk"):
        return _with_wrk(host, port, asks, seconds, connections)
    return asyncio.run(_with_our_own(host, port, asks, seconds, connections))


LUA = """
local asks = {%s}
local turn = math.random(#asks)
request = function()
  turn = turn %% #asks + 1
  local a = asks[turn]
  return wrk.format(a[1], a[2], a[3], a[4])
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("FIGURES %%d %%f %%f %%f %%d\\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def _with_wrk(host: str, port: int, asks: Sequence[Ask], seconds: float, connections: int) -> Answers:
    rows = ",\n".join(map(_in_lua, asks))
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "asks.lua"
        script.write_text(LUA % rows)
        argv = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "-s", str(script)]
        run = subprocess.run(
            [*argv, f"http://{host}:{port}/"], capture_output=True, text=True, timeout=seconds + 60, check=False
        )
    found = re.search(r"FIGURES (\d+) ([\d.]+) ([\d.]+) ([\d.]+) (\d+)", run.stdout)
    if not found:
        raise RuntimeError(f"wrk said: {run.stdout}{run.stderr}")
    return Answers(int(found[1]), float(found[2]), float(found[3]), float(found[4]), int(found[5]))


def _in_lua(one: Ask) -> str:
    headers = ", ".join(f"[{json.dumps(name)}]={json.dumps(value)}" for name, value in one.headers.items())
    body = json.dumps(one.body) if one.body else "nil"
    return f"{{{json.dumps(one.method)}, {json.dumps(one.path)}, {{{headers}}}, {body}}}"


async def _with_our_own(host: str, port: int, asks: Sequence[Ask], seconds: float, connections: int) -> Answers:
    requests = [_wire(f"{host}:{port}", one) for one in asks]
    times: list[float] = []
    failed = 0
    end = time.monotonic() + seconds

    async def one_connection(number: int) -> None:
        nonlocal failed
        turn = number
        while time.monotonic() < end:
            reader, writer = await asyncio.open_connection(host, port)
            try:
                while time.monotonic() < end:
                    turn += 1
                    started = time.perf_counter()
                    writer.write(requests[turn % len(requests)])
                    status = await asyncio.wait_for(_answer(reader), 10)
                    times.append((time.perf_counter() - started) * 1000)
                    failed += status >= 400
            except (OSError, ValueError, asyncio.IncompleteReadError, TimeoutError):
                failed += 1
            finally:
                writer.close()

    began = time.monotonic()
    await asyncio.gather(*(one_connection(number) for number in range(connections)))
    took = time.monotonic() - began
    times.sort()
    p50, p99 = (times[int(len(times) * part)] if times else 0.0 for part in (0.5, 0.99))
    return Answers(len(times), took, p50, p99, failed)


def _wire(host: str, one: Ask) -> bytes:
    body = one.body.encode()
    lines = [f"{one.method} {one.path} HTTP/1.1", f"Host: {one.headers.get('Host', host)}"]
    lines += [f"{name}: {value}" for name, value in one.headers.items() if name != "Host"]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read one answer whole and give its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if found := re.search(r"content-length: *(\d+)", head):
        await reader.readexactly(int(found[1]))
    elif "transfer-encoding: chunked" in head:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    return status
