"""Who is in the package follows from its kind, to the person; it is encrypted, whole, and on the ledger first. 4.2.x"""

import io
import json
import threading
import zipfile
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyrage import DecryptError
from pyrage.x25519 import Identity
from sqlalchemy import select

from app.accounts.people import person_of
from app.accounts.telling import addressee_of
from app.disclosures.naming import people_named
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.grounds import AcceptedClause, ShareRefused
from app.foundation.outbound import Disclosure
from app.orders.models import Order
from app.privacy.acceptance import accept
from app.privacy.closing import withdraw
from app.privacy.policy import policy_version
from app.privacy.scope import choices
from app.settings import current_settings
from app.transfers import giving
from app.transfers.deciding import make
from app.transfers.kinds import AGREEMENT, GIVEN, LAW, MAKING
from app.transfers.telling import tell_all
from tests.accounts.builders import an_account, signed_in
from tests.checkout.builders import a_buyer, an_order
from tests.disclosures.test_giving import plain_files, somebody_with_everything, watching
from tests.privacy.canaries import MARK
from tests.privacy.closures import applied, erased
from tests.transfers.builders import (
    JOHN,
    MARY,
    a_demanded,
    agree,
    an_approved,
    demanded,
    files_of,
    fresh,
    index_of,
    made,
    numbers_in,
    opened,
    refs,
    refs_on_ledger,
    take_back,
)

CLAUSE = AcceptedClause("agreement", "1", "1.1")
FATES = (
    "agrees", "agrees and takes it back", "takes it back and agrees anew", "closes", "wants to close", "says nothing"
)  # fmt: skip


def numbers(accounts):
    return sorted(addressee_of(each).number for each in accounts)


def accepts(person, document, version):
    """As a page of that version was agreed to."""
    shown = policy_version(version, document).hash("zh")
    with transaction() as session:
        accept(session, person.audit_ref, version, "zh", shown, now(), document)


def is_theirs(case, accounts):
    """The package holds these people, each once, and so does the ledger."""
    assert numbers_in(case) == numbers(accounts)
    assert refs_on_ledger(case) == refs(accounts)
    assert index_of(case)["people"] == len(accounts)


@pytest.mark.clause("4.2.1")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=st.lists(st.sampled_from(FATES), max_size=9))
def test_the_package_is_the_consenting_set_whatever_people_do(app, monkeypatch, fates):
    monkeypatch.setattr(giving, "A_PART", 2)
    case, in_it = an_approved(), []
    for fate in fates:
        person = an_account()
        if fate != "says nothing":
            agree(person, case)
        if fate.startswith("agrees and") or fate.startswith("takes"):
            take_back(person, case)
        if fate == "takes it back and agrees anew":
            agree(person, case)
        if fate == "closes":
            erased(person)
        if fate == "wants to close":
            applied(person)
        if fate in ("agrees", "takes it back and agrees anew"):
            in_it.append(person)
    made(case)
    is_theirs(case, in_it)


@pytest.mark.clause("4.2.1")
def test_agreement_to_one_transferee_is_none_to_another(app):
    one, other, person = an_approved(), an_approved(), an_account()
    agree(person, one)
    is_theirs(made(other), [])
    is_theirs(made(one), [person])


@pytest.mark.clause("4.2.1")
def test_taking_it_back_counts_at_once_also_while_the_package_is_made(app, monkeypatch):
    """Between two files of the package: who is in the first went, who withdraws before the second is not in it."""
    monkeypatch.setattr(giving, "A_PART", 1)
    case, people = an_approved(), [an_account() for _ in range(3)]
    for each in people:
        agree(each, case)
    first, second, third = sorted(people, key=lambda each: each.audit_ref)
    write = giving._write_part

    def writing(case, part):
        write(case, part)
        if part == 1:
            take_back(second, case)

    monkeypatch.setattr(giving, "_write_part", writing)
    is_theirs(made(case), [first, third])


@pytest.mark.clause("4.2.1")
def test_people_on_old_versions_of_the_policy_who_agree_are_in_it(app):
    case, old = an_approved(), an_account()
    accepts(old, "policy", "1")
    agree(old, case)
    is_theirs(made(case), [old])


