"""How fast the chain of the ledger is walked, and what its watching costs: `python -m bench.auditing --entries 200000`.

Entries go in past the acts, as many to a transaction as the chaining takes; chaining and walking are the real ones.
"""

import argparse
import resource
import tempfile
import time

from sqlalchemy import insert

from app.factory import create_app
from app.foundation import audit
from app.foundation.audit import LedgerEntry, LedgerWaiting, chain_new_entries
from app.foundation.chain_check import verify_chain
from app.foundation.chain_heads import heads_file, heads_in, keep_head
from app.foundation.clock import now
from app.foundation.database import checkpoint, db, new_id, transaction
from app.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.auditing", description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--store", help="address of an empty shop database; a SQLite file of its own by default")
    wish = parser.parse_args()
    for entries in wish.entries:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            store = {"SHOP_DATABASE_URL": wish.store} if wish.store else {}
            app = create_app(Settings.from_environment({"INSTANCE_DIR": folder, **store}))
            with app.app_context():
                db.create_all()
                print(f"{entries:>9,} entries: {figures_of(entries)}", flush=True)
                db.drop_all()


def figures_of(entries: int) -> str:
    begun = time.perf_counter()
    for start in range(0, entries, audit.CHAIN_AT_ONCE):
        write(start, min(audit.CHAIN_AT_ONCE, entries - start))
        chain_new_entries()
        db.session.expunge_all()
        if start % 20_000 == 0:
            checkpoint(db.engine)
            keep_head()
    chained = time.perf_counter() - begun
    keep_head()
    before, processor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = verify_chain(db.session(), heads_in(heads_file()))
    processor = time.process_time() - processor
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if not found.is_sound or found.links != entries:
        raise RuntimeError(f"the made-up ledger is not sound: {found}")
    begun = time.perf_counter()
    for _ in range(5):
        chain_new_entries()
    idle = (time.perf_counter() - begun) / 5 * 1000
    speed = entries / found.seconds
    return (
        f"written and chained in {chained:.1f} s; walked in {found.seconds:.2f} s, {speed:,.0f} a second, with "
        f"{processor:.2f} s of the processor; memory grew by {grown:.0f} MB; a look for new entries takes {idle:.1f} ms"
    )


def write(start: int, count: int) -> None:
    """Entries as an act writes them: a few facts, two references."""
    rows = [
        {
            "id": new_id(), "at": now(), "event": "order.placed", "actor": new_id(), "subject": new_id(),
            "facts": {"order": f"{number:012d}", "amount": 1_234_500, "parts": 1},
        }
        for number in range(start, start + count)
    ]  # fmt: skip
    with transaction() as session:
        session.execute(insert(LedgerEntry), rows)
        session.execute(insert(LedgerWaiting), [{"entry_id": row["id"]} for row in rows])


if __name__ == "__main__":
    main()
