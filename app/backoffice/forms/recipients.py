"""The papers of a recipient, as the first of two people records them. Of each file only its digest is kept."""

from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import ValidationError
from wtforms.validators import StopValidation

from app.backoffice.forms.orders import PastDayField
from app.backoffice.words import RISKS
from app.foundation.clock import today
from app.foundation.fields import ChoiceField, DayField
from app.foundation.forms import Form, Given, TextField
from app.privacy.partners import AgreementPaper, AssessmentPaper

PAPERS = (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""How a PDF, a PNG and a JPEG begin."""
WRITE_DAY = _l("Please write the day as 2026-11-23.")


class PaperField(FileField):
    """A scan or a PDF. `digest` is its SHA-256 in hex; the file itself is let go."""

    digest = ""

    def pre_validate(self, form: Any) -> None:
        content = self.data.read() if self.data else b""
        if not content:
            raise StopValidation(_l("Please choose the file."))
        if not content.startswith(PAPERS):
            raise StopValidation(_l("Please choose a PDF, or a scan as JPEG or PNG."))
        self.digest = sha256(content).hexdigest()


class AgreementForm(Form):
    """A signed confidentiality agreement."""

    scan = PaperField(_l("Scan of the signed agreement"))
    instructions = TextField(_l("Version of our instructions that it binds to"), [Given()], at_most=20)
    starts_on = DayField(_l("First day"), [Given(WRITE_DAY)])
    ends_on = DayField(_l("Last day"), [Given(WRITE_DAY)])

    def validate_ends_on(self, field: Any) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The agreement has to end after it begins."))

    def paper(self) -> AgreementPaper:
        """The agreement, once it is valid."""
        first, last = self.starts_on.data or today(), self.ends_on.data or today()
        return AgreementPaper(self.scan.digest, self.instructions.data or "", first, last)


class AssessmentForm(Form):
    """An impact assessment and its result."""

    report = PaperField(_l("Report of the assessment"))
    result = ChoiceField(_l("Risk"), list(RISKS.items()))
    assessed_on = PastDayField(_l("Assessed on"), [Given(WRITE_DAY)])

    def paper(self) -> AssessmentPaper:
        """The assessment, once it is valid."""
        return AssessmentPaper(self.report.digest, self.result.data, self.assessed_on.data or today())
