"""The form of the profile: nothing in it is required, and what is left empty is emptied. Clause 1.1.1c."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import ValidationError

from app.accounts.numbers import NotALandline, landline_number
from app.accounts.profile import Added
from app.foundation.forms import Form, LinesField, TextField
from app.foundation.uploads import LARGEST_BYTES, BadPicture


class ProfileForm(Form):
    """Shape only; the picture is judged by its content when it is kept."""

    manager_name = TextField(_l("Manager's name"), at_most=40, render_kw={"autocomplete": "off"})
    landline = TextField(_l("Landline"), at_most=24, render_kw={"autocomplete": "tel", "inputmode": "tel"})
    address = LinesField(_l("Postal address"), at_most=200, render_kw={"autocomplete": "street-address", "rows": "3"})
    picture = FileField(_l("Portrait"), render_kw={"accept": "image/jpeg,image/png,image/webp"})

    def validate_landline(self, field: Any) -> None:
        try:
            self.number = landline_number(field.data) if field.data else None
        except NotALandline:
            raise ValidationError(_l("Please write the number with its area code, such as 010-8888 0000.")) from None

    def added(self) -> Added:
        return Added(self.manager_name.data or None, self.number, self.address.data or None)

    def content(self) -> bytes | None:
        """The picture's bytes, no more than can be taken; None where none was chosen."""
        if not self.picture.data or not hasattr(self.picture.data, "stream"):
            return None
        content: bytes = self.picture.data.stream.read(LARGEST_BYTES + 1)
        return content or None

    def refuse(self, problem: BadPicture) -> None:
        self.picture.errors = [problem.text]
