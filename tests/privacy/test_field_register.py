"""Every field about a person opens for its own purposes only, and says in both languages why it exists."""

from types import SimpleNamespace

import pytest
from flask import Flask

from app.foundation.languages import catalogue
from app.foundation.personal_data import REGISTER, Purpose, PurposeRefused, personal, purpose
from app.privacy.proof import clause_states


@pytest.fixture
def fields(app: Flask) -> list[personal]:
    """What the running shop declares, without the tables that other tests make up."""
    declared = [field for field in REGISTER if field.table in app.extensions["sqlalchemy"].metadata.tables]
    declared = [field for field in declared if not field.table.startswith("test")]
    assert len(declared) > 8
    return declared


def opens(field: personal, wanted: Purpose) -> bool:
    row = SimpleNamespace(**{field.sealed_name: None})
    with purpose(wanted):
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
def test_no_field_may_be_opened_for_promotion_or_recommendation_yet(fields):
    assert not [field for field in fields if {Purpose.PROMOTION, Purpose.RECOMMENDATION} & set(field.purposes)]


def test_a_field_names_a_clause_that_exists(fields):
    known = {clause.id for clause in clause_states()}
    assert {field.clause for field in fields} <= known


def test_the_reason_of_a_field_is_said_in_chinese_too(fields):
    assert [field.why for field in fields if catalogue("zh").ugettext(field.why) == field.why] == []
