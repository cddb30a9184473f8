"""Killed between any two statements, an act is done wholly or not at all, and tried again it is answered the same."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.killed.acts import ACTS, CARELESS
from tests.killed.asking import Trials
from tests.killed.dispute_acts import DISPUTE_ACTS
from tests.killed.privacy_acts import PRIVACY_ACTS
from tests.killed.transfer_acts import TRANSFER_ACTS

ON_POSTGRESQL = ["placing an order", "putting a transfer together"]


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    with Trials(tmp_path_factory.mktemp("killed")) as trials:
        yield trials


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    with Trials(tmp_path_factory.mktemp("killed"), "--postgresql") as trials:
        yield trials


def is_well(found: dict[str, Any]) -> None:
    assert found["wrong"] == []
    commits = found["instants"].count("after commit")
    assert len(found["instants"]) >= 5 and commits >= 1
    assert found["nothing_done"] >= 2 and found["all_done"] >= 1
    assert found["answer"].startswith(("303", "ok")) or not found["answer"]


@pytest.mark.clause("5.1.1a")
@pytest.mark.parametrize("act", ACTS)
def test_it_is_all_or_nothing_and_the_retry_gets_the_same_answer(on_sqlite: Trials, act: str):
    is_well(on_sqlite.of(act))


@pytest.mark.clause("5.2.2b")
@pytest.mark.clause("4.1.1(1)")
@pytest.mark.clause("6.1b")
@pytest.mark.parametrize("act", PRIVACY_ACTS)
def test_consents_closures_erasures_and_publications_are_so_too(on_sqlite: Trials, act: str):
    is_well(on_sqlite.of(act))


@pytest.mark.clause("4.2")
@pytest.mark.clause("4.2.4")
@pytest.mark.parametrize("act", TRANSFER_ACTS)
def test_a_transfer_tells_everybody_once_and_holds_everybody_once(on_sqlite: Trials, act: str):
    found = on_sqlite.of(act)
    is_well(found)
    assert found["instants"].count("after commit") >= 3
    assert found["answer"] in ("ok", "ok, 3 numbers, 3 people, 3 on the ledger")


@pytest.mark.clause("4.1.1(5)")
@pytest.mark.parametrize("act", DISPUTE_ACTS)
def test_disputes_are_so_too_and_nothing_is_seen_without_its_row_on_the_ledger(on_sqlite: Trials, act: str):
    is_well(on_sqlite.of(act))


def test_an_act_that_is_done_by_halves_and_twice_is_found_out(on_sqlite: Trials):
    found = " ".join(on_sqlite.of(CARELESS)["wrong"])
    assert "tried again, and other: stock_levels" in found and "after commit" in found


def test_a_fault_of_the_process_itself_is_told_and_the_next_act_is_tried_all_the_same(on_sqlite: Trials):
    with pytest.raises(AssertionError, match="KeyError: 'no such act'"):
        on_sqlite.of("no such act")
    assert on_sqlite.of(CARELESS)["nothing_done"]


@pytest.mark.part("postgresql")
@pytest.mark.parametrize("act", ON_POSTGRESQL)
def test_it_is_so_on_postgresql_too(on_postgresql: Trials, act: str):
    is_well(on_postgresql.of(act))
