"""Acts that keep a file, killed when file and row are apart: `python -m tests.killed.leaving FOLDER`. Answers in JSON.

A process of its own, because it forks.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.after_sales.talking import Saying, say
from app.foundation.clock import application_clock, now
from app.foundation.database import db
from app.foundation.uploads import place_of
from app.invoices.issuing import issue
from app.orders.models import Order
from app.payments.vouchers import add_voucher
from app.privacy.files import file_names, remove_nameless
from app.settings import current_settings
from tests.after_sales.builders import BUYER, a_case, a_photograph
from tests.checkout.builders import an_order
from tests.invoices.builders import a_paper_for, an_application
from tests.killed.dying import Died, dying, in_a_process_of_its_own
from tests.killed.stores import KeptShop
from tests.papers import papers_in_order
from tests.payments.bank.builders import a_transfer, taken_in
from tests.payments.builders import FINANCE

Doing = Callable[[], Any]


@dataclass(frozen=True)
class Leaving:
    """`begin` brings the shop to where the act begins; `dies` is the instant at which a file has no row."""

    begin: Callable[[], Doing]
    dies: str


def issuing() -> Doing:
    invoice = an_application()
    paper = a_paper_for(invoice.order.total)
    return lambda: issue(invoice.id, paper, FINANCE, now())


def photographing() -> Doing:
    case = a_case()
    key, subject, said = case.id, case.order.subject_id, Saying("看照片", [a_photograph()])
    return lambda: say(key, subject, said, BUYER, now(), None, "")


def exchanging() -> Doing:
    """The picture of before goes after the row: what is killed then leaves it."""
    order = an_order()
    add_voucher(order, a_photograph(), BUYER, now())
    key, another = order.id, a_photograph((80, 60))
    return lambda: add_voucher(db.session.get_one(Order, key), another, BUYER, now())


def importing() -> Doing:
    return lambda: taken_in(a_transfer("100.00"))


ACTS = {
    "issuing an invoice": Leaving(issuing, "before INSERT INTO invoice_documents"),
    "sending a photograph": Leaving(photographing, "before INSERT INTO after_sales_photographs"),
    "exchanging a voucher": Leaving(exchanging, "after commit"),
    "taking in a statement": Leaving(importing, "before INSERT INTO statements"),
}


def main(folder: Path) -> None:
    found = {}
    for number, (name, leaving) in enumerate(ACTS.items()):
        shop = KeptShop(folder / str(number))
        in_a_process_of_its_own(lambda shop=shop: make(shop))
        try:
            in_a_process_of_its_own(lambda shop=shop, leaving=leaving: die(shop, leaving))
        except Died:
            found[name] = in_a_process_of_its_own(lambda shop=shop: look(shop))
    print(json.dumps(found))


def make(shop: KeptShop) -> None:
    shop.make_tables()
    with shop.app.app_context():
        papers_in_order()
        shop.close()


def die(shop: KeptShop, leaving: Leaving) -> None:
    with shop.app.app_context():
        act = leaving.begin()
        db.session.commit()
        with dying(leaving.dies):
            act()


def look(shop: KeptShop) -> dict[str, Any]:
    """How many files nothing names, at once and after the sweeps of the same and of the next day."""
    with shop.app.app_context():
        seen = {"left": nameless(), "removed at once": remove_nameless()}
        application_clock.travel(hours=25)
        return {**seen, "removed next day": remove_nameless(), "left then": nameless()}


def nameless() -> int:
    """Raises FileNotFoundError where a row names a file that is not there."""
    named = {place_of(name) for name in file_names(db.session())}
    for place in named:
        place.stat()
    files = {place for place in current_settings().uploads_dir.glob("*/*") if place.is_file()}
    return len(files - named)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
