"""Fields of the desks beside those of the foundation: months, sizes, facts that may be unknown."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.foundation.fields import ChoiceField
from app.foundation.forms import TextField

MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
YEAR = re.compile(r"20[0-9]{2}")
SIZE = re.compile(r"[0-9]{1,5}(\.[0-9])?x[0-9]{1,5}(\.[0-9])?x[0-9]{1,5}(\.[0-9])?")


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
