"""Putting an approved case together: through the gate, the ledger first, encrypted before it touches a disk. 4.3.2b.

A package is one file for each fifty people: a ZIP of JSON and CSV, encrypted with age to the recipient's key, opened
with the standard tool. The ledger rows of its people are committed before their file is written; who was interrupted in
between writes the same file again and nothing twice to the ledger. When the case's time is over the file is deleted.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.disclosures.kinds import APPROVED, GIVE, GIVEN
from app.disclosures.models import DisclosedPerson, DisclosureCase
from app.disclosures.opening import DECIDE
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.grounds import Share
from app.foundation.jobs import every, one_by_one
from app.foundation.languages import N_
from app.foundation.outbound import declare_recipient, disclose
from app.foundation.personal_data import Purpose
from app.foundation.recipients import OF_AUTHORITIES, Recipient
from app.foundation.two_people import Person, who_may
from app.privacy.cases import locked, paper_of
from app.privacy.export import json_bytes
from app.privacy.packages import write_encrypted, zipped
from app.privacy.people import Person as Owner
from app.privacy.people import people
from app.privacy.scope import choices, content_about
from app.settings import current_settings

FOLDER = "disclosed"
AUTHORITY = "authority"
A_PART = 50


def declare_authorities() -> None:
    """Authorities and courts as a recipient: at most what any scope can name. Once every slice's fields are known."""
    declare_recipient(
        Recipient(
            code=AUTHORITY,
            name="机关与法院",
            name_en="Authorities and courts",
            kind=N_("what the law demands"),
            fields=choices(),
            purposes=frozenset({Purpose.SECURITY}),
            grounds=OF_AUTHORITIES,
            by_case=True,
        )  # fmt: skip
    )


@every(seconds=2, name="disclosures.give", apart=True)
def give_all() -> int:
    """Put together what is approved, and let packages go whose time is over; returns how many were put together."""
    at = now()
    one_by_one(db.session.scalars(_outlived(at)).all(), lambda number: _let_go(number, at))
    return one_by_one(db.session.scalars(_to_give(at)).all(), give)


def give(number: str) -> int:
    """Put one case together. Safe to stop at any instant and repeat. Raises ShareRefused."""
    case = db.session.scalars(select(DisclosureCase).where(DisclosureCase.number == number)).one()
    for part in parts_of(case):
        files = _files(db.session(), case, _passed(number, part))
        write_encrypted(_path(number, part), case.public_key, zipped(files, now()))
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        if not case.may(GIVE):
            return 0
        case.take(GIVE)
        case.ended_at, case.is_package_kept = now(), True
        record("disclosure.given", case=number, parts=len(parts_of(case)), key=case.public_key)
    return 1


def parts_of(case: DisclosureCase) -> range:
    """Numbers of the files of a case."""
    return range(1, -(-len(case.persons) // A_PART) + 1)


def package_for(number: str, part: int, by: Person, at: datetime) -> bytes:
    """A file of the package, for whoever hands it over; that it was fetched stands in the ledger.

    Raises NotAllowed, NotFound.
    """
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        if not case.is_package_kept or part not in parts_of(case) or at >= case.expires_at:
            raise NotFound
        record("disclosure.fetched", actor=person, case=number, part=part)
    try:
        return _path(number, part).read_bytes()
    except FileNotFoundError:
        raise NotFound from None


def document_for(number: str, by: Person) -> bytes:
    """The paper that asks for it; that it was read stands in the ledger. Raises NotAllowed, NotFound."""
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        record("disclosure.document_read", actor=person, case=number)
    return paper_of(case, case.document_file)


def _to_give(at: datetime) -> Select[str]:
    due = or_(DisclosureCase.review_due_at.is_(None), DisclosureCase.review_due_at > at)
    return select(DisclosureCase.number).where(DisclosureCase.state == APPROVED, DisclosureCase.expires_at > at, due)


def _outlived(at: datetime) -> Select[str]:
    return select(DisclosureCase.number).where(
        DisclosureCase.state == GIVEN, DisclosureCase.is_package_kept, DisclosureCase.expires_at <= at
    )


def _let_go(number: str, at: datetime) -> int:
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        for part in parts_of(case):
            _path(number, part).unlink(missing_ok=True)
        case.is_package_kept = False
        record("disclosure.package_deleted", case=number)
    return 1


def _passed(number: str, part: int) -> list[tuple[DisclosedPerson, Owner]]:
    """The people of a part who are still there, each on the ledger now or since the last time."""
    with transaction() as session:
        case, at = locked(session, DisclosureCase, number), now()
        mine = case.persons[(part - 1) * A_PART : part * A_PART]
        owners = {owner.audit_ref: owner for owner in people().with_refs(session, [each.audit_ref for each in mine])}
        there = [(person, owners[person.audit_ref]) for person in mine if person.audit_ref in owners]
        for person, _ in there:
            if person.given_at is None:
                share = Share(
                    AUTHORITY, case.ground, Purpose.SECURITY, dict.fromkeys(case.fields), subject=person.audit_ref,
                    basis=case, until=case.expires_at,
                )  # fmt: skip
                person.terms, person.given_at = disclose(share).line(), at
        return there


def _files(
    session: Session, case: DisclosureCase, persons: Sequence[tuple[DisclosedPerson, Owner]]
) -> Iterator[tuple[str, list[bytes]]]:
    facts = {"case": case.number, "from": case.from_day, "to": case.to_day, "fields": case.fields}
    yield "case.json", [json_bytes(facts)]
    for person, owner in persons:
        folder = f"person-{person.position}"
        yield f"{folder}/terms.txt", [person.terms.encode()]
        for name, content in content_about(session, owner.subject_id, case.fields, (case.from_day, case.to_day)):
            yield f"{folder}/{name}", [content]


def _path(number: str, part: int) -> Path:
    return current_settings().instance_dir / FOLDER / f"{number}-{part}.age"
