"""Deadlines, keeping times and limits are read from the manifest, and calendar periods follow the calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.personal_data import Keep, Purpose
from app.privacy.manifest import Period, UnknownPromise
from app.privacy.policy import UnknownVersion, current_policy, deadline, policy_version
from tests.privacy.later_versions import NEWEST, NEXT

moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1))


def test_a_deadline_is_what_the_policy_says(app):
    assert deadline("closure.decision") == timedelta(hours=48)
    assert deadline("sms_code.life") == timedelta(minutes=5)
    assert deadline("reply") == timedelta(days=10)


def test_an_unknown_promise_is_an_error_and_not_a_default(app):
    manifest = current_policy(date(2026, 11, 23)).manifest
    for ask in (manifest.deadline, manifest.limit, manifest.keep, manifest.period):
        with pytest.raises(UnknownPromise, match="closure.whenever"):
            ask("closure.whenever")


def test_months_are_no_fixed_length():
    with pytest.raises(ValueError, match="13 months"):
        Period.parse("13 months").as_timedelta()


@pytest.mark.parametrize("text", ["", "48", "hours", "48 hourz", "-1 days", "1.5 days", "4 8 hours", "48 hours "])
def test_what_is_not_a_period_is_refused(text):
    with pytest.raises(ValueError, match="not a period"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("period", "begun", "over"),
    [
        ("1 month", datetime(2026, 1, 31), datetime(2026, 2, 28)),
        ("25 months", datetime(2026, 11, 23, 8), datetime(2028, 12, 23, 8)),
        ("3 years", datetime(2024, 2, 29), datetime(2027, 2, 28)),
        ("183 days", datetime(2026, 1, 1), datetime(2026, 7, 3)),
        ("48 hours", datetime(2026, 12, 31, 12), datetime(2027, 1, 2, 12)),
    ],
)
def test_a_period_ends_by_the_calendar(period, begun, over):
    assert Period.parse(period).after(begun) == over


@given(moments, st.integers(1, 120))
def test_counting_months_back_and_on_stays_within_the_same_month_end(moment, months):
    period = Period(months, "month")
    assert period.before(period.after(moment)) <= moment
    assert moment - period.before(period.after(moment)) <= timedelta(days=3)
    assert period.after(moment) > moment


def test_every_keeping_time_that_a_field_may_name_is_in_the_manifest(app):
    manifest = current_policy(date(2026, 11, 23)).manifest
    assert {keep.value for keep in Keep} <= set(manifest.retention)


def test_every_purpose_that_a_field_may_name_is_in_the_manifest(app):
    manifest = current_policy(date(2026, 11, 23)).manifest
    assert {purpose.value for purpose in Purpose} <= set(manifest.purposes.values())


def test_the_first_version_holds_from_the_first_day_on(app):
    assert current_policy(date(2020, 1, 1)).version == "1"
    assert current_policy(date(2099, 1, 1)).version == NEWEST


def test_there_is_no_version_that_was_not_published(app):
    with pytest.raises(UnknownVersion):
        policy_version(NEXT)


def test_times_keep_their_zone():
    assert Period.parse("13 months").after(datetime(2026, 1, 1, tzinfo=UTC)).tzinfo is UTC
