"""The desk of disclosures: a demand as it came, what two people decide of it, and until when nobody may be told."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pyrage import RecipientError
from pyrage.x25519 import Recipient
from wtforms import ValidationError
from wtforms.validators import Optional

from app.backoffice.forms.orders import PastDayField
from app.backoffice.forms.papers import WRITE_DAY, PaperField
from app.disclosures.keeping_back import GROUNDS, WHY_LIFTED
from app.disclosures.kinds import KINDS
from app.disclosures.models import DisclosureCase
from app.disclosures.opening import Demand
from app.foundation.clock import today
from app.foundation.fields import ChoiceField, DayField, TicksField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.privacy.holding import scopes
from app.privacy.scope import choices


def must_be_an_age_key(field: Any) -> None:
    """Raises ValidationError."""
    try:
        Recipient.from_str(field.data or "")
    except RecipientError:
        raise ValidationError(_l("This is no age key: it begins with age1 and has 62 characters.")) from None


def scope_fields() -> list[tuple[str, Any]]:
    return [(name, f"{name}: {_(what)}") for name, what in choices().items()]


class ComingDayField(DayField):
    """A day as 2026-11-23, today or later."""

    misfit = _l("Please give today or a later day.")

    def is_fitting(self, day: date) -> bool:
        return super().is_fitting(day) and day >= today()


class BarForm(Form):
    """Until when the law forbids to tell the people, and by which rule."""

    barred_until = ComingDayField(_l("They may be told from this day on"), [Optional()])
    bar_basis = TextField(_l("The rule that forbids it until then"), at_most=200)

    def validate_bar_basis(self, field: Any) -> None:
        if self.barred_until.data and not field.data:
            raise ValidationError(_l("Please name the rule: without one the people are told at once."))


class DemandForm(BarForm):
    """What somebody demands, as its paper says it."""

    kind = ChoiceField(_l("What is it?"), [(code, kind.name) for code, kind in KINDS.items()])
    authority = TextField(_l("Who demands it"), [Given()], at_most=200)
    legal_basis = TextField(_l("Legal basis"), [Given()], at_most=200)
    document = PaperField(_l("The paper that demands it"))
    received_on = PastDayField(_l("Demand received on"), [Given(WRITE_DAY)])
    reason = LinesField(_l("What it is about"), [Given()], at_most=1000)
    why_not_sums = LinesField(_l("Why sums would not do"), at_most=1000)
    persons = LinesField(_l("Whose data"), [Given(_l("Please name somebody."))], at_most=8000)
    fields = TicksField(_l("Which fields"), [])
    from_day = DayField(_l("From"), [Given(WRITE_DAY)])
    to_day = DayField(_l("To"), [Given(WRITE_DAY)])
    public_key = TextField(_l("The recipient's public key (age)"), [Given()], at_most=100)
    expires_on = ComingDayField(_l("The case stands until"), [Given(WRITE_DAY)])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields.choices = scope_fields()
        self.fields.flags.required = True

    def validate_why_not_sums(self, field: Any) -> None:
        if self.kind.data in KINDS and KINDS[self.kind.data].says_why_not_sums and not field.data:
            raise ValidationError(_l("In the public interest sums come first: please say why they would not do."))

    def validate_fields(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Please choose what is demanded."))

    def validate_to_day(self, field: Any) -> None:
        if field.data and self.from_day.data and field.data < self.from_day.data:
            raise ValidationError(_l("The last day must not be before the first."))

    def validate_public_key(self, field: Any) -> None:
        must_be_an_age_key(field)

    def demand(self) -> Demand:
        """The demand, once it is valid."""
        lines = [line.strip() for line in (self.persons.data or "").splitlines() if line.strip()]
        texts = ("kind", "authority", "legal_basis", "reason", "why_not_sums", "public_key", "bar_basis")
        days = ("from_day", "to_day", "received_on", "expires_on", "barred_until")
        said: dict[str, Any] = {name: self[name].data or "" for name in texts}
        said |= {name: self[name].data for name in days}
        said |= {"document": self.document.digest, "content": self.document.content}
        return Demand(persons=lines, fields=self.fields.data or (), **said)


class NarrowForm(Form):
    """Less of what was asked for."""

    people = TicksField(_l("People who stay in the scope"), [])
    fields = TicksField(_l("Fields that stay in the scope"), [])
    from_day = DayField(_l("From"), [Given(WRITE_DAY)])
    to_day = DayField(_l("To"), [Given(WRITE_DAY)])

    def __init__(self, *arguments: Any, of: DisclosureCase, **options: Any) -> None:
        everybody = [str(each.position) for each in of.persons]
        days = {"from_day": of.from_day, "to_day": of.to_day}
        super().__init__(*arguments, people=everybody, fields=of.fields, **days, **options)
        self.of = of
        self.people.flags.required = self.fields.flags.required = True
        self.people.choices = [(number, _("Person %(n)s", n=number)) for number in everybody]
        self.fields.choices = [(name, text) for name, text in scope_fields() if name in of.fields]

    def days(self) -> tuple[date, date]:
        """First and last day, once they are valid."""
        return self.from_day.data or self.of.from_day, self.to_day.data or self.of.to_day


class ExamineDemandForm(Form):
    """What the first approver found."""

    checked = LinesField(_l("How you made sure who sent it"), [Given()], at_most=1000)
    opinion = LinesField(_l("Why it is lawful, and no more than is needed"), [Given()], at_most=1000)


class EndCaseForm(Form):
    """Why nothing is given."""

    why = LinesField(_l("Why nothing is given"), [Given()], at_most=1000)


class HoldForm(Form):
    """What of whom is held, and until when."""

    people = TicksField(_l("Of whom"), [])
    ground = ChoiceField(_l("Because of"), list(GROUNDS.items()))
    scope = TicksField(_l("What is held"), [])
    until = ComingDayField(_l("Held until"), [Given(WRITE_DAY)])

    def __init__(self, *arguments: Any, of: DisclosureCase, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.people.flags.required = self.scope.flags.required = True
        self.people.choices = [(each, _("Person %(n)s", n=each)) for each in (str(one.position) for one in of.persons)]
        self.scope.choices = [(table, table) for table in scopes()]


class LiftForm(Form):
    """Why a hold ends before its day."""

    why = ChoiceField(_l("Why it is lifted"), list(WHY_LIFTED.items()))


class LookAgainForm(Form):
    """What the review found."""

    finding = LinesField(_l("What the review found"), [Given()], at_most=1000)
