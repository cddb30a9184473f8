"""A signed paper: its scan is looked at for its digest and let go."""

from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms.validators import StopValidation

PAPERS = (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""How a PDF, a PNG and a JPEG begin."""
WRITE_DAY = _l("Please write the day as 2026-11-23.")


class PaperField(FileField):
    """A scan or a PDF. `digest` is its SHA-256 in hex; most forms let the `content` itself go."""

    digest = ""
    content = b""

    def __init__(self, label: Any, *, required: bool = True, **options: Any) -> None:
        super().__init__(label, **options)
        self.flags.required = required

    def pre_validate(self, form: Any) -> None:
        content = self.data.read() if self.data else b""
        if not content and not self.flags.required:
            return
        if not content:
            raise StopValidation(_l("Please choose the file."))
        if not content.startswith(PAPERS):
            raise StopValidation(_l("Please choose a PDF, or a scan as JPEG or PNG."))
        self.digest, self.content = sha256(content).hexdigest(), content
