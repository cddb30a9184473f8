"""The forms of notes, goals and registered links."""

import re
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError
from wtforms.fields import SelectChoice

from app.foundation.clock import today
from app.foundation.fields import DayField
from app.foundation.forms import Form, Given, TextField
from app.foundation.languages import page_at
from app.marketing.noting import Target
from app.measurement.beside import Utm, utm_of
from app.measurement.pages import KINDS, NAMES, PAGES, STEPS, known_page_keys

AHEAD = timedelta(days=366)
UTM_VALUE = re.compile(r"[\w.+~-][\w.+~ -]*")
NUMBER_OF_A_PERSON = re.compile(r"\d{11}")
"""As long as a phone number: a link is for many, and none is for one person."""
SPREAD = {"home", "listing", "category", "brand", "product", "help"}
"""The kinds of pages that a link may lead to."""
PAGE_CODE = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}")


class NearDayField(DayField):
    """A day from 2020 to a year ahead."""

    misfit = _l("Please enter a day from 2020 to a year ahead.")

    def is_fitting(self, day: date) -> bool:
        return super().is_fitting(day) and day <= today() + AHEAD


class NoteForm(Form):
    """A note on a day."""

    day = NearDayField(_l("Day"), [Given()])
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


class UtmField(TextField):
    """One of the five values; letters of any script, digits, and a few signs. Never an address or a phone number."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, at_most=60, **options)

    def pre_validate(self, form: Any) -> None:
        if self.data and (not UTM_VALUE.fullmatch(self.data) or NUMBER_OF_A_PERSON.search(self.data)):
            raise ValidationError(_l("Letters, digits and . + ~ - only, and no number as long as a phone's."))


class LinkForm(Form):
    """A link to be spread: its name, its UTM values, and the page that it leads to."""

    name = TextField(_l("Name of the link"), [Given()], at_most=60)
    utm_source = UtmField(_l("Source (utm_source)"))
    utm_medium = UtmField(_l("Medium (utm_medium)"))
    utm_campaign = UtmField(_l("Campaign (utm_campaign)"))
    utm_term = UtmField(_l("Term (utm_term)"))
    utm_content = UtmField(_l("Content (utm_content)"))
    target = TextField(_l("Leads to"), [Given()], at_most=200)

    def validate_target(self, field: TextField) -> None:
        endpoint, arguments = page_at(field.data or "")
        page = PAGES.get(endpoint)
        is_known = page and (not page.key or str(arguments.get(page.key)) in known_page_keys(page.kind))
        if page is None or page.kind not in SPREAD or not is_known:
            raise ValidationError(_l("Please enter a page of this shop without its language, such as /products."))

    def utm(self) -> Utm:
        """As the addresses of visitors are read: in lower case."""
        return utm_of({name: field.data or "" for name, field in self._fields.items()})
