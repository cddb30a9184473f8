"""A package holds its scope and nothing else, is never plain on a disk, and survives interruption. Clauses 4.3.2a-b."""

import io
import os
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyrage import DecryptError
from pyrage.x25519 import Identity
from sqlalchemy import select

from app.accounts.telling import addressee_of
from app.disclosures.deciding import set_bar
from app.disclosures.giving import document_for, give, give_all, package_for
from app.disclosures.kinds import APPROVED, GIVEN
from app.disclosures.telling import tell_all
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.outbound import Disclosure
from app.foundation.two_people import NotAllowed
from app.foundation.uploads import stored_before
from app.notifications.models import OutboxMessage
from app.orders.models import Order
from app.privacy.files import remove_nameless
from app.privacy.keeping import RULES, enforce
from app.privacy.scope import NEVER, choices
from app.settings import current_settings
from tests.accounts.builders import an_account, signed_in
from tests.checkout.builders import a_buyer, an_order
from tests.disclosures.builders import (
    CLERK,
    JOHN,
    MARY,
    PAPER,
    a_case,
    approved,
    fresh,
    package_of,
    rows_in,
)
from tests.privacy.canaries import MARK, a_person_full_of_canaries
from tests.privacy.closures import erased


def plain_files() -> list[str]:
    """Files of the instance in which a marker of a person's data can be read."""
    root = current_settings().instance_dir
    return [str(path) for path in root.rglob("*") if path.is_file() and MARK.encode() in path.read_bytes()]


def somebody_with_everything() -> str:
    """A person with a marker in every field, by the number of their order."""
    account = a_person_full_of_canaries()
    return str(db.session.scalar(select(Order.number).where(Order.account_id == account.id)))


@contextmanager
def watching() -> Iterator[set[str]]:
    """Files with a marker in them that were on the disk at any look while the block ran."""
    seen, stopping = set[str](), threading.Event()
    folder = current_settings().instance_dir / "disclosed"

    def look() -> None:
        while not stopping.is_set():
            for path in folder.glob("*"):
                with suppress(OSError):
                    if MARK.encode() in path.read_bytes():
                        seen.add(str(path))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        stopping.set()
        watcher.join()


def given_package(case):
    approved(case)
    assert give_all() == 1 and fresh(case).state == GIVEN
    return package_of(case)


@pytest.mark.clause("4.3.2b")
def test_a_package_opens_with_the_recipients_key_alone_and_nothing_of_it_was_plain_on_a_disk(app):
    number = somebody_with_everything()
    before = plain_files()
    case = a_case(persons=[number], fields=list(choices()))
    approved(case)
    with watching() as seen:
        give_all()
    files = package_of(fresh(case))
    assert MARK.encode() in b"".join(files.values())
    assert plain_files() == before and not seen - set(before)
    with pytest.raises(DecryptError):
        package_of(case, key=Identity.generate())


@pytest.mark.clause("4.1.1(2)")
@pytest.mark.clause("4.3.2b")
def test_only_the_people_the_fields_and_the_days_of_the_scope_are_in_it(app, clock):
    alice, bob = a_buyer(), a_buyer()
    old = an_order(account=alice)
    clock.travel(days=20)
    new = an_order(account=alice)
    an_order(account=bob)
    files = given_package(a_case(alice, fields=["orders", "accounts.phone"], from_day=today() - timedelta(days=5)))
    assert [row["number"] for row in rows_in(files, "person-1/orders.json")] == [new.number]
    assert rows_in(files, "person-1/accounts.json") == [{"phone": addressee_of(alice).number}]
    assert "consignee" not in rows_in(files, "person-1/orders.json")[0]
    assert set(files) == {"case.json"} | {
        f"person-1/{name}" for name in ("terms.txt", "accounts.json", "accounts.csv", "orders.json", "orders.csv")
    }
    whole = b"".join(files.values())
    assert old.number.encode() not in whole and addressee_of(bob).number.encode() not in whole


@pytest.mark.clause("4.3.2b")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_scope_the_package_is_its_result_only(app, data):
    """Random fields of a person who has something in every field: nothing else is in the package."""
    number = db.session.scalar(select(Order.number)) or somebody_with_everything()
    names = sorted(choices())
    fields = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=6, unique=True))
    files = given_package(a_case(persons=[number], fields=fields))
    for name in files:
        if name.endswith(".json") and name.startswith("person-1/"):
            table = name.removeprefix("person-1/").removesuffix(".json")
            sealed = {each.partition(".")[2] for each in names if each.startswith(f"{table}.")}
            asked = {each.partition(".")[2] for each in fields if each.startswith(f"{table}.")}
            for row in rows_in(files, name):
                assert set(row) & sealed <= asked
                assert table in fields or set(row) <= asked


def test_what_opens_an_account_can_be_asked_for_by_nobody(app):
    assert not {name for name in choices() if name.partition(".")[0] in NEVER}
    assert {"accounts.phone", "orders", "orders.consignee", "vouchers.file"} <= set(choices())
    case = a_case(an_account(), fields=["accounts"])
    files = given_package(case)
    assert not {"password_hash", "name_key", "subject_id"} & set(rows_in(files, "person-1/accounts.json")[0])


