"""The field register against the running shop: what is not declared fails the build. Clauses 1, 2a, 5.1.2a, 5.1.3a."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import JSON, String, Text
from wtforms.fields.core import UnboundField

from analytics.request_log import FIELDS as LOG_FIELDS
from app.foundation.cookies import REGISTER as COOKIES
from app.foundation.database import Base
from app.foundation.forms import Form
from app.foundation.personal_data import REGISTER, TREATMENTS, Grade, Kind, personal
from app.foundation.recipients import RECIPIENTS
from app.foundation.sealed_log import Record
from app.privacy.cookie_guide import FOR
from app.privacy.policy import current_policy
from app.privacy.proof import clause_states
from app.privacy.register import OF_THE_SHOP, PASSING, tables_about_persons, written
from app.settings import ROOT
from tests.house import files

HOW_TO_DECLARE = "declare it in app/privacy/register.toml (see its head), or with personal(...) beside the model"


@pytest.fixture
def tables(shop: Flask) -> dict[str, object]:
    return {name: table for name, table in Base.metadata.tables.items() if not name.startswith("test_")}


@pytest.fixture
def fields(tables) -> dict[str, personal]:
    return {f"{field.table}.{field.name}": field for field in REGISTER if field.table in tables}


def personal_tables() -> set[str]:
    return {field.table for field in REGISTER}


def forms() -> Iterator[type[Form]]:
    """Every form that is written down. Those made on the fly, for the lines of an order, add figures of goods."""
    waiting = list(Form.__subclasses__())
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("app.") and getattr(sys.modules[form.__module__], form.__name__, None) is form:
            yield form


def names_of(form: type[Form]) -> set[str]:
    return {name for name in dir(form) if isinstance(getattr(form, name, None), UnboundField)}


@pytest.mark.clause("1")
def test_every_table_about_a_person_is_in_the_register(tables):
    about = {table for table in tables_about_persons(Base.metadata) if not table.startswith("test_")}
    missing = about - personal_tables() - set(written()["linked"])
    assert not missing, f"{sorted(missing)}: {HOW_TO_DECLARE}"
    assert set(written()["linked"]) <= set(tables) - personal_tables(), "the register names a table that there is not"


@pytest.mark.clause("1.2.3")
def test_every_column_of_such_a_table_that_could_hold_text_is_named(tables):
    texts = {
        name: [column.name for column in table.columns if isinstance(column.type, String)]
        for name, table in tables.items()
        if name in written()["linked"]
    }
    assert {name: columns for name, columns in texts.items() if columns} == written()["texts"], HOW_TO_DECLARE


PLANT = """
from sqlalchemy import Column, String
from sqlalchemy.orm import mapped_column
from app.accounts.events import SecurityEvent
from app.foundation.database import Id, IdMixin, db
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal

SecurityEvent.employer = Column(String(80))  # beside a link to a person

class Planted(PersonalData, IdMixin, db.Model):  # sealed, and in no version of the policy
    __tablename__ = "planted"
    hobby = personal(clause="1.2.3", kind=Kind.TEXT, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED, why=N_("none"))
    subject_id = mapped_column(Id, info=impersonal("names the data key"))

class Followed(IdMixin, db.Model):  # about an account, and in no register
    __tablename__ = "followed"
    __personal__ = False
    account_id = mapped_column(Id)
