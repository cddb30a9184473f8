"""Tries the acts that the input names, one a line: `python -m tests.killed.serving FOLDER`. Answers in lines of JSON.

A process of its own, because it forks: it never serves a request or opens a store itself, so it has one thread only.
With `--postgresql` the store is one.
"""

import json
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from bench.engines import Postgres
from tests.killed.acts import ACTS, TO_BE_FOUND_OUT
from tests.killed.dispute_acts import DISPUTE_ACTS
from tests.killed.privacy_acts import PRIVACY_ACTS
from tests.killed.stores import KeptShop
from tests.killed.transfer_acts import TRANSFER_ACTS
from tests.killed.trying import Trial

EVERY = {**ACTS, **PRIVACY_ACTS, **DISPUTE_ACTS, **TRANSFER_ACTS, **TO_BE_FOUND_OUT}


def main(folder: Path, *options: str) -> None:
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres()) if "--postgresql" in options else None
        for number, name in enumerate(map(str.strip, sys.stdin)):
            shop = KeptShop(folder / str(number), postgres)
            print(json.dumps(asdict(Trial(shop, EVERY[name]).run())), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
