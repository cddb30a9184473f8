"""Accepting that a restored store has a shorter chain than the heads kept outside say. Clauses 2.4, 5.1.1f.

What was written after the backup is lost, and the heads tell so for good reason. Somebody says once that a restore is
why: the heads beyond the restored chain are given up by a line of their own, and the ledger goes on with an entry
about it.
"""

from datetime import datetime

from app.foundation.audit import chain_end, chain_new_entries, record
from app.foundation.chain_check import LedgerDamaged, verify_chain
from app.foundation.chain_heads import give_up_heads, heads_file, heads_in, keep_head
from app.foundation.database import db, transaction


class NothingLost(RuntimeError):
    """The chain is as long as the heads say: there is nothing to accept."""


def accept_loss(at: datetime) -> int:
    """Let the ledger go on from its last link; returns how many links were lost. For a shop that is not open yet.

    Raises NothingLost, and LedgerDamaged where what is there is not the beginning of the chain that the heads know.
    """
    file, end = heads_file(), chain_end(db.session())
    highest = max((head.number for head in heads_in(file)), default=0)
    if not end.number or highest <= end.number:
        raise NothingLost
    known = (head for head in heads_in(file) if head.number <= end.number)
    if not verify_chain(db.session(), known).is_sound:
        raise LedgerDamaged
    give_up_heads(file, end.number, end.hash, at)
    with transaction():
        record("ledger.loss_accepted", kept=end.number, lost=highest - end.number)
    chain_new_entries()
    keep_head()
    return highest - end.number
