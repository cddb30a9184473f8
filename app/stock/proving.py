"""The counters of the stock are proven from their ledger, again and again. FLOWS.md 1."""

from app.foundation.alarms import clear, sound
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.stock.levels import settle_available
from app.stock.queries import levels_off_ledger, wrongly_available

ALARM = "stock"
NAMED = 20


class LevelsDiffer(RuntimeError):
    """A level is not the sum of its ledger: the store is damaged, or something moves stock beside us."""


@every(seconds=600, name="stock.prove_levels", apart=True)
def prove_levels() -> None:
    """Alarm where a level is not the sum of its ledger, until none is; tell the catalogue what it has wrong.

    Raises LevelsDiffer.
    """
    found, wrong = levels_off_ledger(db.session()), wrongly_available(db.session())
    with transaction() as session:
        for sku_id in wrong:
            settle_available(session, sku_id)
        if not found:
            clear(session, ALARM)
            return
        sound(session, ALARM, now(), levels=len(found), first=[list(place) for place in found[:NAMED]])
    raise LevelsDiffer
