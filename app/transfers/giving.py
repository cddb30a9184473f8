"""Putting a transfer together: each person through the gate, the ledger first, encrypted while it is made. 4.2.

A package is one file for each fifty people and an index with their digests: ZIPs of JSON and CSV, encrypted with age
to the transferee's key. Who is in a file is decided in the transaction that writes the ledger, with the rows that
decide it locked; then the file is written. Whoever is killed in between writes the same file again and nothing twice to
the ledger. Memory is that of one person's rows, however many people there are.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from shutil import rmtree
from typing import Any
from zipfile import ZIP_STORED

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.accounts.models import CLOSED, Account
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI, now
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import db, transaction
from app.foundation.durable import alone
from app.foundation.errors import NotFound
from app.foundation.grounds import Share
from app.foundation.jobs import every, one_by_one
from app.foundation.outbound import disclose
from app.foundation.two_people import Person, SamePerson, who_may
from app.privacy.cases import locked, paper_of
from app.privacy.consenting import ShareConsent
from app.privacy.export import json_bytes
from app.privacy.packages import write_encrypted, zipped
from app.privacy.scope import content_about
from app.settings import current_settings
from app.transfers.asking import purpose_of
from app.transfers.audience import agreeing, concerned
from app.transfers.kinds import GIVE, GIVEN, MAKING
from app.transfers.models import TransferCase, TransferPerson
from app.transfers.opening import DECIDE
from app.transfers.switch import are_on

FOLDER = "transferred"
A_PART = 50
READ_PIECE = 1024 * 1024


@every(seconds=2, name="transfers.give", apart=True)
def give_all() -> int:
    """Put together what was ordered, and let packages go whose time is over; returns how many were put together."""
    at = now()
    one_by_one(db.session.scalars(_outlived(at)).all(), _let_go)
    return one_by_one(db.session.scalars(_to_give(at)).all(), give) if are_on(at) else 0


def give(number: str) -> int:
    """Put one transfer together. Safe to stop at any instant, to repeat, and to run twice. Raises ShareRefused."""
    with alone(_folder(number) / "lock") as is_alone:
        if not is_alone:
            return 0
        case = db.session.scalars(select(TransferCase).where(TransferCase.number == number)).one()
        for part, path in _parts(db.session(), case):
            if not path.exists():
                _write_part(case, part)
        while part := _passed(number):
            _write_part(case, part)
        write_encrypted(_folder(number) / "index.zip.age", case.public_key, zipped(_index(case), now()))
        return _note_given(number)


def package_for(number: str, by: Person, at: datetime) -> Iterator[bytes]:
    """The whole package, piece by piece: an archive of the encrypted files. That it was fetched stands in the ledger.

    It leaves by two people: whoever had it put together does not fetch it. Raises SamePerson, NotAllowed, NotFound.
    """
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, TransferCase, number)
        if case.state != GIVEN or not case.is_package_kept or at >= case.expires_at:
            raise NotFound
        if case.made_by == person:
            raise SamePerson
        record("transfer.fetched", actor=person, case=number)
        files = [_folder(number) / "index.zip.age", *(path for _, path in _parts(session, case))]
    return zipped(((path.name, _pieces(path)) for path in files), at, ZIP_STORED)


def delete_package(number: str, by: Person) -> None:
    """Delete a package that was handed over, or is not to be. Raises NotAllowed, NotFound."""
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, TransferCase, number)
        if case.state != GIVEN or not case.is_package_kept:
            raise NotFound
    _let_go(number, person)


def document_for(number: str, by: Person) -> bytes:
    """The paper that it rests on; that it was read stands in the ledger. Raises NotAllowed, NotFound."""
    return _paper(number, by, "document_file")


def undertaking_for(number: str, by: Person) -> bytes:
    """The new holder's undertaking. Raises as `document_for`."""
    return _paper(number, by, "undertaking_file")


def last_part(session: Session, case: TransferCase) -> int:
    """The number of the newest file, 0 before the first."""
    return session.scalar(select(func.max(TransferPerson.part)).where(TransferPerson.case_id == case.id)) or 0


def _paper(number: str, by: Person, which: str) -> bytes:
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, TransferCase, number)
        name = getattr(case, which)
        if not name:
            raise NotFound
        record("transfer.paper_read", actor=person, case=number, paper=which.removesuffix("_file"))
    return paper_of(case, name)


def _to_give(at: datetime) -> Select[str]:
    return select(TransferCase.number).where(TransferCase.state == MAKING, TransferCase.expires_at > at)


def _outlived(at: datetime) -> Select[str]:
    return select(TransferCase.number).where(TransferCase.is_package_kept, TransferCase.expires_at <= at)


def _let_go(number: str, person: int | None = None) -> int:
    rmtree(_folder(number), ignore_errors=True)
    with transaction() as session:
        locked(session, TransferCase, number).is_package_kept = False
        record("transfer.package_deleted", actor=person, case=number)
    return 1


