"""The desk of transfers: a transfer as its papers say it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import Optional

from app.backoffice.forms.disclosures import BarForm, ComingDayField, must_be_an_age_key, scope_fields
from app.backoffice.forms.papers import WRITE_DAY, PaperField
from app.foundation.fields import ChoiceField, DayField, TicksField
from app.foundation.forms import Given, LinesField, TextField
from app.foundation.grounds import AcceptedClause
from app.foundation.recipients import INSIDE
from app.privacy.policy import versions
from app.transfers.kinds import AGREEMENT, KINDS, LAW, MERGER
from app.transfers.opening import Plan

OUTSIDE = "outside"
REGIONS = {INSIDE: _l("Inside China"), OUTSIDE: _l("Outside China")}
DOCUMENTS = {"policy": _l("Privacy policy"), "agreement": _l("User agreement"), "rules": _l("Rules of the platform")}
NEEDED = _l("This kind of transfer needs it.")


class TransferForm(BarForm):
    """Who takes over what, on which paper, and what the kind of it needs besides."""

    kind = ChoiceField(_l("What is it?"), [(code, kind.name) for code, kind in KINDS.items()])
    document = PaperField(_l("The paper that it rests on"))
    reason = LinesField(_l("What it is for"), [Given()], at_most=300)
    expires_on = ComingDayField(_l("The case stands until"), [Given(WRITE_DAY)])
    name = TextField(_l("Name in Chinese"), [Given()], at_most=60)
    name_en = TextField(_l("Name in English"), [Given()], at_most=60)
    contact = TextField(_l("How people reach it"), [Given()], at_most=60)
    address = TextField(_l("Postal address"), [Given()], at_most=200)
    region = ChoiceField(_l("Where it keeps information"), list(REGIONS.items()))
    public_key = TextField(_l("The transferee's public key (age)"), [Given()], at_most=100)
    fields = TicksField(_l("Which fields"), [])
    undertaking = PaperField(_l("The new holder's signed undertaking"), required=False)
    undertaken_from = DayField(_l("It binds from"), [Optional()])
    undertaken_to = DayField(_l("It binds until"), [Optional()])
    legal_basis = TextField(_l("Legal basis"), at_most=200)
    persons = LinesField(_l("Whose data"), at_most=8000)
    from_day = DayField(_l("From"), [Optional()])
    to_day = DayField(_l("To"), [Optional()])
    accepted = ChoiceField(_l("Document and version that people accepted"), [("", "-")])
    clause = TextField(_l("Its clause"), at_most=20)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields.choices = scope_fields()
        self.fields.flags.required = True
        self.accepted.choices = [("", "-"), *_versions()]

    def validate_region(self, field: Any) -> None:
        if field.data == OUTSIDE:
            raise ValidationError(_l("All information stays inside China. Nothing is transferred to somebody outside."))

    def validate_public_key(self, field: Any) -> None:
        must_be_an_age_key(field)

    def validate_fields(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Please choose what is transferred."))

    def validate_undertaken_to(self, field: Any) -> None:
        _must_follow(field, self.undertaken_from)

    def validate_to_day(self, field: Any) -> None:
        _must_follow(field, self.from_day)

    def validate(self, extra_validators: Any = None) -> bool:
        """What a kind needs besides may be left empty for the others."""
        is_valid = super().validate(extra_validators)
        lacking = [field for field in self._needed() if not field.data and not field.errors]
        for field in lacking:
            field.errors = [NEEDED]
        return is_valid and not lacking

    def _needed(self) -> list[Any]:
        if self.kind.data == LAW:
            return [self.legal_basis, self.persons, self.from_day, self.to_day]
        if self.kind.data == AGREEMENT:
            return [self.accepted, self.clause]
        return [self.undertaken_from] if self.kind.data == MERGER and self.undertaking.digest else []

    def plan(self) -> Plan:
        """The transfer, once it is valid."""
        lines = [line.strip() for line in (self.persons.data or "").splitlines() if line.strip()]
        texts = ("kind", "name", "name_en", "contact", "address", "region", "reason", "public_key", "legal_basis")
        days = ("expires_on", "from_day", "to_day", "barred_until", "undertaken_from", "undertaken_to")
        said: dict[str, Any] = {name: self[name].data or "" for name in (*texts, "bar_basis")}
        said |= {name: self[name].data for name in days}
        said |= {"document": self.document.digest, "content": self.document.content}
        said |= {"undertaking_digest": self.undertaking.digest or None, "undertaking_content": self.undertaking.content}
        return Plan(persons=lines, fields=self.fields.data or (), accepted=self._clause(), **said)

    def _clause(self) -> AcceptedClause | None:
        document, _, version = (self.accepted.data or "").partition(" ")
        return AcceptedClause(document, version, self.clause.data or "") if version else None


def _must_follow(field: Any, first: Any) -> None:
    if field.data and first.data and field.data < first.data:
        raise ValidationError(_l("The last day must not be before the first."))


def _versions() -> list[tuple[str, Any]]:
    return [
        (f"{document} {each.version}", _l("%(title)s, version %(version)s", title=title, version=each.version))
        for document, title in DOCUMENTS.items()
        for each in reversed(versions(document))
    ]
