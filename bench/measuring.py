"""One row measured: the shop's answers, what they cost, and a file of the same size from nginx right after."""

import statistics
from dataclasses import dataclass
from pathlib import Path

from bench.effort import children_of, command_of, cpu_seconds, memory_mb
from bench.engines import Nginx
from bench.live import LiveShop
from bench.load import Answers, Ask, ask
from bench.rows import BEACON, Row


@dataclass(frozen=True)
class Pace:
    """How long and how wide a row is asked."""

    seconds: float
    connections: int


@dataclass(frozen=True)
class Figure:
    """A measured row. `beside` is nginx with a file of the same size, in requests a second."""

    name: str
    answers: Answers
    cpu_ms: float
    size: int
    beside: float

    @property
    def ratio(self) -> float:
        return self.answers.per_second / self.beside if self.beside else 0.0


def measure(row: Row, shop: LiveShop, nginx: Nginx, www: Path, pace: Pace) -> Figure:
    asks = row.asks(shop)
    size = typical_size(shop, asks)
    ask("127.0.0.1", shop.port, asks, seconds=1, connections=4)  # warm: first renderings, bitmaps, prepared statements
    web = web_processes(shop)
    before = cpu_seconds(web)
    answers = ask("127.0.0.1", shop.port, asks, seconds=pace.seconds, connections=pace.connections)
    cpu_ms = (cpu_seconds(web) - before) * 1000 / max(1, answers.count)
    beside = pixel_pace(nginx, pace) if row is BEACON else static_pace(nginx, www, size, pace)
    return Figure(row.name, answers, cpu_ms, size, beside)


def typical_size(shop: LiveShop, asks: list[Ask]) -> int:
    """The middle size of the bodies that these requests are answered with."""
    sizes = []
    for one in asks[:10]:
        if one.method == "GET":
            answer = shop.get(one.path, **one.headers)
            sizes.append(len(answer.read()))
            if answer.status != 200:
                raise LookupError(f"{one.path} answers {answer.status}")
    return int(statistics.median(sizes)) if sizes else 300


def static_pace(nginx: Nginx, www: Path, size: int, pace: Pace) -> float:
    (www / f"{size}.html").write_bytes(b"x" * size)
    asks = [Ask(f"/{size}.html")]
    return ask("127.0.0.1", nginx.port, asks, seconds=min(2, pace.seconds), connections=pace.connections).per_second


def pixel_pace(nginx: Nginx, pace: Pace) -> float:
    """nginx with its own 1x1 picture: the most that a beacon could answer."""
    seconds = min(2, pace.seconds)
    return ask("127.0.0.1", nginx.port, [Ask("/pixel")], seconds=seconds, connections=pace.connections).per_second


def web_processes(shop: LiveShop) -> list[int]:
    """The web workers: the processes below the server's own."""
    return [pid for server in servers(shop) for pid in children_of(server)]


def servers(shop: LiveShop) -> list[int]:
    starter = shop.starter.pid if shop.starter else 0
    return [pid for pid in children_of(starter) if "deploy.web" in command_of(pid)]


def memory(shop: LiveShop) -> dict[str, float]:
    """Resident megabytes of each program of the shop, the web's largest process first."""
    starter = shop.starter.pid if shop.starter else 0
    found = {"web worker": max((memory_mb(pid) for pid in web_processes(shop)), default=0.0)}
    for pid in children_of(starter):
        words = command_of(pid)
        name = "web server" if "deploy.web" in words else "background worker" if " worker" in words else "simulators"
        found[name] = memory_mb(pid)
    return found
