"""A version is proposed from its files, compared, approved by two people and published. Clauses P.3, 6.1b, 6.2."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.database import db, transaction
from app.foundation.two_people import NotAllowed, NotWaiting, SamePerson
from app.privacy.acceptance import accept
from app.privacy.acknowledging import acknowledge
from app.privacy.policy import PolicyAltered, _published, founding_versions, policy_version, versions
from app.privacy.publications import PUBLISHED, PolicyPublication, known_publications
from app.privacy.publishing import (
    FilesChanged,
    NoticeTooShort,
    NotPublishable,
    ProposedAlready,
    approve,
    proposal_of,
    propose,
    waiting_rows,
    withdraw,
)
from app.privacy.texts import FOLDERS
from tests.privacy.later_versions import CHANGES, NEWEST, NEXT, Author, author
from tests.privacy.publishers import ANOTHER, CLERK, ONE

__all__ = ["author"]
AT = datetime(2027, 2, 10, 3, tzinfo=UTC)
IN_TIME, TOO_SOON = "2027-02-18", "2027-02-17"


def state_of(version: str = NEXT) -> list[str]:
    return list(db.session.scalars(select(PolicyPublication.state).where(PolicyPublication.version == version)))


@pytest.mark.clause("P.3")
def test_two_people_publish_and_the_ledger_pins_the_files(author: Author):
    author.closing_within(24, effective=IN_TIME)
    row = propose("policy", NEXT, AT)
    assert [version.version for version in versions()][-1] == NEWEST
    approve(row.id, ONE, AT)
    assert [version.version for version in versions()][-1] == NEWEST
    published = approve(row.id, ANOTHER, AT)
    assert [version.version for version in versions()][-1] == NEXT
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "policy.published")).one()
    assert entry.facts["digests"] == published.digests
    assert entry.facts["hashes"] == {lang: policy_version(NEXT).hash(lang) for lang in ("zh", "en")}


@pytest.mark.clause("P.3")
def test_one_person_does_not_publish(author: Author):
    author.closing_within(24, effective=IN_TIME)
    row = propose("policy", NEXT, AT)
    approve(row.id, ONE, AT)
    with pytest.raises(SamePerson):
        approve(row.id, ONE, AT)
    with pytest.raises(NotAllowed):
        approve(row.id, CLERK, AT)
    assert state_of() == ["proposed"]


@pytest.mark.clause("P.3")
def test_two_people_at_once_publish_once(author: Author, app):
    author.closing_within(24, effective=IN_TIME)
    row, refused, begin = propose("policy", NEXT, AT), [], threading.Barrier(4)

    def press(person):
        with app.app_context():
            begin.wait()
            try:
                approve(row.id, person, AT)
            except (SamePerson, NotWaiting) as refusal:
                refused.append(type(refusal))

    threads = [threading.Thread(target=press, args=(person,)) for person in (ONE, ONE, ANOTHER, ANOTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 2 and state_of() == [PUBLISHED]
    assert len(db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "policy.published")).all()) == 1


@pytest.mark.clause("6.1b")
def test_less_than_the_promised_notice_is_refused(author: Author):
    author.closing_within(24, effective=TOO_SOON)
    with pytest.raises(NoticeTooShort, match="7"):
        propose("policy", NEXT, AT)


@pytest.mark.clause("6.1b")
def test_an_approval_that_comes_too_late_for_the_notice_is_refused(author: Author):
    author.closing_within(24, effective=IN_TIME)
    row = propose("policy", NEXT, AT)
    approve(row.id, ONE, AT)
    with pytest.raises(NoticeTooShort):
        approve(row.id, ANOTHER, AT + timedelta(hours=13, seconds=1))
    approve(row.id, ANOTHER, AT + timedelta(hours=13))


@pytest.mark.clause("6.2(1)")
@pytest.mark.clause("6.2(4)")
def test_a_change_dressed_as_wording_is_classed_by_what_it_does(author: Author):
    claim = {'text_in_force = "zh"': 'text_in_force = "zh"\nclass = "wording"'}
    author.write(effective=IN_TIME, manifest={**claim, 'copy = "my_data"\n': ""})
    assert propose("policy", NEXT, AT).change_class == "reduction"


@pytest.mark.clause("6.2")
def test_a_major_change_without_a_summary_by_clause_is_refused(author: Author):
    silent = CHANGES.replace("5.2.2a", "5.2.2b")
    folder = author.closing_within(24, effective=IN_TIME)
    (folder / "changes.toml").write_text(silent)
    pins = author.home / "published.toml"
    pins.write_text(pins.read_text()[: pins.read_text().index(f"\n[{NEXT}]")])
    author.pin(folder)
    with pytest.raises(NotPublishable, match=r"5\.2\.2a"):
        propose("policy", NEXT, AT)


@pytest.mark.clause("6.1b")
@pytest.mark.parametrize("name", ["en.toml", "zh.toml", "changes.toml"])
def test_a_missing_file_is_refused(author: Author, name):
    folder = author.closing_within(24, effective=IN_TIME)
    pins = author.home / "published.toml"
    (folder / name).unlink()
    pins.write_text(pins.read_text()[: pins.read_text().index(f"\n[{NEXT}]")])
    author.pin(folder)
    with pytest.raises(NotPublishable, match=name):
        propose("policy", NEXT, AT)


@pytest.mark.clause("P.3")
def test_files_that_change_while_they_wait_are_not_approved(author: Author):
    folder = author.closing_within(24, effective=IN_TIME)
    row = propose("policy", NEXT, AT)
    (folder / "en.toml").write_text((folder / "en.toml").read_text().replace("24 hours", "12 hours"))
    with pytest.raises(FilesChanged):
        approve(row.id, ONE, AT)


@pytest.mark.clause("P.3")
@pytest.mark.clause("6.3")
def test_a_published_file_that_was_edited_stops_the_registry(author: Author):
    folder = author.closing_within(24, effective=IN_TIME)
    author.publish(NEXT, AT)
    (folder / "en.toml").write_text((folder / "en.toml").read_text().replace("24 hours", "96 hours"))
    registry_forgets()
    with pytest.raises(PolicyAltered, match=NEXT):
        versions()


def registry_forgets() -> None:
    _published.cache_clear()
    known_publications().forget()


def test_one_proposal_at_a_time_and_no_version_twice(author: Author):
    author.closing_within(24, effective=IN_TIME)
    row = propose("policy", NEXT, AT)
    with pytest.raises(ProposedAlready):
        propose("policy", NEXT, AT)
    withdraw(row.id, ONE, AT)
    with pytest.raises(NotWaiting):
        approve(row.id, ONE, AT)
    author.publish(NEXT, AT)
    with pytest.raises(NotPublishable, match="before version"):
        propose("policy", NEXT, AT)


@pytest.mark.clause("6.2(2)")
def test_the_operators_entry_stays_as_it_was_published(author: Author, app, monkeypatch):
    with transaction() as session:
        accept(session, 4711, NEWEST, "zh", policy_version(NEWEST).hash("zh"), AT)
    known_publications().forget()
    settings = app.extensions["settings"]
    theirs = replace(settings, operator=replace(settings.operator, name="另一家公司"))
    monkeypatch.setitem(app.extensions, "settings", theirs)
    assert "另一家公司" not in policy_version(NEWEST).texts["zh"].served
    told = CHANGES + "".join(f'[clauses."{id_}"]\nzh = "经营者改变。"\nen = "Another."\n' for id_ in ("P.1", "7.1"))
    author.write(effective=IN_TIME, changes=told)
    assert propose("policy", NEXT, AT).change_class == "major"


def test_the_founding_is_written_down_once(app):
    with transaction() as session:
        for person in (1, 2):
            accept(session, person, NEWEST, "en", policy_version(NEWEST).hash("en"), AT)
    rows = db.session.scalars(select(PolicyPublication).where(PolicyPublication.document == "policy")).all()
    assert sorted(row.version for row in rows) == sorted(version.version for version in versions())
    known_publications().forget()


def test_what_waits_is_shown_with_what_it_changes(author: Author):
    author.closing_within(72, effective=IN_TIME)
    propose("policy", NEXT, AT)
    (shown,) = map(proposal_of, waiting_rows(db.session()))
    assert shown.before.version == NEWEST and shown.version.changes.gist["en"] == "Time of review changes"
    assert [(finding.name, finding.before, finding.after) for finding in shown.findings] == [
        ("closure.decision", "48 hours", "72 hours")
    ]


def test_two_first_agreements_at_once_found_the_shop_once_on_postgresql(pg_shop):
    begin = threading.Barrier(4)

    def agree(person: int) -> None:
        with pg_shop.app_context():
            version = policy_version(NEWEST)
            begin.wait()
            with transaction() as session:
                accept(session, person, NEWEST, "en", version.hash("en"), AT)
                acknowledge(session, person, "policy", NEWEST, AT)

    threads = [threading.Thread(target=agree, args=(person,)) for person in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = db.session.scalars(select(PolicyPublication)).all()
    begun = {(document, version.version) for document in FOLDERS for version in founding_versions(document)}
    assert {(row.document, row.version) for row in rows} == begun
    assert len(rows) == len(begun)
    founded = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "policy.founded")).all()
    assert len(founded) == len(begun)
