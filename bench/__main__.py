"""`make bench`: the table. `ARGS="--seconds 3 --skus 189"` shortens it; `--only product` asks one row."""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.checkout import measure_checkouts
from bench.engines import Nginx
from bench.live import LiveShop
from bench.measuring import Figure, Pace, measure, memory
from bench.rows import BEACON, ROWS
from bench.stocking import stock_up

BUYERS_A_SECOND = 60
HEAD = (
    f"{'SKUs':>6}  {'page':<22}{'per s':>8}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>8}{'failed':>8}"
    f"{'KB':>7}{'nginx':>9}{'ratio':>9}"
)


def main() -> int:
    wish = options()
    pace = Pace(wish.seconds, wish.connections)
    found: dict[tuple[int, str], Figure] = {}
    with Nginx() as nginx, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        www = Path(folder)
        www.chmod(0o755)
        nginx.start(f"root {www}; location = /pixel {{ empty_gif; }}")
        for skus in wish.skus:
            shop = LiveShop(www / str(skus), {"RATE_LIMITS": "off"})
            print(f"\nStocking a shop with {skus} SKUs ...", flush=True)
            prepared = stock_up(shop, skus, buyers=max(wish.connections, round(wish.seconds * BUYERS_A_SECOND)))
            shop.start()
            try:
                print(HEAD)
                for row in [*ROWS, BEACON]:
                    if not wish.only or wish.only in row.name:
                        found[skus, row.name] = show(skus, measure(row, shop, nginx, www, pace))
                if not wish.only or wish.only in "checkout":
                    found[skus, "whole checkout"] = show(skus, measure_checkouts(shop, prepared, pace))
                print("memory MB: " + ", ".join(f"{name} {mb:.0f}" for name, mb in memory(shop).items()))
            finally:
                shop.stop()
    compare(found, wish.skus)
    failed = sum(figure.answers.failed for figure in found.values())
    print(f"\nfailed requests: {failed}")
    return 1 if failed else 0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="of each row")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--skus", type=int, nargs="+", default=[189, 50_000])
    parser.add_argument("--only", help="a part of one row's name")
    return parser.parse_args()


def show(skus: int, figure: Figure) -> Figure:
    answers = figure.answers
    print(
        f"{skus:>6}  {figure.name:<22}{answers.per_second:>8.0f}{answers.p50:>9.2f}{answers.p99:>9.2f}"
        f"{figure.cpu_ms:>8.3f}{answers.failed:>8}{figure.size / 1024:>7.1f}{figure.beside:>9.0f}{figure.ratio:>9.3f}",
        flush=True,
    )
    return figure


def compare(found: dict[tuple[int, str], Figure], sizes: list[int]) -> None:
    """How much slower each row is in the large catalogue than in the small one."""
    if len(sizes) < 2:
        return
    print(f"\n{sizes[-1]} SKUs beside {sizes[0]}: requests a second of the small one over those of the large one")
    for name in dict.fromkeys(name for _, name in found):
        small, large = found[sizes[0], name].answers.per_second, found[sizes[-1], name].answers.per_second
        print(f"  {name:<22}{small / large if large else float('inf'):>6.2f}x")


if __name__ == "__main__":
    sys.exit(main())
