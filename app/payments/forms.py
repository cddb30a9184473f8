"""The one form of the payment page: a picture of the bank slip. Nothing is asked about cards or accounts (1.1.4b)."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms.validators import StopValidation

from app.foundation.forms import Form
from app.foundation.uploads import LARGEST_BYTES, BadPicture


class VoucherForm(Form):
    """The file is judged by its content when it is kept (`vouchers.add_voucher`), here only that there is one."""

    picture = FileField(_l("Voucher"))

    def validate_picture(self, field: Any) -> None:
        if not field.data or not hasattr(field.data, "stream"):
            raise StopValidation(_l("Please choose a picture of the bank slip."))

    def content(self) -> bytes:
        """The bytes that were sent, no more than can be taken."""
        content: bytes = self.picture.data.stream.read(LARGEST_BYTES + 1)
        return content

    def refuse(self, problem: BadPicture) -> None:
        """Show a picture's fault at the field."""
        self.picture.errors = [problem.text]
