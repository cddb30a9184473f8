"""A form sent again is answered as before, and what it asked for is done once. Clause 1.1.3a; FLOWS.md 2."""

import os
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.foundation.audit import LedgerEntry, record
from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import make_token, nonce_of
from app.foundation.idempotency import AnswerGiven, FormSentBefore, Sending, forget, once
from app.support.models import Ticket
from tests.checkout.at_once import all_at_once

SENDING = Sending(7, "ab12", "d" * 64)


def spend() -> str:
    """An act that leaves a trace, and an answer that is never the same twice."""
    return f"/en/done/{record('test.spent').id}"


def times_spent() -> int:
    return db.session.scalar(select(func.count()).where(LedgerEntry.event == "test.spent")) or 0


def test_the_same_form_again_is_the_same_answer_and_one_act(app: Flask):
    answers = {once(SENDING, spend, now()) for _ in range(3)}
    assert len(answers) == 1 and times_spent() == 1


def test_the_same_form_with_something_else_in_it_is_refused(app: Flask):
    once(SENDING, spend, now())
    with pytest.raises(FormSentBefore):
        once(replace(SENDING, digest="e" * 64), spend, now())
    assert times_spent() == 1


def test_another_person_or_rendering_is_another_act(app: Flask):
    for sending in (SENDING, replace(SENDING, who=8), replace(SENDING, nonce="cd34")):
        once(sending, spend, now())
    assert times_spent() == 3


def test_a_refusal_is_not_kept_and_leaves_nothing_behind(app: Flask):
    def refuse() -> str:
        spend()
        raise BusinessError

    with pytest.raises(BusinessError):
        once(SENDING, refuse, now())
    assert times_spent() == 0
    once(SENDING, spend, now())
    assert times_spent() == 1


def test_what_died_before_its_end_is_done_by_the_retry(app: Flask):
    db.session.remove()
    child = os.fork()
    if not child:
        db.engine.dispose(close=False)
        once(SENDING, lambda: (spend(), db.session.flush(), os._exit(9))[0], now())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert times_spent() == 0
    assert once(SENDING, spend, now()) == once(SENDING, spend, now())
    assert times_spent() == 1


def test_after_a_day_it_is_forgotten(app: Flask, clock: Clock):
    once(SENDING, spend, now())
    clock.travel(hours=23, minutes=59)
    assert forget() == 0
    clock.travel(minutes=1)
    assert forget() == 1 and db.session.scalars(select(AnswerGiven)).all() == []


def many_at_once(app: Flask) -> None:
    answers = all_at_once(app, [lambda: once(SENDING, spend, now())] * 16, most=8)
    assert len(set(answers)) == 1 and answers[0].startswith("/en/done/")
    assert times_spent() == 1


def test_many_at_once_are_one_act_and_all_get_its_answer(app: Flask):
    many_at_once(app)


@pytest.mark.part("postgresql")
def test_many_at_once_are_one_act_and_all_get_its_answer_on_postgresql(pg_shop: Flask):
    many_at_once(pg_shop)


def test_every_rendering_has_a_number_of_its_own(app: Flask):
    with app.test_request_context():
        assert len({nonce_of(make_token("AForm")) for _ in range(100)}) == 100


@pytest.mark.parametrize("nonsense", ["", ".", "..", "1", "1.2", "1.2.3.4", "\x00", "９.９.９"])
def test_a_token_that_is_none_has_a_number_that_proves_nothing(client: FlaskClient, nonsense: str):
    answer = client.post("/en/contact", data={"form_token": nonsense, "topic": "delivery", "text": "x"})
    assert answer.status_code == 422


@pytest.mark.parametrize(("lang", "words"), [("en", "sent before"), ("zh-cn", "此前已用其他内容提交")])
def test_a_guests_question_sent_twice_is_one_and_another_one_in_the_same_form_is_refused(
    client: FlaskClient, lang: str, words: str
):
    token = re.search(r'name="form_token"[^>]*value="([^"]*)"', client.get(f"/{lang}/contact").text)
    assert token
    data = {"form_token": token[1], "topic": "delivery", "text": "When?"}
    first, again = (client.post(f"/{lang}/contact", data=data) for _ in range(2))
    assert first.status_code == again.status_code == 303 and first.location == again.location
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1
    other = client.post(f"/{lang}/contact", data={**data, "text": "Where?"})
    assert other.status_code == 422 and words in other.text
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1
