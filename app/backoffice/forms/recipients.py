"""The papers of a recipient, as the first of two people records them. Of each file only its digest is kept."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.backoffice.forms.orders import PastDayField
from app.backoffice.forms.papers import WRITE_DAY, PaperField
from app.backoffice.words import RISKS
from app.foundation.clock import today
from app.foundation.fields import ChoiceField, DayField
from app.foundation.forms import Form, Given, TextField
from app.privacy.partners import AgreementPaper, AssessmentPaper


class AgreementForm(Form):
    """A signed confidentiality agreement."""

    scan = PaperField(_l("Scan of the signed agreement"))
    instructions = TextField(_l("Version of our instructions that it binds to"), [Given()], at_most=20)
    starts_on = DayField(_l("First day"), [Given(WRITE_DAY)])
    ends_on = DayField(_l("Valid until"), [Given(WRITE_DAY)])

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