@pytest.mark.clause("4.2.2")
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_the_law_demands_holds_its_people_and_fields_and_nothing_else(app, data):
    number = db.session.scalar(select(Order.number)) or somebody_with_everything()
    others = [an_account() for _ in range(2)]
    fields = data.draw(st.lists(st.sampled_from(sorted(choices())), min_size=1, max_size=5, unique=True))
    case = an_approved(LAW, **{**demanded(*others[:1]), "persons": [number]}, fields=fields)
    made(case)
    assert refs_on_ledger(case) == people_named(db.session(), [number])
    for name, content in files_of(case).items():
        if name.startswith("person-") and name.endswith(".json"):
            table = name.rpartition("/")[2].removesuffix(".json")
            sealed = {each.partition(".")[2] for each in choices() if each.startswith(f"{table}.")}
            asked = {each.partition(".")[2] for each in fields if each.startswith(f"{table}.")}
            for row in json.loads(content):
                assert set(row) & sealed <= asked and (table in fields or set(row) <= asked)


@pytest.mark.clause("4.2.2")
def test_what_the_law_demands_holds_its_days(app, clock):
    alice = a_buyer()
    old = an_order(account=alice)
    clock.travel(days=20)
    new = an_order(account=alice)
    case = an_approved(LAW, **{**demanded(alice), "from_day": today() - timedelta(days=5)}, fields=["orders"])
    whole = b"".join(files_of(made(case)).values())
    assert new.number.encode() in whole and old.number.encode() not in whole


@pytest.mark.clause("4.2.2")
def test_what_the_law_demands_goes_of_who_applied_to_close_and_not_of_who_is_gone(app):
    leaving, gone, other = an_account(), an_account(), an_account()
    case = a_demanded(leaving, gone, other)
    applied(leaving)
    erased(gone)
    is_theirs(made(case), [leaving, other])


@pytest.mark.clause("4.2.3")
def test_what_an_agreement_provides_goes_of_who_accepted_that_version(app):
    in_it = []

    @settings(max_examples=15)
    @given(accepted=st.lists(st.sets(st.sampled_from(["agreement 1", "policy 1", "policy 3"])), max_size=6))
    def whoever_accepted_what(accepted):
        for texts in accepted:
            person = an_account()
            for each in texts:
                document, version = each.split()
                accepts(person, document, version)
            if "agreement 1" in texts:
                in_it.append(person)
        is_theirs(made(an_approved(AGREEMENT, accepted=CLAUSE)), in_it)

    whoever_accepted_what()


@pytest.mark.clause("4.2.3")
def test_the_gate_refuses_without_acceptance(app, monkeypatch):
    from app.transfers.audience import concerned

    case = an_approved(AGREEMENT, accepted=CLAUSE)
    person = an_account()
    monkeypatch.setattr(giving, "concerned", lambda case, at: concerned(an_everybody, at))
    an_everybody = an_approved()
    agree(person, an_everybody)
    make(case.number, JOHN, now())
    with pytest.raises(ShareRefused, match="has not accepted version 1"):
        giving.give(case.number)
    assert refs_on_ledger(case) == [] and fresh(case).state == MAKING


@pytest.mark.clause("4.2")
def test_it_opens_with_the_transferees_key_alone_and_nothing_of_it_was_plain_on_a_disk(app):
    number = somebody_with_everything()
    before = plain_files()
    case = an_approved(LAW, **{**demanded(an_account()), "persons": [number]}, fields=list(choices()))
    with watching() as seen:
        made(case)
    assert MARK.encode() in b"".join(files_of(case).values())
    assert plain_files() == before and not seen - set(before)
    part = current_settings().instance_dir / giving.FOLDER / case.number / "part-00001.zip.age"
    with pytest.raises(DecryptError):
        opened(part.read_bytes(), Identity.generate())


@pytest.mark.clause("4.2")
def test_the_archive_that_is_handed_over_holds_the_encrypted_files_and_no_plain_word(app, monkeypatch):
    monkeypatch.setattr(giving, "A_PART", 2)
    case, people = an_approved(), [an_account() for _ in range(5)]
    for each in people:
        agree(each, case)
    made(case)
    whole = b"".join(giving.package_for(case.number, MARY, now()))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        names = archive.namelist()
        assert names == ["index.zip.age", *(f"part-{n:05}.zip.age" for n in (1, 2, 3))]
        inner = [opened(archive.read(name)) for name in names[1:]]
    assert sum(name.endswith("terms.txt") for files in inner for name in files) == 5
    assert not any(number.encode() in whole for number in numbers(people))


