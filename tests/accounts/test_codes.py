"""SMS codes: six digits, five minutes, five tries, once, for one use and number; sent within limits. Clause 1.1.1b."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from app.accounts import codes as codes_module
from app.accounts.code_rules import REGISTER, RESET, wait_for_number
from app.accounts.codes import SmsCode, TooManyCodes, WrongCode, address_key_of, forget_callers, send_code, use_code
from app.foundation.clock import application_clock, now
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from app.notifications.models import OutboxMessage
from app.privacy.keeping import enforce
from tests.accounts.builders import a_number, an_account
from tests.conftest import empty
from tests.notifications.builders import code_sent_to

NUMBER = "+8613812345678"
pytestmark = pytest.mark.clause("1.1.1b")


def ask(number: str = NUMBER, kind=REGISTER, address: str = "203.0.113.1") -> None:
    send_code(kind, number, language="en", address_key=address_key_of(address, now()))


def test_a_code_has_six_digits_and_opens_once(app):
    ask()
    code = code_sent_to(NUMBER)
    assert re.fullmatch(r"\d{6}", code)
    use_code(REGISTER, NUMBER, code)
    with pytest.raises(WrongCode):
        use_code(REGISTER, NUMBER, code)


def test_a_code_lives_five_minutes(app, clock):
    ask()
    clock.travel(minutes=5, seconds=1)
    with pytest.raises(WrongCode):
        use_code(REGISTER, NUMBER, code_sent_to(NUMBER))


def test_a_code_dies_at_the_fifth_wrong_try(app):
    ask()
    right = code_sent_to(NUMBER)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(WrongCode):
            use_code(REGISTER, NUMBER, wrong)
    with pytest.raises(WrongCode):
        use_code(REGISTER, NUMBER, right)


def test_a_code_is_good_for_its_number_and_its_use_only(app):
    an_account(phone=NUMBER)
    other = a_number()
    ask(kind=RESET)
    ask(other)
    with pytest.raises(WrongCode):
        use_code(REGISTER, NUMBER, code_sent_to(NUMBER))
    with pytest.raises(WrongCode):
        use_code(REGISTER, other, code_sent_to(NUMBER))
    use_code(RESET, NUMBER, code_sent_to(NUMBER))


def test_only_the_newest_code_counts(app, clock):
    ask()
    first = code_sent_to(NUMBER)
    clock.travel(seconds=61)
    ask()
    if first != code_sent_to(NUMBER):
        with pytest.raises(WrongCode):
            use_code(REGISTER, NUMBER, first)
    use_code(REGISTER, NUMBER, code_sent_to(NUMBER))


def test_no_code_at_all_opens_the_row_of_a_known_number(app):
    """The digest of such a row is random: not even somebody who could try all codes would find one."""
    an_account(phone=NUMBER)
    ask()
    row = db.session.scalars(select(SmsCode)).one()
    assert not any(codes_module._digest(row, NUMBER, f"{code:06d}") == row.digest for code in range(0, 10**6, 97))


def test_a_number_waits_a_minute_between_codes(app, clock):
    ask()
    with pytest.raises(TooManyCodes, match="60"):
        ask()
    clock.travel(seconds=61)
    ask()


def test_a_number_gets_five_codes_an_hour_and_ten_a_day(app, clock):
    sent_at = []
    for _ in range(25 * 12):
        try:
            ask()
            sent_at.append(now())
        except TooManyCodes:
            pass
        clock.travel(minutes=5)
    first_day = [at for at in sent_at if at - sent_at[0] < timedelta(days=1)]
    first_hour = [at for at in sent_at if at - sent_at[0] < timedelta(hours=1)]
    assert (len(first_hour), len(first_day)) == (5, 10)


def test_an_address_is_limited_across_numbers_and_other_addresses_are_not(app, clock):
    clock.freeze(now().replace(minute=0, second=1))
    for _ in range(10):
        ask(a_number())
    with pytest.raises(TooManyCodes):
        ask(a_number())
    ask(a_number(), address="203.0.113.2")
    clock.travel(minutes=15)
    ask(a_number())


def test_neighbours_in_one_ipv6_network_count_as_one_address(app):
    assert address_key_of("2001:db8::1", now()) == address_key_of("2001:db8::ffff:0:0:9", now())
    assert address_key_of("2001:db8:1:2::1", now()) != address_key_of("2001:db8:1:3::1", now())


def test_there_is_a_budget_for_the_day_in_all(app, monkeypatch):
    monkeypatch.setattr(codes_module, "PER_DAY_IN_ALL", 3)
    for serial in range(3):
        ask(a_number(), address=f"203.0.113.{serial}")
    with pytest.raises(TooManyCodes):
        ask(a_number(), address="203.0.113.99")


def test_parallel_requests_for_one_number_send_one_code(app: Flask):
    gate, outcomes = Barrier(6), []

    def go() -> None:
        with app.app_context():
            gate.wait()
            try:
                outcomes.append(ask())
            except TooManyCodes as limit:
                outcomes.append(limit)

    racers = [Thread(target=go) for _ in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert outcomes.count(None) == 1 and len(outcomes) == 6


def test_parallel_tries_use_a_code_once_and_count_all(app: Flask):
    ask()
    code, gate, outcomes = code_sent_to(NUMBER), Barrier(6), []

    def go() -> None:
        with app.app_context():
            gate.wait()
            try:
                outcomes.append(use_code(REGISTER, NUMBER, code))
            except WrongCode as refusal:
                outcomes.append(refusal)

    racers = [Thread(target=go) for _ in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert outcomes.count(None) == 1 and len(outcomes) == 6


@pytest.mark.clause("1.2.1(3)")
def test_the_callers_digest_is_gone_after_its_quarter_of_an_hour(app, clock):
    ask()
    clock.travel(minutes=16)
    forget_callers()
    row = db.session.scalars(select(SmsCode)).one()
    assert row.address_key is None


def test_after_a_day_nothing_is_left_of_a_code(app, clock):
    ask()
    subject_id = db.session.scalars(select(SmsCode.subject_id)).one()
    clock.travel(hours=24, seconds=1)
    enforce(now(), "sms_codes")
    assert db.session.scalars(select(SmsCode)).all() == []
    assert db.session.scalars(select(OutboxMessage)).all() == []
    assert data_keys().load([subject_id]) == {}


def test_the_wait_is_the_longest_of_the_limits_that_hold():
    at = now()
    assert wait_for_number([], at) is None
    assert wait_for_number([at - timedelta(seconds=20)], at) == timedelta(seconds=40)
    five = [at - timedelta(minutes=minutes) for minutes in (50, 40, 30, 20, 10)]
    assert wait_for_number(five, at) == timedelta(minutes=10)


class Codes(RuleBasedStateMachine):
    """Any order of sending, trying, waiting: a code opens exactly when the policy says so."""

    app: Flask
    given = Bundle("given")

    @initialize()
    def begin(self) -> None:
        self.sent: list[tuple[str, float]] = []
        self.live: tuple[str, float] | None = None
        self.tries = 0
        application_clock.freeze(now())

    @rule(target=given)
    def send(self) -> str:
        at = now().timestamp()
        ages = [at - moment for _, moment in self.sent]
        allowed = (
            all(age >= 60 for age in ages) and sum(a < 3600 for a in ages) < 5 and sum(a < 86400 for a in ages) < 10
        )
        try:
            ask(address=f"198.51.100.{len(self.sent)}")
        except TooManyCodes:
            assert not allowed
            return "none"
        assert allowed
        self.live, self.tries = (code_sent_to(NUMBER), at), 0
        self.sent.append(self.live)
        return self.live[0]

    @rule(code=given | st.just("654321"))
    def use(self, code: str) -> None:
        fits = self.live is not None and self.live[0] == code
        young = self.live is not None and now().timestamp() - self.live[1] < 300
        expected = fits and young and self.tries < 5
        try:
            use_code(REGISTER, NUMBER, code)
            opened = True
        except WrongCode:
            opened = False
        assert opened == expected
        self.tries += young
        if opened:
            self.live = None

    @rule(seconds=st.sampled_from([1, 30, 60, 61, 240, 299, 301, 3600, 90000]))
    def wait(self, seconds: int) -> None:
        application_clock.travel(seconds=seconds)

    @precondition(lambda self: self.sent)
    @rule()
    def clean_up(self) -> None:
        enforce(now(), "sms_codes")

    def teardown(self) -> None:
        empty(db.engine, db.metadata)
        db.session.expunge_all()
        application_clock.reset()


def test_codes_keep_the_rules_in_any_order_of_events(app):
    Codes.app = app
    calm = settings(
        max_examples=100, stateful_step_count=25, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )  # fmt: skip
    run_state_machine_as_test(Codes, settings=calm)
