"""A version after the shipped ones: which is in force when, what changed, and that the old one stays readable."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy import policy as registry
from app.privacy.differences import _WORDS, _parts, changes_between
from app.privacy.manifest import UnknownPromise
from app.privacy.policy import current_policy, policy_version, predecessor_of
from app.privacy.texts import FOLDERS, pins_of
from tests.privacy.later_versions import NEWEST, NEXT, Author, author

__all__ = ["author"]
PUBLISHED_AT = datetime(2027, 2, 10, 3, tzinfo=UTC)


@pytest.fixture
def later_version(author: Author) -> None:
    """The version after the shipped ones, in force from 2027-03-01: closure in 24 hours instead of 48."""
    author.closing_within(24, effective="2027-03-01")
    author.publish(NEXT, PUBLISHED_AT)


@pytest.mark.clause("6.1b")
def test_the_text_in_force_changes_exactly_on_the_day_of_effect(later_version):
    assert current_policy(date(2027, 2, 28)).version == NEWEST
    assert current_policy(date(2027, 3, 1)).version == NEXT


@pytest.mark.clause("6.1b")
def test_the_page_changes_at_midnight_in_china(later_version, client, clock):
    clock.freeze(datetime(2027, 2, 28, 15, 59, 59, tzinfo=UTC))
    assert "within 48 hours:" in client.get("/en/privacy").text
    clock.travel(seconds=1)
    assert "within 24 hours:" in client.get("/en/privacy").text


@pytest.mark.clause("6.1b")
def test_a_deadline_follows_the_version_in_force(later_version):
    assert registry.deadline("closure.decision", date(2027, 2, 28)).total_seconds() == 48 * 3600
    assert registry.deadline("closure.decision", date(2027, 3, 1)).total_seconds() == 24 * 3600


@pytest.mark.clause("6.1b")
def test_a_time_that_the_version_in_force_does_not_state_yet_is_kept_as_the_newest_states_it(app):
    first = date(2026, 11, 23)
    assert "breach.alarm" not in registry.current_policy(first).manifest.deadlines
    assert registry.deadline("breach.alarm", first) == timedelta(hours=24)
    with pytest.raises(UnknownPromise):
        registry.deadline("no such time", first)


@pytest.mark.clause("6.3")
@pytest.mark.parametrize(("lang", "before", "after"), [("zh", "48", "24"), ("en", "48", "24")])
def test_the_difference_names_exactly_what_changed(later_version, lang, before, after):
    (change,) = changes_between(policy_version(NEWEST), policy_version(NEXT), lang)
    assert change.id == "5.2.2a"
    assert [part for part in change.parts if part[0] != "same"] == [("gone", before), ("new", after)]


@pytest.mark.clause("6.3")
def test_a_row_of_an_annex_that_changes_its_name_is_one_change(app):
    changes = {change.id: change for change in changes_between(policy_version("3"), policy_version("4"), "en")}
    assert [id_ for id_ in changes if "Tickets" in id_] == [
        "Annex 1: how long we keep: Tickets, messages, dispute cases"
    ]
    (row,) = (change for id_, change in changes.items() if "Tickets" in id_)
    assert "".join(words for kind, words in row.parts if kind != "gone") == row.after
    assert ("same", " | 2 years after they are settled | needed by the function") in row.parts


@pytest.mark.clause("6.3")
def test_the_archive_keeps_the_old_text_and_shows_what_changed(later_version, client, clock):
    clock.freeze(datetime(2027, 3, 2, tzinfo=UTC))
    assert "within 24 hours:" in client.get("/en/privacy").text
    old = client.get(f"/en/privacy/archive/{NEWEST}").text
    assert "within 48 hours:" in old and f"This is version {NEWEST}. Version {NEXT} is in force." in old
    assert f"/en/privacy/archive/{NEXT}/changes" in client.get("/en/privacy/archive").text
    changes = client.get(f"/en/privacy/archive/{NEXT}/changes").text
    assert "<del>48</del>" in changes and "<ins>24</ins>" in changes
    assert "5.2.2a" in changes and "5.2.2b" not in changes


def test_the_first_version_has_nothing_to_be_compared_with(client):
    assert predecessor_of(policy_version("1")) is None
    assert client.get("/en/privacy/archive/1/changes").status_code == 404


def test_the_digests_of_two_versions_differ_in_both_languages(later_version):
    one, two = policy_version(NEWEST), policy_version(NEXT)
    assert {one.hash("zh"), one.hash("en")}.isdisjoint({two.hash("zh"), two.hash("en")})


@pytest.mark.parametrize("document", list(FOLDERS))
def test_the_pins_name_every_file_of_every_version(document):
    home = FOLDERS[document]
    lying = {folder.name: {file.name for file in folder.iterdir()} for folder in home.iterdir() if folder.is_dir()}
    assert {version: set(files) for version, files in pins_of(home).items()} == lying


@pytest.mark.clause("6.3")
@given(st.text(alphabet="ab c.", max_size=60), st.text(alphabet="ab c.", max_size=60))
def test_what_stayed_and_went_is_the_old_text_and_what_stayed_and_came_the_new(before, after):
    parts = list(_parts(before, after, _WORDS["en"]))
    assert "".join(words for kind, words in parts if kind != "new") == before
    assert "".join(words for kind, words in parts if kind != "gone") == after


@pytest.mark.clause("6.3")
@pytest.mark.parametrize(
    ("lang", "words"), [("zh-cn", "在移交之前至少 30 日告知"), ("en", "30 days before the handover")]
)
def test_what_the_newest_version_changed_is_shown_in_both_languages(client, lang, words):
    page = client.get(f"/{lang}/privacy/archive/{NEWEST}/changes")
    assert page.status_code == 200
    assert words in page.text
    assert "<ins>" in page.text