@pytest.mark.clause("4.2")
def test_the_ledger_is_written_before_the_file_and_once_whatever_fails_in_between(app):
    case, people = an_approved(), [an_account() for _ in range(3)]
    for each in people:
        agree(each, case)
    make(case.number, JOHN, now())
    folder = current_settings().instance_dir / giving.FOLDER / case.number
    blocked = folder / "part-00001.zip.part"
    blocked.mkdir(parents=True)
    with pytest.raises(OSError):
        giving.give(case.number)
    assert refs_on_ledger(case) == refs(people) and fresh(case).state == MAKING
    blocked.rmdir()
    assert giving.give_all() == 1 and fresh(case).state == GIVEN
    is_theirs(case, people)


@pytest.mark.clause("4.2")
def test_two_workers_at_once_make_one_package(app, monkeypatch):
    monkeypatch.setattr(giving, "A_PART", 2)
    case, people = an_approved(), [an_account() for _ in range(7)]
    for each in people:
        agree(each, case)
    make(case.number, JOHN, now())
    done = []

    def work():
        with app.app_context():
            done.append(giving.give_all())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    giving.give_all()
    assert sum(done) <= 1 and fresh(case).state == GIVEN
    is_theirs(case, people)


@pytest.mark.clause("4.2")
def test_each_person_sees_who_received_it_and_is_told(app, client):
    case, alice = an_approved(), an_account(language="en")
    agree(alice, case)
    made(case)
    row = db.session.scalars(select(Disclosure).where(Disclosure.subject == alice.audit_ref)).one()
    assert (row.ground, row.basis, row.fields) == ("4.2.1", case.number, ["accounts.phone"])
    assert (tell_all(), tell_all()) == (1, 0)
    signed_in(client, alice)
    page = client.get("/en/privacy/data").text
    assert "New Cloud Mining Ltd." in page and case.number in page and "#c4.2.1" in page
    assert "signing in, codes and messages about your orders" in page.partition("Who received something about you")[2]
    assert "New Cloud Mining Ltd. (400-111-2222)" in client.get("/en/messages").text


@pytest.mark.clause("4.2.2")
def test_while_the_law_forbids_it_nobody_is_told(app, client, clock):
    alice = an_account()
    case = a_demanded(alice, barred_until=today() + timedelta(days=10), bar_basis="刑事诉讼法第五十四条")
    made(case)
    clock.travel(days=9)
    signed_in(client, alice)
    assert tell_all() == 0 and case.number not in client.get("/en/privacy/data").text
    clock.travel(days=1)
    signed_in(client, alice)
    assert tell_all() == 1 and case.number in client.get("/en/privacy/data").text


def test_who_takes_the_wish_to_close_back_is_in_it_again(app):
    case, person = an_approved(), an_account()
    agree(person, case)
    applied(person)
    withdraw(person_of(person), now())
    is_theirs(made(case), [person])


def test_who_is_erased_between_ledger_and_file_is_not_in_the_file(app, monkeypatch):
    case, people = an_approved(), [an_account() for _ in range(3)]
    for each in people:
        agree(each, case)
    make(case.number, JOHN, now())
    passed = giving._passed

    def passing(number):
        part = passed(number)
        if part:
            erased(people[1])
        return part

    monkeypatch.setattr(giving, "_passed", passing)
    left = numbers([people[0], people[2]])
    giving.give(case.number)
    assert numbers_in(case) == left


def test_acts_stand_in_the_ledger_of_evidence(app):
    case = an_approved()
    agree(an_account(), case)
    made(case)
    list(giving.package_for(case.number, MARY, now()))
    giving.delete_package(case.number, MARY)
    said = db.session.scalars(select(LedgerEntry.event).where(LedgerEntry.event.startswith("transfer."))).all()
    acts = ("approved", "asked", "examined", "fetched", "given", "making", "package_deleted")
    assert sorted(said) == [f"transfer.{name}" for name in acts]
