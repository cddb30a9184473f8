"""`flask payments reconcile`: whether bank, receipts, allocations and orders sum to zero; ends with 1 where not."""

import json
import sys

import click
from flask.cli import AppGroup

from app.foundation.database import db
from app.payments.reconciling import Books, Reconciliation, reconcile

payment_commands = AppGroup("payments", help="Money that arrived.")


@payment_commands.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help="The same for a machine.")
def reconcile_now(as_json: bool) -> None:
    """Hold everything against each other, by day and in all. Says every day and every sum that differs."""
    found = reconcile(db.session())
    click.echo(json.dumps(_facts(found), indent=1) if as_json else _told(found))
    sys.exit(0 if found.is_sound else 1)


def _facts(found: Reconciliation) -> dict[str, object]:
    return {
        "sound": found.is_sound,
        "total": _amounts(found.total),
        "held_by_orders": str(found.held),
        "order_difference": str(found.order_difference),
        "word_difference": str(found.word_difference),
        "promised_back": str(found.promised),
        "sent_back": str(found.sent),
        "payout_difference": str(found.payout_difference),
        "days": {str(day): _amounts(books) for day, books in sorted(found.days.items()) if not books.sums_to_zero},
        "unproven": [[each.of, each.key, str(each.stored), str(each.proven)] for each in found.proofs],
    }


def _amounts(books: Books) -> dict[str, str]:
    sums = {name: str(amount) for name, amount in vars(books).items()}
    names = ("bank_difference", "institution_difference", "receipt_difference")
    return {**sums, **dict(zip(names, _shown(books), strict=True))}


def _shown(books: Books) -> list[str]:
    return [str(difference) for difference in books.differences]


def _told(found: Reconciliation) -> str:
    total = found.total
    lines = [
        f"bank {total.bank}  undecided {total.undecided}  remitted {total.remitted}  unseen {total.unseen}  "
        f"online {total.online}  allocated {total.allocated}  unapplied {total.unapplied}  held {found.held}  "
        f"surplus going back {total.returned}  promised back {found.promised}  sent back {found.sent}"
    ]
    for day, books in sorted(found.days.items()):
        if not books.sums_to_zero:
            lines.append("{}: bank differs by {}, institution by {}, receipts by {}".format(day, *_shown(books)))
    lines += [f"{each.of} {each.key}: stored {each.stored}, proven {each.proven}" for each in found.proofs]
    if found.order_difference:
        lines.append(f"orders differ by {found.order_difference}")
    if found.word_difference:
        lines.append(f"the institution's word differs by {found.word_difference}")
    if found.payout_difference:
        lines.append(f"what went back differs by {found.payout_difference}")
    return "\n".join([*lines, "all sums to zero" if found.is_sound else "DOES NOT SUM TO ZERO"])
