"""Form fields for figures as the trade writes them, and for choices. An empty figure is unknown, never zero."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import DateField, SelectField, SelectMultipleField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from app.foundation.forms import TextField
from app.foundation.money import Money
from app.foundation.uploads import LARGEST_BYTES

EARLIEST, LATEST = date(2020, 1, 1), date(2100, 1, 1)
FIGURE = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,9}))?")


class FigureField(TextField):
    """A plain number between two bounds; `figure` is its Decimal, None where nothing was typed.

    Thousands may be parted by commas or spaces. What was typed stays in the field when it is refused.
    """

    def __init__(
        self, label: Any, validators: Sequence[Any] = (), *, least: int = 0, most: int, places: int = 0, **options: Any
    ) -> None:
        super().__init__(label, validators, at_most=24, **options)
        self.least, self.most, self.places = least, most, places

    @property
    def figure(self) -> Decimal | None:
        text = re.sub(r"[, ](?=[0-9]{3}(?:[, .]|$))", "", self.data or "")
        return Decimal(text) if FIGURE.fullmatch(text) else None

    @property
    def whole(self) -> int | None:
        return None if self.figure is None else int(self.figure)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or not self.data:
            return
        number = self.figure
        if number is None:
            raise ValidationError(_l("Please write a plain number, such as 3500."))
        if number != round(number, self.places):
            raise ValidationError(self._too_fine())
        if not self.least <= number <= self.most:
            raise ValidationError(_l("Please enter between %(least)s and %(most)s.", least=self.least, most=self.most))

    def _too_fine(self) -> LazyString:
        if self.places:
            return _l("At most %(n)s decimal places, please.", n=self.places)
        return _l("Please enter a whole number.")


class MoneyField(FigureField):
    """An amount in yuan with at most two decimals; `money` is None where nothing was typed."""

    def __init__(self, label: Any, validators: Sequence[Any] = (), *, least: int = 0, **options: Any) -> None:
        super().__init__(label, validators, least=least, most=10**10, places=2, **options)

    @property
    def money(self) -> Money | None:
        return None if self.figure is None else Money.yuan(self.figure)

    def process_data(self, value: Any) -> None:
        super().process_data(str(value) if isinstance(value, Money) else value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = valuelist[0].strip().lstrip("¥￥")


class DayField(DateField):
    """A day as 2026-11-23. What was typed stays in the field when it is refused."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata([text.strip()[:20] for text in valuelist])
        except (ValueError, OverflowError):
            self.data = None
            raise ValueError(_l("Please write the day as 2026-11-23.")) from None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if not validation_stopped and self.data and not self.is_fitting(self.data):
            raise ValidationError(self.misfit)

    misfit = _l("Please write the day as 2026-11-23.")

    def is_fitting(self, day: date) -> bool:
        """Whether the shop can have to do with such a day; kinds of days narrow it."""
        return EARLIEST <= day < LATEST


class ChoiceField(SelectField):
    """One of a closed list; anything else is an error of the field, never a fault."""

    def __init__(
        self, label: Any, choices: Sequence[tuple[str, Any]], *, optional: bool = False, **options: Any
    ) -> None:
        super().__init__(label, choices=list(choices), default=choices[0][0] if choices else None, **options)
        if not optional:
            self.flags.required = True

    def pre_validate(self, form: Any) -> None:
        if (self.data or "") not in {value for value, _ in self.choices}:
            raise StopValidation(_l("Please choose from the list."))


class TicksField(SelectMultipleField):
    """Any of a closed list, each with a tick; anything else is an error of the field."""

    def __init__(self, label: Any, choices: Sequence[tuple[str, Any]], **options: Any) -> None:
        ticks: dict[str, Any] = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}
        listed = [SelectChoice(value, text) for value, text in choices]
        super().__init__(label, choices=listed, **ticks, **options)

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {str(value) for value, *_ in self.iter_choices()}:
            raise StopValidation(_l("Please choose from the list."))


class PicturesField(MultipleFileField):
    """At most `most` pictures, judged by their content when they are kept; here only how many they are."""

    def __init__(self, label: Any, validators: Sequence[Any] = (), *, most: int, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.most = most

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if len(self.files()) > self.most:
            raise ValidationError(_l("At most %(n)s pictures, please.", n=self.most))

    def files(self) -> list[Any]:
        """What was sent; a browser sends an empty part where nothing was chosen."""
        return [each for each in self.data or () if getattr(each, "filename", "")]

    def contents(self) -> list[bytes]:
        """The bytes of each, no more than can be taken."""
        return [each.stream.read(LARGEST_BYTES + 1) for each in self.files()]
