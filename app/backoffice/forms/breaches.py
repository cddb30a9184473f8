"""The desk of breaches: what failed, the words for people and authorities, what was done, who has the report."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, ValidationError

from app.accounts.models import Account, name_key_of
from app.backoffice.forms.shipping import MomentField
from app.backoffice.words import ROLES
from app.breaches.affected import Leak, readers_in_role, tables_of_people
from app.breaches.models import Breach
from app.breaches.queries import words_for_tables
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.fields import ChoiceField, TicksField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.foundation.permissions import STAFF_ROLES

READER, ROLE, TABLES, KEYS = "reader", "role", "tables", "keys"
WHAT = {
    READER: _l("What one member of the staff could read"),
    ROLE: _l("What everybody of a role could read"),
    TABLES: _l("Tables, as by a copy of the database"),
    KEYS: _l("Keys: everything that is sealed"),
}
LANGUAGES, TEXTS = ("zh", "en"), ("cause", "harm", "measures")
A_MINUTE = timedelta(seconds=59, microseconds=999_999)
"""The last minute counts whole."""
WRITE_MOMENT = _l("Please write the moment as 2026-11-23 14:30.")


class PastMomentField(MomentField):
    """A moment that is not in the future."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        super().post_validate(form, validation_stopped)
        if not validation_stopped and self.moment > now():
            raise ValidationError(_l("Please give a moment that is not in the future."))


class UntilField(PastMomentField):
    """The same, and not before that of `from_at`."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        super().post_validate(form, validation_stopped)
        began: datetime | None = getattr(form.from_at, "moment", None)
        if not validation_stopped and began and self.moment < began:
            raise ValidationError(_l("The end must not be before the beginning."))


class NoticeForm(Form):
    """What people and authorities read, in both languages."""

    cause_zh = LinesField(_l("Cause, in Chinese"), [Given()], at_most=1000)
    harm_zh = LinesField(_l("Possible harm, in Chinese"), [Given()], at_most=1000)
    measures_zh = LinesField(_l("Measures, in Chinese"), [Given()], at_most=1000)
    cause_en = LinesField(_l("Cause, in English"), [Given()], at_most=1000)
    harm_en = LinesField(_l("Possible harm, in English"), [Given()], at_most=1000)
    measures_en = LinesField(_l("Measures, in English"), [Given()], at_most=1000)

    def __init__(self, *arguments: Any, of: Breach | None = None, **options: Any) -> None:
        said = {f"{text}_{lang}": of.texts[lang][text] for lang in LANGUAGES for text in TEXTS} if of else {}
        super().__init__(*arguments, **said, **options)

    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """By language and name, once they are valid."""
        return {lang: {text: self[f"{text}_{lang}"].data or "" for text in TEXTS} for lang in LANGUAGES}


class BreachForm(NoticeForm):
    """A breach as it is recorded: what leaked, from when to when, and when that was found."""

    is_drill = BooleanField(_l("This is a drill"))
    what = ChoiceField(_l("What leaked"), list(WHAT.items()))
    reader = TextField(_l("Account name of the member of the staff"), at_most=60)
    role = ChoiceField(_l("Role"), [(role, ROLES[role]) for role in sorted(STAFF_ROLES)], optional=True)
    tables = TicksField(_l("Tables"), [])
    found_at = PastMomentField(_l("Found at"), [Given(WRITE_MOMENT)], at_most=16)
    from_at = PastMomentField(_l("Leaked from"), [Given(WRITE_MOMENT)], at_most=16)
    to_at = UntilField(_l("Leaked until"), [Given(WRITE_MOMENT)], at_most=16)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        words = words_for_tables()
        self.tables.choices = [(name, f"{name}: {words[name]}") for name in tables_of_people()]

    def validate_reader(self, field: Any) -> None:
        if self.what.data == READER and not self._readers():
            raise ValidationError(_l("Nobody of the staff has this account name."))

    def validate_role(self, field: Any) -> None:
        if self.what.data == ROLE and not readers_in_role(db.session(), field.data or ""):
            raise ValidationError(_l("Nobody has this role."))

    def validate_tables(self, field: Any) -> None:
        if self.what.data == TABLES and not field.data:
            raise ValidationError(_l("Please choose the tables that leaked."))

    def leak(self) -> Leak:
        """What leaked, once the form is valid."""
        tables = {TABLES: self.tables.data or (), KEYS: tables_of_people()}.get(self.what.data, ())
        return Leak(
            self.from_at.moment, self.to_at.moment + A_MINUTE, readers=tuple(self._readers()), tables=tuple(tables),
            texts=self.texts(), found_at=self.found_at.moment,
        )  # fmt: skip

    def _readers(self) -> list[int]:
        if self.what.data == ROLE:
            return readers_in_role(db.session(), self.role.data or "")
        if self.what.data != READER or not self.reader.data:
            return []
        named = select(Account.audit_ref).where(Account.name_key == name_key_of(self.reader.data))
        return list(db.session.scalars(named.where(Account.role.in_(STAFF_ROLES))))


class ContainmentForm(Form):
    """What was done to stop it."""

    done = LinesField(_l("What was done to stop it"), [Given()], at_most=2000)


class ReportedForm(Form):
    """Who has the report."""

    authority = TextField(_l("Which authority has it"), [Given()], at_most=200)
