"""Transfers are on in these tests, as the one setting that no desk can move says."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.transfers.builders import transfers_on


@pytest.fixture(autouse=True)
def switch(request: pytest.FixtureRequest) -> Iterator[None]:
    with ExitStack() as stack:
        for name in {"app", "pg_shop"} & set(request.fixturenames):
            stack.enter_context(transfers_on(request.getfixturevalue(name)))
        yield
