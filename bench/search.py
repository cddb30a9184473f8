"""`python -m bench.search [SKUS]`: how long a search takes inside one process, without any page around it.

Every query is asked of the index and the shelf anew; nothing is remembered between them.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

AIM_P95_MS = 20.0
TIMES = 5
QUERIES = (
    "蚂蚁", "神马 水冷", "s19pro", "S19 Pro", "m63s++", "110T 以上", "<30 J/T", "水冷", "a",
    "s", "pro", "hyd", "冷", "矿机",
    "蚂蚁矿机 现货 100-200T", "whatsminer m50", "avalom", "kas 矿机", "二手 3500w以下", "2万以内 比特币",
    "阿瓦隆 a15", "l7 9.5g",
)  # fmt: skip


def main(skus: int) -> int:
    from sqlalchemy import select

    from app.catalog.commands import SHIPPED_SHEET
    from app.catalog.importing import import_sheet
    from app.catalog.models import Product
    from app.catalog.shelf_reading import shelf_now
    from app.factory import create_app
    from app.foundation.clock import now
    from app.foundation.database import db
    from app.search.finding import fresh_index, search
    from app.settings import Settings
    from bench.catalogue import fill

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = create_app(Settings.from_environment({"INSTANCE_DIR": folder, "RATE_LIMITS": "off"}))
        with app.app_context():
            db.create_all()
            import_sheet(SHIPPED_SHEET.read_bytes(), now())
            fill(skus)
            started = time.perf_counter()
            shelf = shelf_now()
            shelved = time.perf_counter()
            fresh_index(db.session(), shelf)
            indexed = time.perf_counter()
            names = list(db.session.scalars(select(Product.name_en)))
            models = [name.split(" ", 1)[1] for name in random.Random(1).sample(names, 200)]
            spent = [timed(search, db.session(), shelf, query) for query in (*QUERIES * TIMES, *models)]
        size = Path(folder, "search.db").stat().st_size / 1e6
    p50, p95 = statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
    print(f"{skus} SKUs: shelf {shelved - started:.2f} s, index {indexed - shelved:.2f} s, {size:.1f} MB")
    print(f"{len(spent)} queries: p50 {p50:.2f} ms, p95 {p95:.2f} ms, slowest {max(spent):.2f} ms (aim: p95 < 20 ms)")
    return 0 if p95 < AIM_P95_MS else 1


def timed(act: Callable[..., object], *arguments: object) -> float:
    """Milliseconds that a call took."""
    started = time.perf_counter()
    act(*arguments)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
