"""Fields that take figures as the trade writes them; an empty one is an unknown fact, never a zero."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError
from wtforms.validators import StopValidation

from app.foundation.forms import TextField
from app.foundation.money import Money

MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
YEAR = re.compile(r"20[0-9]{2}")
SIZE = re.compile(r"[0-9]{1,5}(\.[0-9])?x[0-9]{1,5}(\.[0-9])?x[0-9]{1,5}(\.[0-9])?")
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


class MonthField(TextField):
    """A month as 2026-11; the year alone where `or_year` says that no more may be known."""

    def __init__(self, label: Any, validators: Sequence[Any] = (), *, or_year: bool = False, **options: Any) -> None:
        super().__init__(label, validators, at_most=7, **options)
        self.or_year = or_year

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or not self.data or MONTH.fullmatch(self.data):
            return
        if self.or_year and YEAR.fullmatch(self.data):
            return
        raise ValidationError(_l("Please write the month as 2026-11."))


class SizeField(TextField):
    """Length, width and height in millimetres, as 400x195x290; the trade's × is understood."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, at_most=24, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = re.sub(r"\s*[×*xX]\s*", "x", valuelist[0])

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if not validation_stopped and self.data and not SIZE.fullmatch(self.data):
            raise ValidationError(_l("Please write length x width x height in mm, as 400x195x290."))


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


class TriStateField(ChoiceField):
    """Yes, no or not known; `fact` is True, False or None."""

    ANSWERS = (("", _l("Not known")), ("yes", _l("Yes")), ("no", _l("No")))

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, self.ANSWERS, optional=True, **options)

    @property
    def fact(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.data)

    def process_data(self, value: Any) -> None:
        super().process_data({True: "yes", False: "no"}.get(value, "") if not isinstance(value, str) else value)
