"""A marker in every personal field of somebody, the service ended, everything searched: nothing. Clause 5.2.3."""

import pytest
from flask import Flask

from app.accounts import after_the_end
from app.accounts.after_the_end import erase_everybody
from app.foundation.data_keys import data_keys
from app.foundation.database import checkpoint, db
from app.settings import current_settings
from tests.accounts.test_after_the_end import the_end
from tests.privacy.canaries import a_person_full_of_canaries
from tests.privacy.test_canary_sweep import hits_in_files, hits_in_rows, hits_in_what_opens

pytestmark = pytest.mark.clause("5.2.3")


def test_no_marker_and_no_key_is_left_of_anybody(app: Flask, clock, monkeypatch):
    a_person_full_of_canaries()
    assert hits_in_what_opens()
    the_end(clock, years=11)
    # rows that were made up leave business open that no act could ever settle
    monkeypatch.setattr(after_the_end, "obstacles", lambda *_: [])
    erase_everybody()
    erase_everybody()
    db.session.remove()
    for engine in (db.engine, data_keys().engine):
        checkpoint(engine)
    assert hits_in_what_opens() == hits_in_rows() == hits_in_files(current_settings().instance_dir) == []
    assert data_keys().after(0, 10) == []
