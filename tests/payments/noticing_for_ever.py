"""Sends a buyer (by number) to the institution for ever, which says "paid"; tells each answer, until killed."""

import sys
from pathlib import Path

from app.accounts.models import Account
from app.catalog.models import Sku
from app.factory import create_app
from app.foundation.database import db
from tests.conftest import settings_for
from tests.payments.online import an_attempt, an_online_order, notify, said_about


def main(folder: Path, which: int) -> None:
    app = create_app(settings_for(folder))
    with app.app_context():
        buyer, sku = db.session.query(Account).order_by(Account.id).all()[which], db.session.query(Sku).one()
        while True:
            attempt = an_attempt(an_online_order(sku, account=buyer))
            print(notify(app.test_client(), said_about(attempt)), attempt.oid, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
