"""What a member reads of a dispute elsewhere: who got something, and the copy of everything. Clauses 4.1.1, P.5."""

import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.people import person_of
from app.disputes.choosing import CASE
from app.foundation.clock import now
from app.foundation.database import db
from app.privacy.export import export
from tests.accounts.builders import signed_in
from tests.after_sales.builders import a_photograph
from tests.disputes.builders import OTHER_NAME, SIGNED_NAME, STATEMENT, a_signed_dispute, answered, path

pytestmark = pytest.mark.clause("4.1.1(5)")


@pytest.mark.clause("4.1.1")
@pytest.mark.parametrize(("lang", "words"), [("zh-cn", "纠纷的对方"), ("en", "The other side of a dispute")])
def test_each_look_stands_among_who_received_my_data(app: Flask, lang: str, words: str):
    dispute = a_signed_dispute()
    owner = signed_in(app.test_client(), db.session.get_one(Account, dispute.account_id))
    before = owner.get(f"/{lang}/privacy/data").text.count(words)
    for _ in range(2):
        assert app.test_client().get(path(dispute)).status_code == 200
    assert owner.get(f"/{lang}/privacy/data").text.count(words) >= before + 1


@pytest.mark.clause("P.5")
def test_the_copy_holds_the_members_words_and_photographs_and_nothing_of_the_other_side(app: Flask):
    dispute = answered(a_signed_dispute(CASE), "对方的话", [a_photograph((80, 60))])
    account = db.session.scalars(select(Account).where(Account.id == dispute.account_id)).one()
    copy = zipfile.ZipFile(io.BytesIO(b"".join(export(db.session(), person_of(account), now()))))
    told = copy.read("disputes.json").decode()
    assert STATEMENT in told and dispute.number in told
    assert [name for name in copy.namelist() if name.startswith("files/disputes-pictures-")]
    everything = b"".join(copy.read(name) for name in copy.namelist()).decode(errors="replace")
    for theirs in ("对方的话", SIGNED_NAME, OTHER_NAME):
        assert theirs not in everything
