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
from app.stock.queries import left_by_warehouse, levels_off_ledger, lots_of
from app.stock.receiving import adjust, receive
from app.stock.taking import give_back, ship_out, still_held, take
from tests.stock.builders import a_stocked_sku, lots_in

UNITS, ORDERS, PLACES, LOTS = st.integers(1, 6), st.integers(1, 4), st.integers(0, 1), st.sampled_from("AB")
Level = tuple[int, str]


class Stock(RuleBasedStateMachine):
    """The model: units on hand by place and lot, and what each order holds of them."""

    def __init__(self) -> None:
        super().__init__()
        self.sku, self.places = a_stocked_sku(0, 0)
        self.on_hand: Counter[Level] = Counter()
        self.shipped: Counter[Level] = Counter()
        self.held: Counter[tuple[int, Level]] = Counter()
        for place, units in zip(self.places, (4, 2), strict=True):
            for lot in "AB":
                receive(self.sku.id, place.id, units, now(), lot=lot, reason="delivery")
                self.on_hand[place.id, lot] += units

    def free(self, level: Level) -> int:
        return self.on_hand[level] - sum(units for (_, where), units in self.held.items() if where == level)

    def left(self, place: int) -> int:
        return self.free((place, "A")) + self.free((place, "B"))

    @rule(units=UNITS, where=PLACES, lot=LOTS)
    def receive(self, units: int, where: int, lot: str) -> None:
        receive(self.sku.id, self.places[where].id, units, now(), lot=lot, reason="delivery")
        self.on_hand[self.places[where].id, lot] += units

    @rule(units=UNITS, where=PLACES, lot=LOTS)
    def count_away(self, units: int, where: int, lot: str) -> None:
        place = self.places[where].id
        try:
            adjust(self.sku.id, place, -units, now(), lot=lot, reason="count")
        except NotThatMany:
            assert self.free((place, lot)) < units
        else:
            self.on_hand[place, lot] -= units

    @rule(units=UNITS, where=PLACES, lot=LOTS)
    def move(self, units: int, where: int, lot: str) -> None:
        origin, target = self.places[where].id, self.places[1 - where].id
        try:
            move(self.sku.id, origin, target, units, now(), lot=lot, reason="move")
        except NotThatMany:
            assert self.free((origin, lot)) < units
        else:
            self.on_hand.update({(target, lot): units, (origin, lot): -units})

    @rule(units=UNITS, order=ORDERS, has_looked=st.booleans())
    def take(self, units: int, order: int, has_looked: bool) -> None:
        left = sum(self.left(place.id) for place in self.places)
        before = {level: self.free(level) for level in self.on_hand}
        seen = {self.sku.id: [(place.id, self.left(place.id)) for place in self.places]} if has_looked else None
        try:
            with transaction() as session:
                taken = take(session, {self.sku.id: units}, order, now(), seen=seen)
        except OutOfStock as refused:
            assert left < units
            assert refused.shortages[0].left == left
            return
        assert sum(part.quantity for part in taken) == units
        held = {level: 0 for level in self.on_hand}
        lots = {lot.id: lot.code for lot in db.session.scalars(lots_of(self.sku.id))}
        for part in (each for each in still_held(db.session(), order) if each.sku_id == self.sku.id):
            level = (part.warehouse_id, lots[part.key.lot_id])
            held[level] = part.quantity - self.held[order, level]
        for level, more in held.items():
            assert 0 <= more <= before[level]
            self.held[order, level] += more
        assert {part.warehouse_id: part.quantity for part in taken} == self.by_place(held)
        for place, units_there in self.by_place(held).items():
            enough = [lot for lot in "AB" if before[place, lot] >= units_there]
            assert not enough or held[place, enough[0]] == units_there

    def by_place(self, held: dict[Level, int]) -> dict[int | None, int]:
        sums: Counter[int | None] = Counter()
        for (place, _), units in held.items():
            sums[place] += units
        return dict(+sums)

    @rule(order=ORDERS)
    def give_back(self, order: int) -> None:
        with transaction() as session:
            give_back(session, order, now())
        for level in self.on_hand:
            self.held.pop((order, level), None)

    @rule(order=ORDERS)
    def ship(self, order: int) -> None:
        with transaction() as session:
            ship_out(session, order, now())
        for level in self.on_hand:
            units = self.held.pop((order, level), 0)
            self.on_hand[level] -= units
            self.shipped[level] += units

    @invariant()
    def counters_are_the_sum_of_the_ledger(self) -> None:
        assert levels_off_ledger(db.session()) == []

    @invariant()
    def what_is_left_is_what_the_model_says(self) -> None:
        left = {row.warehouse_id: row.units for row in left_by_warehouse(db.session(), [self.sku.id])}
        assert left == {place.id: self.left(place.id) for place in self.places if self.left(place.id)}

    @invariant()
    def every_lot_is_as_the_model_says(self) -> None:
        for place in self.places:
            levels = {
                lot: (self.on_hand[place.id, lot], self.on_hand[place.id, lot] - self.free((place.id, lot)),
                      self.shipped[place.id, lot])
                for lot in "AB"
            }  # fmt: skip
            assert lots_in(self.sku, place) == levels

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
