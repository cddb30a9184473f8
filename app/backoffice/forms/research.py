"""A request of a research institution as it came, and what two people decide of it. Clause 4.1.1(7)."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.backoffice.forms.disclosures import ComingDayField
from app.backoffice.forms.orders import PastDayField
from app.backoffice.forms.papers import WRITE_DAY, PaperField
from app.disclosures.research.deciding import Asked
from app.disclosures.research.tables import TABLES
from app.foundation.fields import DayField, TicksField
from app.foundation.forms import Form, Given, LinesField, TextField


class ResearchForm(Form):
    """What the institution asks for, as its paper says it, and its signed agreement."""

    institution = TextField(_l("Institution"), [Given()], at_most=200)
    topic = TextField(_l("Subject of the research"), [Given()], at_most=200)
    purpose = LinesField(_l("What the totals are for"), [Given()], at_most=1000)
    document = PaperField(_l("The paper that asks for them"))
    received_on = PastDayField(_l("Request received on"), [Given(WRITE_DAY)])
    agreement = PaperField(_l("The signed confidentiality agreement"))
    agreement_ends_on = ComingDayField(_l("The agreement ends on"), [Given(WRITE_DAY)])
    expires_on = ComingDayField(_l("They may be used until"), [Given(WRITE_DAY)])
    tables = TicksField(_l("Which tables"), [])
    from_day = DayField(_l("From"), [Given(WRITE_DAY)])
    to_day = DayField(_l("To"), [Given(WRITE_DAY)])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tables.choices = [(code, _(what)) for code, what in TABLES.items()]
        self.tables.flags.required = True

    def validate_tables(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Please choose at least one table."))

    def validate_to_day(self, field: Any) -> None:
        if field.data and self.from_day.data and field.data < self.from_day.data:
            raise ValidationError(_l("The last day must not be before the first."))

    def validate_expires_on(self, field: Any) -> None:
        if field.data and self.agreement_ends_on.data and field.data > self.agreement_ends_on.data:
            raise ValidationError(_l("The agreement must cover all their use."))

    def asked(self) -> Asked:
        """The request, once it is valid."""
        said: dict[str, Any] = {name: self[name].data or "" for name in ("institution", "topic", "purpose")}
        days = ("received_on", "agreement_ends_on", "expires_on", "from_day", "to_day")
        said |= {name: self[name].data for name in days}
        return Asked(
            **said,
            document=self.document.digest,
            document_content=self.document.content,
            agreement=self.agreement.digest,
            agreement_content=self.agreement.content,
            tables=self.tables.data or (),
        )


class ExamineResearchForm(Form):
    """Why the first approver holds it to be research."""

    opinion = LinesField(_l("Why it is academic research, and no more than is needed"), [Given()], at_most=1000)


class EndResearchForm(Form):
    """Why nothing is given."""

    why = LinesField(_l("Why nothing is given"), [Given()], at_most=1000)