@pytest.mark.clause("4.1.1(2)")
def test_the_ledger_is_written_once_for_each_person_even_when_the_disk_failed_in_between(app):
    people = [an_account() for _ in range(3)]
    case = approved(a_case(*people))
    folder = current_settings().instance_dir / "disclosed"
    folder.mkdir(exist_ok=True)
    blocked = folder / f"{case.number}-1.part"
    blocked.mkdir()
    with pytest.raises(OSError):
        give(case.number)
    ledger = select(Disclosure.subject).where(Disclosure.basis == case.number)
    assert sorted(db.session.scalars(ledger)) == sorted(each.audit_ref for each in people)
    assert fresh(case).state == APPROVED
    blocked.rmdir()
    assert give_all() == 1 and fresh(case).state == GIVEN
    assert sorted(db.session.scalars(ledger)) == sorted(each.audit_ref for each in people)
    assert {name.split("/")[0] for name in package_of(case)} == {"case.json", "person-1", "person-2", "person-3"}


def test_many_people_make_several_files(app):
    people = [an_account() for _ in range(51)]
    case = approved(a_case(*people))
    give_all()
    parts = [package_of(fresh(case), part) for part in (1, 2)]
    assert [sum(name.endswith("terms.txt") for name in part) for part in parts] == [50, 1]


def test_who_was_erased_in_the_meantime_is_not_in_it(app):
    alice, bob = an_account(), an_account()
    case = approved(a_case(alice, bob))
    erased(alice)
    give_all()
    assert [name for name in package_of(fresh(case)) if name.endswith("accounts.json")] == ["person-2/accounts.json"]


@pytest.mark.clause("4.3.2b")
def test_the_package_is_fetched_by_a_decider_and_goes_with_the_case(app, clock):
    case = a_case(an_account())
    given_package(case)
    assert package_for(case.number, 1, MARY, now()).startswith(b"age-encryption.org/")
    for act in (lambda: package_for(case.number, 1, CLERK, now()), lambda: document_for(case.number, CLERK)):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        package_for(case.number, 2, MARY, now())
    assert document_for(case.number, JOHN) == PAPER
    folder = current_settings().instance_dir / "disclosed"
    assert list(folder.glob(f"{case.number}*"))
    clock.travel(days=31)
    with pytest.raises(NotFound):
        package_for(case.number, 1, MARY, now())
    give_all()
    assert not fresh(case).is_package_kept and not list(folder.glob(f"{case.number}*"))


@pytest.mark.clause("4.3.2a")
def test_the_people_are_told_at_once_where_nothing_forbids_it(app):
    alice = an_account()
    case = a_case(alice)
    given_package(case)
    assert (tell_all(), tell_all()) == (1, 0)
    said = db.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "disclosure.given")).all()
    assert sorted(message.channel for message in said) == ["site", "sms"]
    assert {message.account_id for message in said} == {alice.id}


@pytest.mark.clause("4.3.2a")
def test_while_the_law_forbids_it_nobody_is_told_and_then_everybody(app, client, clock):
    alice = an_account()
    signed_in(client, alice)
    case = a_case(alice, barred_until=today() + timedelta(days=10), bar_basis="刑事诉讼法第五十四条")
    given_package(case)
    clock.travel(days=9)
    assert tell_all() == 0
    signed_in(client, alice)
    assert case.number not in client.get("/en/privacy/data").text
    copy = client.get("/en/privacy/data/copy", buffered=True).data
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert not any(case.number.encode() in archive.read(name) for name in archive.namelist())
    clock.travel(days=1)
    assert tell_all() == 1
    signed_in(client, alice)
    assert case.number in client.get("/en/privacy/data").text


@pytest.mark.clause("4.3.2a")
def test_a_bar_is_lifted_or_moved_with_its_rule(app):
    case = a_case(an_account(), barred_until=today() + timedelta(days=10), bar_basis="article 54")
    given_package(case)
    set_bar(case.number, None, "", MARY, now())
    assert fresh(case).bar_basis == "" and tell_all() == 1


@pytest.mark.clause("5.1.3b")
def test_the_night_that_removes_nameless_files_leaves_the_papers_of_cases(app):
    case = a_case(an_account())
    for place in stored_before(now() + timedelta(days=1)):
        os.utime(place, (0, 0))
    remove_nameless()
    assert document_for(case.number, JOHN) == PAPER


def test_cases_go_three_years_after_their_end_with_the_key_of_their_paper(app, clock):
    case = a_case(an_account())
    given_package(case)
    clock.travel(days=3 * 365 - 2)
    enforce(now(), "disclosure_cases")
    assert fresh(case)
    clock.travel(days=5)
    assert enforce(now(), "disclosure_cases") == {"disclosure_cases": 1}
    assert RULES["disclosure_cases"].keep == "evidence"
    with pytest.raises(NotFound):
        document_for(case.number, JOHN)