def _passed(number: str) -> int:
    """Let the next people through the gate; the number of their file, 0 where nobody is left. Raises ShareRefused."""
    with transaction() as session:
        case, at = locked(session, TransferCase, number), now()
        accounts = _next(session, case, at) if case.is_open() else []
        part = last_part(session, case) + 1
        for account in accounts:
            person = _row_of(session, case, account)
            person.part = part
            session.flush()
            share = Share(
                case.recipient, case.ground, purpose_of(case), dict.fromkeys(case.fields), subject=person.audit_ref,
                basis=case, until=case.expires_at,
            )  # fmt: skip
            person.terms, person.given_at = disclose(share).line(), at
        return part if accounts else 0


def _next(session: Session, case: TransferCase, at: datetime) -> list[Account]:
    """The next people of the package, their accounts and agreements locked until the ledger is written."""
    gone = select(func.max(TransferPerson.audit_ref)).where(
        TransferPerson.case_id == case.id, TransferPerson.part.is_not(None)
    )
    last = session.scalar(gone) or 0
    after = concerned(case, at).limit(A_PART).with_for_update(of=Account)
    while found := session.scalars(after.where(Account.audit_ref > last)).all():
        if agreed := _agreed(session, case, found, at):
            return agreed
        last = found[-1].audit_ref
    return []


def _agreed(session: Session, case: TransferCase, found: Any, at: datetime) -> list[Account]:
    """Those whose agreement stands now, where one is needed: who withdraws at this moment waits, or was first."""
    if not case.needs_agreement_on(at.astimezone(SHANGHAI).date()):
        return list(found)
    standing = agreeing(case).where(ShareConsent.account_ref.in_([each.audit_ref for each in found]))
    refs = set(session.scalars(standing.with_for_update()))
    return [each for each in found if each.audit_ref in refs]


def _row_of(session: Session, case: TransferCase, account: Account) -> TransferPerson:
    mine = select(TransferPerson).where(
        TransferPerson.case_id == case.id, TransferPerson.audit_ref == account.audit_ref
    )
    person = session.scalars(mine).one_or_none()
    if person is None:
        person = TransferPerson(case_id=case.id, audit_ref=account.audit_ref)
        session.add(person)
    return person


def _write_part(case: TransferCase, part: int) -> None:
    write_encrypted(_path(case.number, part), case.public_key, zipped(_files(db.session(), case, part), now()))


def _files(session: Session, case: TransferCase, part: int) -> Iterator[tuple[str, list[bytes]]]:
    """What there is about the people of a file. Whoever was erased since is not in it."""
    yield "case.json", [json_bytes({**_facts(case), "part": part})]
    mine = select(TransferPerson.audit_ref, TransferPerson.terms).where(
        TransferPerson.case_id == case.id, TransferPerson.part == part
    )
    for number, (ref, terms) in enumerate(session.execute(mine.order_by(TransferPerson.audit_ref)).all(), 1):
        still_here = Account.audit_ref == ref, Account.state != CLOSED
        subject_id = session.scalar(select(Account.subject_id).where(*still_here))
        if subject_id is None:
            continue
        try:
            content = list(content_about(session, subject_id, case.fields, case.days))
        except KeyDestroyed:
            continue
        folder = f"person-{part}-{number}"
        yield f"{folder}/terms.txt", [terms.encode()]
        for name, each in content:
            yield f"{folder}/{name}", [each]


def _index(case: TransferCase) -> Iterator[tuple[str, list[bytes]]]:
    """How many people and files there are, and the digest of each file: nothing can be missing unnoticed."""
    session = db.session()
    people = select(func.count()).where(TransferPerson.case_id == case.id, TransferPerson.part.is_not(None))
    digests = {}
    for part, path in _parts(session, case):
        with path.open("rb") as file:
            digests[path.name] = {"part": part, "sha256": file_digest(file, "sha256").hexdigest()}
    yield "index.json", [json_bytes({**_facts(case), "people": session.scalar(people), "files": digests})]


def _facts(case: TransferCase) -> dict[str, Any]:
    facts = {"case": case.number, "clause": case.ground, "transferee": case.name, "fields": case.fields}
    return facts | ({"from": case.from_day, "to": case.to_day} if case.days else {})


def _note_given(number: str) -> int:
    with transaction() as session:
        case = locked(session, TransferCase, number)
        if not case.may(GIVE):
            return 0
        case.take(GIVE)
        case.ended_at = now()
        record("transfer.given", case=number, parts=last_part(session, case), key=case.public_key)
    return 1


def _parts(session: Session, case: TransferCase) -> Iterator[tuple[int, Path]]:
    for part in range(1, last_part(session, case) + 1):
        yield part, _path(case.number, part)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(READ_PIECE):
            yield piece


def _path(number: str, part: int) -> Path:
    return _folder(number) / f"part-{part:05}.zip.age"


def _folder(number: str) -> Path:
    return current_settings().instance_dir / FOLDER / number
