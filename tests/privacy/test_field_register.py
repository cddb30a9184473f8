"""Every field about a person opens for its own purposes only, and says in both languages why it exists."""

from types import SimpleNamespace

import pytest
from flask import Flask

from app.foundation.languages import catalogue
from app.foundation.personal_data import REGISTER, Purpose, PurposeRefused, personal, purpose
from app.privacy.choices import Choices
from app.privacy.personal_service import personal_service
from app.privacy.proof import clause_states


@pytest.fixture
def fields(app: Flask) -> list[personal]:
    """What the running shop declares, without the tables that other tests make up."""
    declared = [field for field in REGISTER if field.table in app.extensions["sqlalchemy"].metadata.tables]
    declared = [field for field in declared if not field.table.startswith("test_")]
    assert len(declared) > 8
    return declared


def opens(field: personal, wanted: Purpose) -> bool:
    row = SimpleNamespace(**{field.sealed_name: None})
    with personal_service(Choices(personal=True)), purpose(wanted):
        try:
            field.__get__(row, type(row))
        except PurposeRefused:
            return False
        return True


@pytest.mark.clause("2a")
@pytest.mark.clause("2.1")
def test_a_field_opens_for_the_purposes_of_the_register_and_for_no_other(fields):
    for field in fields:
        assert {wanted for wanted in Purpose if opens(field, wanted)} == set(field.purposes), field.table


@pytest.mark.clause("2.1")
@pytest.mark.clause("2.8")
def test_searches_alone_may_be_opened_for_recommendation_and_nothing_for_promotion(fields):
    opened = {wanted: [f"{field.table}.{field.name}" for field in fields if wanted in field.purposes]
              for wanted in (Purpose.PROMOTION, Purpose.RECOMMENDATION)}  # fmt: skip
    assert opened == {Purpose.PROMOTION: [], Purpose.RECOMMENDATION: ["searched_terms.term"]}


def test_a_field_names_a_clause_that_exists(fields):
    known = {clause.id for clause in clause_states()}
    assert {field.clause for field in fields} <= known


def test_the_reason_of_a_field_is_said_in_chinese_too(fields):
    assert [field.why for field in fields if catalogue("zh").ugettext(field.why) == field.why] == []
