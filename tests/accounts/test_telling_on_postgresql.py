"""Where writers run side by side nobody is told twice, and no code is tried too often. Clauses 5.2.3, 1.1.1c."""

from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.codes import WrongCode
from app.accounts.ending import ServiceEndDelivery, announce_to_all
from app.accounts.giving_mail import confirm_address, give_address
from app.accounts.mail_address import mail_of
from app.accounts.models import Account
from app.foundation.clock import now, today
from app.foundation.database import db
from app.privacy.service_end import announce_end, propose_end
from tests.accounts.builders import an_account
from tests.accounts.test_mail_address import a_confirmed, code_mailed_to
from tests.privacy.publishers import ANOTHER, ONE

pytestmark = pytest.mark.part("postgresql")


def side_by_side(app: Flask, act, times: int = 4) -> None:
    gate = Barrier(times)

    def work() -> None:
        with app.app_context():
            gate.wait()
            act()
            db.session.remove()

    threads = [Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.clause("5.2.3")
def test_four_workers_tell_each_account_once(pg_shop: Flask):
    for _ in range(5):
        an_account()
    a_confirmed()
    announce_end(propose_end(today().replace(year=today().year + 1), ONE, now()).id, ANOTHER, now())
    side_by_side(pg_shop, announce_to_all)
    assert announce_to_all() == 0
    assert db.session.scalar(select(func.count(ServiceEndDelivery.id))) == 6 * 2 + 1


@pytest.mark.clause("1.1.1c")
def test_a_code_is_not_tried_more_often_by_trying_at_once(pg_shop: Flask):
    account, refused = an_account(), []
    give_address(account, "wang@example.com", now())
    code, account_id = code_mailed_to(account), account.id
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    def trying() -> None:
        try:
            confirm_address(db.session.get_one(Account, account_id), wrong, now())
        except WrongCode:
            refused.append(1)

    side_by_side(pg_shop, trying, 8)
    db.session.expire_all()
    assert len(refused) == 8 and mail_of(db.session(), account_id).code_tries == 5
