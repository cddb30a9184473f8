"""Marketers write notes and goals beside the figures, and the dashboard shows them."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from analytics.extension import Analytics
from app.foundation.audit import LedgerEntry
from app.foundation.clock import today
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.marketing.models import Goal, Note
from app.marketing.noting import (
    MOST_GOALS,
    MOST_NOTES_A_DAY,
    Target,
    TooManyGoals,
    TooManyNotes,
    name_goal,
    remove_note,
    write_note,
)
from tests.analytics.browsing import Surfer
from tests.backoffice.builders import Desk

DAY = date(2026, 11, 20)


class Marketer(Desk):
    """A desk whose addresses begin with the dashboard's."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, "marketer")

    def opens(self, path: str = "", lang: str = "en"):
        return self.client.get(f"/{lang}/dashboard{path}")

    def sends(self, path: str, form: str, **fields: str):
        return self.client.post(f"/en/dashboard{path}", data={**fields, "form_token": self.token(form)})


@pytest.fixture
def marketer(app: Flask) -> Marketer:
    return Marketer(app)


def test_a_note_stands_on_the_chart_at_its_day(app, house, marketer: Marketer):
    Surfer(app).opens("/en/")
    house.fold()
    sent = marketer.sends("/notes", "NoteForm", day=today().isoformat(), text="Price cut")
    assert sent.status_code == 303
    page = marketer.opens("?period=7d").text
    assert f'<time datetime="{today()}">{today()}</time> Price cut' in page
    assert page.count('class="count-flag__number"') == 1
    assert "Price cut" not in marketer.opens("?period=yesterday").text


def test_a_removed_note_is_gone_and_the_ledger_knows(marketer: Marketer):
    note = write_note(today(), "Price cut", actor=1)
    assert marketer.sends(f"/notes/{note.id}/removal", "marketing.notes").status_code == 303
    assert "Price cut" not in marketer.opens("/notes").text
    events = db.session.scalars(select(LedgerEntry.event)).all()
    assert {"marketing.note_written", "marketing.note_removed"} <= set(events)


def test_a_goal_that_is_a_step_counts_visits_and_one_that_is_a_page_counts_views(
    marketer: Marketer, app: Flask, house: Analytics
):
    name_goal("Any cart", Target(step="cart"), actor=1)
    name_goal("Home seen", Target(kind="home"), actor=1)
    surfer = Surfer(app)
    for path in ("/en/", "/en/cart", "/en/", "/en/cart"):
        surfer.opens(path)
    house.fold()
    page = marketer.opens("/goals?period=today").text
    rows = re.findall(
        r'<span class="count-name">(.*?)</span></th><td>(.*?)</td><td class="count-words">(.*?)</td>', page
    )
    assert rows == [("Any cart", "1", "visits"), ("Home seen", "2", "page views")]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"day": "2026-02-30", "text": "x"}, "Please write the day as"),
        ({"day": "9999-12-31", "text": "x"}, "from 2020 to a year ahead"),
        ({"day": "", "text": "x"}, "Please fill in this field"),
        ({"day": "2026-11-20", "text": "a\x00b"}, "cannot be shown"),
        ({"day": "2026-11-20", "text": "长" * 121}, "At most 120 characters"),
    ],
)
def test_a_wrong_note_is_refused_at_its_field_and_stays_as_typed(marketer: Marketer, fields: dict, words: str):
    sent = marketer.sends("/notes", "NoteForm", **fields)
    assert sent.status_code == 422 and words in sent.text
    assert db.session.scalars(select(Note)).all() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "reached": "page:home"},
        {"name": "x", "reached": "page:nowhere"},
        {"name": "x", "reached": "step:cart", "key": "s21"},
        {"name": "x", "reached": "page:product", "key": "../../etc"},
    ],
)
def test_a_wrong_goal_is_refused(marketer: Marketer, fields: dict):
    assert marketer.sends("/goals", "GoalForm", **fields).status_code == 422
    assert db.session.scalars(select(Goal)).all() == []


def test_a_goal_may_be_one_page_and_is_removed_again(marketer: Marketer):
    assert (
        marketer.sends("/goals", "GoalForm", name="S21", reached="page:product", key="antminer-s21").status_code == 303
    )
    goal = db.session.scalars(select(Goal)).one()
    assert (goal.kind, goal.key, goal.step) == ("product", "antminer-s21", "")
    assert "Product: antminer-s21" in marketer.opens("/notes").text
    assert marketer.sends(f"/goals/{goal.id}/removal", "marketing.notes").status_code == 303
    assert db.session.scalars(select(Goal)).all() == []


def test_there_is_an_end_to_notes_of_a_day_and_to_goals(app: Flask):
    for _ in range(MOST_NOTES_A_DAY):
        write_note(DAY, "x", actor=1)
    for _ in range(MOST_GOALS):
        name_goal("x", Target(step="cart"), actor=1)
    with pytest.raises(TooManyNotes):
        write_note(DAY, "x", actor=1)
    with pytest.raises(TooManyGoals):
        name_goal("x", Target(step="cart"), actor=1)
    write_note(DAY + timedelta(days=1), "x", actor=1)


def test_what_is_not_there_cannot_be_removed(marketer: Marketer):
    with pytest.raises(NotFound):
        remove_note(7, actor=1)
    assert marketer.sends("/notes/7/removal", "marketing.notes").status_code == 404
    assert marketer.client.post("/en/dashboard/notes/7/removal").status_code == 400


@pytest.mark.clause("5.1.1e")
def test_a_clerk_neither_sees_nor_writes_them(app: Flask):
    clerk = Desk(app, "clerk")
    assert clerk.client.get("/en/dashboard/notes").status_code == 403
    sent = {"form_token": clerk.token("NoteForm"), "day": "2026-11-20", "text": "x"}
    assert clerk.client.post("/en/dashboard/notes", data=sent).status_code == 403


@pytest.mark.clause("2.2")
def test_the_page_speaks_both_languages(marketer: Marketer):
    assert "目标与备注" in marketer.opens("/notes", "zh-cn").text
    assert "Goals and notes" in marketer.opens("/notes").text
