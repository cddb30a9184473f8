"""The shelf of a process follows the catalogue: rebuilt on a change, flipped on selling out, left alone otherwise."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.catalog.filters import Filters
from app.catalog.models import WITHDRAWN
from app.catalog.shelf_reading import shelf_now
from app.catalog.versions import bump, drop_old_flips, mark_available
from app.foundation.database import db, transaction
from tests.catalog.builders import a_product, a_sku


def count(**facets: tuple[str, ...]) -> int:
    return shelf_now().find(Filters(facets)).count


@pytest.mark.usefixtures("app")
def test_a_new_machine_is_on_the_shelf_at_once():
    assert count() == 0
    a_product()
    assert count() == 1


@pytest.mark.usefixtures("app")
def test_a_withdrawn_machine_leaves_it():
    product = a_product()
    with transaction() as session:
        product.state = WITHDRAWN
        bump(session)
    assert count() == 0


@pytest.mark.usefixtures("app")
def test_selling_out_is_seen_without_rebuilding():
    sku = a_sku(available=False)
    with transaction() as session:
        mark_available(session, sku.id, True)
    shelf = shelf_now()
    with transaction() as session:
        assert mark_available(session, sku.id, False)
        assert not mark_available(session, sku.id, False)
    assert count(delivery=("out",)) == 1
    assert shelf_now() is shelf


@pytest.mark.usefixtures("app")
def test_who_missed_flips_that_were_dropped_reads_everything_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.catalog.versions.FLIPS_KEPT", 1)
    sku = a_sku(available=True)
    shelf = shelf_now()
    for state in (False, True, False):
        with transaction() as session:
            mark_available(session, sku.id, state)
    with transaction() as session:
        assert drop_old_flips(session) == 2
    assert count(delivery=("out",)) == 1
    assert shelf_now() is not shelf


def test_asking_again_costs_one_query(app: Flask):
    a_product()
    shelf_now()
    statements: list[str] = []

    def note(*call: Any) -> None:
        statements.append(call[2])

    event.listen(db.engine, "before_cursor_execute", note)
    shelf_now()
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(statements) == 1