"""


@pytest.mark.clause("1.2.3")
def test_a_column_planted_without_register_and_policy_fails_the_build(tmp_path: Path):
    """The checks themselves, run on a shop that collects more than it says."""
    (tmp_path / "planted_columns.py").write_text(PLANT)
    checks = [
        "tests/privacy/test_new_purposes.py::test_every_personal_field_is_covered_by_the_newest_version",
        "tests/privacy/test_register.py::test_every_table_about_a_person_is_in_the_register",
        "tests/privacy/test_register.py::test_every_column_of_such_a_table_that_could_hold_text_is_named",
    ]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "planted_columns", "-p", "no:cacheprovider", "-n", "0", "-q", *checks],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "3 failed" in run.stdout, run.stdout + run.stderr
    assert all(name in run.stdout for name in ("hobby", "followed", "employer"))


@pytest.mark.clause("1")
def test_what_everybody_can_read_is_about_nobody(tables):
    assert not set(written()["public"]["tables"]) & (tables_about_persons(Base.metadata) | personal_tables())
    assert set(written()["public"]["tables"]) <= set(tables)


@pytest.mark.clause("1")
@pytest.mark.clause("5.1.3a")
def test_every_field_of_every_form_is_declared(shop: Flask):
    declared = {name: set(fields) for name, fields in written()["forms"].items()}
    real = {f"{form.__module__.split('.')[1]}.{form.__name__}": names_of(form) for form in forms() if names_of(form)}
    assert real == declared, f"form fields: {HOW_TO_DECLARE}"


@pytest.mark.clause("5.1.3a")
def test_what_a_form_field_is_kept_in_exists(tables, fields):
    for form, kept in written()["forms"].items():
        for name, where in kept.items():
            table, _, column = where.partition(".")
            known = where in (PASSING, OF_THE_SHOP, *fields) or (
                table in tables and (not column or column in tables[table].columns)
            )
            assert known, (form, name, where)


@pytest.mark.clause("5.1.3a")
def test_every_input_that_a_page_writes_by_itself_is_declared():
    literal = re.compile(r"<(?:input|select|textarea)\b[^>]*\bname=\"([a-z_]+)\"")
    found = {name for text in files.templates().values() for name in literal.findall(text)}
    declared = {*written()["inputs"], *(name for form in written()["forms"].values() for name in form)}
    assert not found - declared, f"{sorted(found - declared)}: {HOW_TO_DECLARE}"


@pytest.mark.clause("1")
def test_every_field_of_the_logs_and_every_cookie_is_in_the_register():
    assert set(written()["log"]) == set().union(*LOG_FIELDS.values())
    assert set(written()["sealed_log"]) == set(Record._fields)
    assert set(FOR) == set(COOKIES)


@pytest.mark.clause("1")
def test_each_required_field_is_read_where_the_register_says(fields):
    required = {name for name, field in fields.items() if field.required}
    assert set(written()["read_by"]) == required, f"[read_by]: {HOW_TO_DECLARE}"
    for field, reader in written()["read_by"].items():
        path, _, function = reader.partition(":")
        assert re.search(rf"[.\"']{field.partition('.')[2]}\b", source_of(ROOT / path, function)), (field, reader)


def source_of(path: Path, function: str) -> str:
    text = path.read_text()
    if not function:
        return text
    (found,) = [node for node in ast.walk(ast.parse(text)) if getattr(node, "name", None) == function]
    return ast.get_source_segment(text, found) or ""


def test_words_clauses_and_keeping_times_of_the_register_exist(shop: Flask, fields):
    known, kept = {clause.id for clause in clause_states()}, current_policy_keeps(shop)
    for table, line in written()["linked"].items():
        assert line["clause"] in known and line["keep"] in kept and line["zh"] and line["en"], table


def current_policy_keeps(shop: Flask) -> set[str]:
    from app.foundation.clock import today

    with shop.app_context():
        return set(current_policy(today()).manifest.retention)


def test_what_recipients_get_comes_from_fields_of_the_register(fields):
    for code, recipient in RECIPIENTS.items():
        if not code.startswith("test"):
            assert recipient.draws_on <= set(fields), code
            for name in recipient.draws_on:
                assert recipient.purposes & fields[name].purposes, (code, name)


SEALED_BY = {
    "app/foundation/personal_data.py": "the engine of encryption",
    "app/privacy/my_data.py": "the engine of the page",
    "app/privacy/export.py": "the engine of the export",
    "app/accounts/views/profile.py": "asks whether there is a picture",
    "app/notifications/notifying.py": "takes a mail address out of messages",
    "app/upkeep/inspecting.py": "tries after a restore whether everything opens",
    "app/backoffice/unmasking.py": "masks a consignee",
    "app/orders/anonymising.py": "blanks at closure",
    "app/payments/anonymising.py": "removes files at closure",
    "app/payments/vouchers.py": "removes files past their time",
    "app/payments/bank/importing.py": "blanks what is past its time",
    "app/refunds/closing.py": "blanks at closure",
    "app/invoices/closing.py": "blanks at closure",
    "app/backoffice/invoice_pages.py": "masks a title",
    "app/after_sales/forgetting.py": "removes files past their time",
    "app/accounts/closing.py": "blanks at closure",
    "app/privacy/erasing.py": "the engine of erasure",
    "app/privacy/files.py": "looks for the names of files",
    "app/privacy/erasing_rows.py": "blanks at closure",
    "app/privacy/erasing_rest.py": "blanks at the end of the service",
    "app/privacy/scope.py": "the engine of packages that the law demands",
    "app/privacy/holding.py": "seals anew what the law has us hold",
}
GOING_ROUND = re.compile(r"\b\w+_sealed\b|\.sealed_name\b|\b[A-Z]\w+\.[a-z_]+\.read\(|\bfield\.read\(")


@pytest.mark.clause("2a")
def test_sealed_columns_are_touched_only_by_the_engines():
    found = {
        str(path)
        for path, text in files.code().items()
        if path.parts[0] == "app" and "migrations" not in path.parts and GOING_ROUND.search(text)
    }
    assert found <= set(SEALED_BY), f"{sorted(found - set(SEALED_BY))} reads past the purpose gate"


FREE_FORM = {
    "alarms.facts": "codes and counts", "bank_rows.reasons": "codes", "cart_merges.before": "quantities by SKU",
    "disclosures.fields": "names of fields", "closures.erased": "names of fields", "closures.kept": "names of rules",
    "closures.obstacles": "codes", "closures.steps": "names of steps", "holds.scope": "names of fields",
    "disputes.items": "codes of what was chosen", "ledger_entries.facts": "codes",
    "recipient_agreements.purposes": "numbers of purposes", "share_consents.shown": "a text of ours",
    "statement_shapes.columns": "numbers of columns", "statements.faults": "lines and codes",
}  # fmt: skip


@pytest.mark.clause("1.2.3")
def test_no_table_about_a_person_has_a_column_for_anything_else(tables):
    """Free text and JSON stand in sealed fields, or hold codes that are named here."""
    about = tables_about_persons(Base.metadata) | personal_tables()
    loose = {
        f"{name}.{column.name}"
        for name, table in tables.items()
        if name in about
        for column in table.columns
        if isinstance(column.type, JSON | Text) and "personal" not in column.info
    }
    assert loose <= set(FREE_FORM), sorted(loose - set(FREE_FORM))


@pytest.mark.clause("5.1.2a")
def test_each_class_gets_its_four_treatments(fields):
    """Sealed in the store, masked on screens, out of the logs, and with an end; each on every column of the class."""
    sealed = {name for name, field in fields.items() if TREATMENTS[field.grade].sealed}
    assert sealed == set(fields)
    for name, field in fields.items():
        column = field.columns()[field.sealed_name].column
        assert column.type.python_type is bytes, name
        assert field.keep, name
    assert {field.grade for field in fields.values()} == {Grade.PERSONAL, Grade.SENSITIVE}
    assert {field.grade for field in fields.values() if field.kind is Kind.SECRET} == {Grade.SENSITIVE}


@pytest.mark.clause("1")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_the_page_shows_every_field_table_recipient_cookie_and_log_field(app, client, lang, fields):
    page = client.get(f"/{lang}/privacy/register").get_data(as_text=True)
    shown = [*fields, *written()["linked"], *COOKIES, *written()["log"], *written()["sealed_log"]]
    assert [name for name in shown if f"<code>{name}</code>" not in page] == []
    locale = "zh" if lang == "zh-cn" else "en"
    assert [each.code for each in RECIPIENTS.values() if each.name_in(locale) not in page] == []
    assert client.get(f"/{lang}/privacy/fields").headers["Location"].endswith(f"/{lang}/privacy/register")
