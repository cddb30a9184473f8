"""Open the bakery at http://127.0.0.1:8080, its counts in a temporary folder, folded once a second."""

import tempfile
import threading
import time
from pathlib import Path

from analytics.example.bakery import bakery

with tempfile.TemporaryDirectory(prefix="bakery-") as folder:
    site, counting_house = bakery(Path(folder), time.time)

    def fold_for_ever() -> None:
        while True:
            counting_house.fold()
            time.sleep(1)

    threading.Thread(target=fold_for_ever, daemon=True).start()
    site.run(port=8080)
