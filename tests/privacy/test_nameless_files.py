"""What the nightly sweep of files leaves alone, and when it removes nothing but sounds an alarm. Clause 5.1.3b."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.profile import Added, keep_profile
from app.after_sales.talking import Saying, say
from app.catalog.pictures import add_picture, remove_picture
from app.foundation.alarms import standing
from app.foundation.audit import LedgerEntry
from app.foundation.clock import Clock, now
from app.foundation.data_keys import create_subject, data_keys
from app.foundation.database import db
from app.foundation.uploads import store_private
from app.payments.vouchers import add_voucher
from app.privacy.files import ALARM, MOST, remove_nameless
from app.settings import current_settings
from tests.accounts.builders import an_account
from tests.after_sales.builders import BUYER, a_case, a_photograph
from tests.catalog.builders import a_product
from tests.checkout.builders import an_order
from tests.invoices.builders import an_issued_invoice
from tests.payments.bank.builders import a_transfer, taken_in

READ_AT_ONCE = 500


@pytest.fixture
def folder(app: Flask) -> Path:
    """The uploads folder, with nothing in it."""
    shutil.rmtree(current_settings().uploads_dir, ignore_errors=True)
    return current_settings().uploads_dir


def files(folder: Path) -> set[str]:
    return {str(place.relative_to(folder)) for place in folder.glob("*/*")}


def nameless(how_many: int) -> list[str]:
    subject_id = create_subject()
    return [store_private(subject_id, b"a file") for _ in range(how_many)]


@pytest.mark.clause("5.1.3b")
def test_every_file_that_a_row_names_stays(folder: Path, clock: Clock):
    an_issued_invoice()
    case = a_case()
    say(case.id, case.order.subject_id, Saying("照片", [a_photograph(), a_photograph((9, 9))]), BUYER, now(), None, "")
    add_voucher(an_order(), a_photograph(), BUYER, now())
    keep_profile(an_account(), Added(), now(), picture=a_photograph())
    add_picture(a_product().id, a_photograph(), "正面", "Front", now(), folder)
    taken_in(*[a_transfer("100.00", number=f"N{number}") for number in range(READ_AT_ONCE + 1)], whole=False)
    before = files(folder)
    assert len(before) == 7
    clock.travel(days=3)
    assert remove_nameless() == 0
    assert files(folder) == before


def test_drafts_and_pictures_of_nothing_go_and_what_is_not_ours_stays(folder: Path, clock: Clock):
    picture = add_picture(a_product().id, a_photograph(), "正面", "Front", now(), folder)
    [name] = nameless(1)
    draft = (folder / name[:2] / name).with_suffix(".part")
    draft.write_bytes(b"half a file")
    remove_picture(picture.id, now(), Path("elsewhere"))
    (folder / "products" / "README.txt").write_text("of the operator")
    assert remove_nameless() == 0 and len(files(folder)) == 4
    clock.travel(hours=25)
    assert remove_nameless() == 3
    assert files(folder) == {"products/README.txt"}
    said = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "files.nameless_removed")).one()
    assert said.facts == {"files": 3}


def test_what_nobody_can_read_any_more_goes(folder: Path, clock: Clock):
    order = an_order()
    add_voucher(order, a_photograph(), BUYER, now())
    data_keys().destroy(order.subject_id)
    db.session.info.clear()
    clock.travel(hours=25)
    assert remove_nameless() == 1 and files(folder) == set()


def test_many_at_once_are_an_alarm_and_nothing_is_removed(folder: Path, clock: Clock):
    names = nameless(MOST + 1)
    clock.travel(hours=25)
    assert remove_nameless() == 0 and len(files(folder)) == MOST + 1
    assert [alarm.name for alarm in standing(db.session())] == [ALARM]
    (folder / names[0][:2] / names[0]).unlink()
    assert remove_nameless() == MOST and files(folder) == set()
    assert standing(db.session()) == []
