"""A shop made ready for measuring: so many SKUs, signed-in buyers, and machines in such number that none runs out.

Works in a process of its own with the measured shop's settings, through the same acts as everybody else.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass

from bench.live import ROOT, LiveShop

SHIPPED = 189
SEED = 1
SKUS_TO_BUY = 24
UNITS = 500_000
ORDERS_A_BUYER = 5


@dataclass(frozen=True)
class Prepared:
    """Each buyer's login cookie and token of the cart's button, and the SKUs that do not run out."""

    buyers: list[tuple[str, str]]
    skus: list[int]


def stock_up(shop: LiveShop, skus: int, buyers: int) -> Prepared:
    """Prepare the data of a shop that is not running. Raises CalledProcessError when that fails."""
    argv = [sys.executable, "-m", "bench.stocking", str(skus), str(buyers)]
    run = subprocess.run(
        argv, cwd=ROOT, env=shop.environment, check=True, stdout=subprocess.PIPE, text=True, timeout=900
    )
    return Prepared(**json.loads(run.stdout.splitlines()[-1]))


def main(skus: int, buyers: int) -> None:
    from app.catalog.commands import SHIPPED_SHEET
    from app.catalog.importing import import_sheet
    from app.factory import create_app
    from app.foundation.clock import now
    from app.stock.furnishing import furnish

    app = create_app()
    done = app.test_cli_runner().invoke(args=["db", "upgrade"])
    if done.exit_code:
        raise RuntimeError(f"flask db upgrade: {done.output}") from done.exception
    with app.app_context():
        import_sheet(SHIPPED_SHEET.read_bytes(), now())
        furnish(SEED, now())
    if skus > SHIPPED:
        from bench.catalogue import fill

        with app.app_context():
            fill(skus)
    ready = []
    for number in range(buyers):
        with app.test_request_context():  # a browser of its own: signing in ends what was signed in before
            ready.append(a_buyer(number))
    with app.app_context():
        prepared = Prepared(ready, stocked())
    print(json.dumps(asdict(prepared)))


def a_buyer(number: int) -> tuple[str, str]:
    """Open an account with an address and sign it in: its login cookie, and the token of the cart's button."""
    from flask import session

    from app.accounts.opening import open_account
    from app.checkout.addresses import Consignee, add_address
    from app.foundation.clock import now
    from app.foundation.forms import make_token
    from app.foundation.web_session import begin_session

    phone = f"+86137{number:08}"
    account = open_account(name=f"bench{number:04}", phone=phone, password_hash="-")  # noqa: S106 - none fits
    home = Consignee("测试仓", "测试", "上海市浦东新区示例路 1 号", phone)
    add_address(account.id, account.subject_id, home, now())
    begin_session(account.id, browser="bench")
    return str(session.new_token), make_token("cart.add")  # type: ignore[attr-defined]


def stocked() -> list[int]:
    """Machines for sale now, filled up until nobody can buy them out."""
    from sqlalchemy import select

    from app.catalog.models import Sku
    from app.foundation.clock import now
    from app.foundation.database import db
    from app.stock.models import StockLevel
    from app.stock.receiving import receive

    levels = db.session.execute(
        select(StockLevel.sku_id, StockLevel.warehouse_id).join(Sku, Sku.id == StockLevel.sku_id)
    ).all()
    chosen = {sku: warehouse for sku, warehouse in levels if db.session.get_one(Sku, sku).is_on_sale}
    for sku, warehouse in list(chosen.items())[:SKUS_TO_BUY]:
        receive(sku, warehouse, UNITS, now(), reason="bench")
    return list(chosen)[:SKUS_TO_BUY]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
