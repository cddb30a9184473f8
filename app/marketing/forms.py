"""The forms of notes and goals."""

import re
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, ValidationError
from wtforms.fields import SelectChoice

from app.foundation.clock import today
from app.foundation.forms import Form, Given, TextField
from app.marketing.noting import Target
from app.measurement import KINDS, NAMES, STEPS

EARLIEST = date(2020, 1, 1)
AHEAD = timedelta(days=366)
PAGE_CODE = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}")


class DayField(DateField):
    """A day from 2020 to a year ahead."""

    def process_formdata(self, valuelist: Any) -> None:
        try:
            super().process_formdata([text.strip()[:20] for text in valuelist])
        except (ValueError, OverflowError):
            self.data = None
            raise ValueError(_l("Please write the day as 2026-11-23.")) from None

    def post_validate(self, form: Form, validation_stopped: bool) -> None:
        if not validation_stopped and self.data and not EARLIEST <= self.data <= today() + AHEAD:
            raise ValidationError(_l("Please enter a day from 2020 to a year ahead."))


class NoteForm(Form):
    """A note on a day."""

    day = DayField(_l("Day"), [Given()])
    text = TextField(_l("What happened"), [Given()], at_most=120)

    def note(self) -> tuple[date, str]:
        """Day and text."""
        return self.day.data or today(), self.text.data or ""


class GoalForm(Form):
    """A goal: its name, and what is to be reached."""

    name = TextField(_l("Name of the goal"), [Given()], at_most=60)
    reached = SelectField(
        _l("Reached is"),
        [Given()],
        choices=[
            *(SelectChoice(f"step:{step}", name) for step, name in STEPS.items()),
            *(SelectChoice(f"page:{kind}", NAMES[kind]) for kind in KINDS),
        ],
    )
    key = TextField(_l("Code of one page"), at_most=64)

    def validate_key(self, field: TextField) -> None:
        if field.data and not PAGE_CODE.fullmatch(field.data):
            raise ValidationError(_l("Please enter the last part of the page's address, such as antminer-s21."))
        if field.data and str(self.reached.data).startswith("step:"):
            raise ValidationError(_l("A step has no code. Please leave this empty."))

    def target(self) -> Target:
        way, _, name = self.reached.data.partition(":")
        return Target(step=name) if way == "step" else Target(kind=name, key=self.key.data or "")
