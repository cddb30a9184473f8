"""Any sequence of acts whatever: counters stay the sum of their ledger, sound, and as a plain model says."""

from collections import Counter

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.stock.errors import NotThatMany, OutOfStock
from app.stock.moving import move
from app.stock.queries import left_by_warehouse, levels_off_ledger
from app.stock.receiving import adjust, receive
from app.stock.taking import give_back, ship_out, take
from tests.stock.builders import a_stocked_sku

UNITS, ORDERS, PLACES = st.integers(1, 6), st.integers(1, 4), st.integers(0, 1)


class Stock(RuleBasedStateMachine):
    """The model: units on hand by place, units held by (order, place)."""

    def __init__(self) -> None:
        super().__init__()
        self.sku, self.places = a_stocked_sku(4, 2)
        self.on_hand = Counter({self.places[0].id: 4, self.places[1].id: 2})
        self.held: Counter[tuple[int, int]] = Counter()

    def left(self, place: int) -> int:
        return self.on_hand[place] - sum(units for (_, where), units in self.held.items() if where == place)

    @rule(units=UNITS, where=PLACES)
    def receive(self, units: int, where: int) -> None:
        receive(self.sku.id, self.places[where].id, units, now(), reason="delivery")
        self.on_hand[self.places[where].id] += units

    @rule(units=UNITS, where=PLACES)
    def count_away(self, units: int, where: int) -> None:
        place = self.places[where].id
        try:
            adjust(self.sku.id, place, -units, now(), reason="count")
        except NotThatMany:
            assert self.left(place) < units
        else:
            self.on_hand[place] -= units

    @rule(units=UNITS, where=PLACES)
    def move(self, units: int, where: int) -> None:
        origin, target = self.places[where].id, self.places[1 - where].id
        try:
            move(self.sku.id, origin, target, units, now(), reason="move")
        except NotThatMany:
            assert self.left(origin) < units
        else:
            self.on_hand.update({target: units, origin: -units})

    @rule(units=UNITS, order=ORDERS)
    def take(self, units: int, order: int) -> None:
        left = sum(self.left(place.id) for place in self.places)
        try:
            with transaction() as session:
                taken = take(session, {self.sku.id: units}, order, now())
        except OutOfStock as refused:
            assert left < units
            assert refused.shortages[0].left == left
        else:
            assert sum(part.quantity for part in taken) == units
            for part in taken:
                self.held[order, part.warehouse_id or 0] += part.quantity

    @rule(order=ORDERS)
    def give_back(self, order: int) -> None:
        with transaction() as session:
            give_back(session, order, now())
        for place in self.places:
            self.held.pop((order, place.id), None)

    @rule(order=ORDERS)
    def ship(self, order: int) -> None:
        with transaction() as session:
            ship_out(session, order, now())
        for place in self.places:
            self.on_hand[place.id] -= self.held.pop((order, place.id), 0)

    @invariant()
    def counters_are_the_sum_of_the_ledger(self) -> None:
        assert levels_off_ledger(db.session()) == []

    @invariant()
    def what_is_left_is_what_the_model_says(self) -> None:
        left = {row.warehouse_id: row.units for row in left_by_warehouse(db.session(), [self.sku.id])}
        assert left == {place.id: self.left(place.id) for place in self.places if self.left(place.id)}

    @invariant()
    def the_sku_is_available_exactly_when_something_is_left(self) -> None:
        db.session.refresh(self.sku)
        assert self.sku.available == any(self.left(place.id) for place in self.places)


@pytest.mark.usefixtures("app")
def test_no_sequence_of_acts_breaks_the_ledger(app: Flask):
    run_state_machine_as_test(
        Stock,
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
