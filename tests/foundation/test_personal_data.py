"""Fields about people: sealed under their own key, bound to their row, read for a purpose only, gone with the key."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.foundation.appending import append
from app.foundation.data_keys import KeyDestroyed, create_subject, data_keys
from app.foundation.database import Id, IdMixin, db, transaction
from app.foundation.personal_data import (
    REGISTER,
    Keep,
    Kind,
    PersonalData,
    Purpose,
    PurposeRefused,
    impersonal,
    mask,
    masked,
    personal,
    purpose,
)

CANARY = "13800138000"


class Apart(DeclarativeBase):
    """Tables that the shop and its other tests never see, whatever the order in which they are imported."""


class Specimen(PersonalData, IdMixin, Apart):
    """A table of the tests: one person, one phone, one block."""

    __tablename__ = "test_specimens"

    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("whose key seals the row"))
    phone = personal(
        clause="1.1.1a", kind=Kind.CONTACT, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED, why="test", index=True
    )
    block = personal(
        clause="1.1.3b", kind=Kind.CONSIGNEE, purposes={Purpose.SERVICE}, keep=Keep.ORDERS, why="test", json_value=True
    )


for declaration in Specimen._personal:
    REGISTER.remove(declaration)


@pytest.fixture
def app(app):
    Apart.metadata.create_all(db.engine)
    yield app
    db.session.remove()
    Apart.metadata.drop_all(db.engine)


def a_specimen(**values) -> Specimen:
    with transaction() as session:
        specimen = Specimen(subject_id=create_subject(), **values)
        session.add(specimen)
    return specimen


def stored(specimen: Specimen) -> bytes:
    row = db.session.execute(text("SELECT phone FROM test_specimens WHERE id = :id"), {"id": specimen.id}).one()
    return bytes(row[0])


def test_a_value_reads_back_for_its_purpose(app):
    specimen = a_specimen(phone=CANARY)
    db.session.expire_all()
    with purpose(Purpose.SERVICE):
        assert specimen.phone == CANARY


@pytest.mark.clause("5.1.1c")
def test_a_value_appended_past_the_unit_of_work_is_sealed_too(app):
    specimen = Specimen(subject_id=create_subject(), phone=CANARY)
    with transaction() as session:
        append(session, specimen)
    assert CANARY.encode() not in stored(specimen)
    db.session.expire_all()
    with purpose(Purpose.SERVICE):
        assert specimen.phone == CANARY


@pytest.mark.clause("2a")
def test_reading_without_a_purpose_is_refused(app):
    specimen = a_specimen(phone=CANARY)
    with pytest.raises(PurposeRefused):
        _ = specimen.phone


@pytest.mark.clause("2a")
def test_reading_for_a_purpose_that_the_field_does_not_serve_is_refused(app):
    specimen = a_specimen(phone=CANARY)
    with purpose(Purpose.PROMOTION), pytest.raises(PurposeRefused):
        _ = specimen.phone


@pytest.mark.clause("5.1.1c")
def test_no_plain_value_reaches_the_disk(app):
    specimen = a_specimen(phone=CANARY, block={"consignee": "王小明七七"})
    assert CANARY.encode() not in stored(specimen)
    files = [file for file in app.extensions["settings"].instance_dir.rglob("*") if file.is_file()]
    assert len(files) >= 3
    assert not [file for file in files if CANARY.encode() in file.read_bytes()]
    assert not [file for file in files if "王小明七七".encode() in file.read_bytes()]


@pytest.mark.clause("5.1.1c")
def test_a_ciphertext_moved_to_another_row_does_not_open(app):
    mine, other = a_specimen(phone=CANARY), a_specimen(phone="13900139000")
    with transaction() as session:
        session.execute(text("UPDATE test_specimens SET phone = :p, subject_id = :s WHERE id = :id"),
                        {"p": stored(mine), "s": mine.subject_id, "id": other.id})  # fmt: skip
    db.session.expire_all()
    with purpose(Purpose.SERVICE), pytest.raises(ValueError, match="does not open"):
        _ = other.phone


@pytest.mark.clause("5.2.2b")
def test_destroying_the_key_makes_the_person_unreadable(app):
    specimen = a_specimen(phone=CANARY)
    data_keys().destroy(specimen.subject_id)
    db.session.remove()
    again = db.session.get(Specimen, specimen.id)
    with purpose(Purpose.SERVICE), pytest.raises(KeyDestroyed):
        _ = again.phone


def test_a_person_is_found_by_the_blind_index(app):
    specimen = a_specimen(phone=CANARY)
    found = db.session.scalars(select(Specimen).where(Specimen.phone_index == Specimen.phone.index_of(CANARY))).one()
    assert found.id == specimen.id


@pytest.mark.clause("5.1.1d")
def test_a_stored_digest_is_not_found_by_trying_plain_hashes(app):
    import hashlib

    specimen = a_specimen(phone=CANARY)
    tried = {hashlib.sha256(f"1380013{n:04d}".encode()).digest() for n in range(10_000)}
    assert specimen.phone_index not in tried


def test_a_page_of_people_loads_its_keys_in_one_query(app):
    for n in range(20):
        a_specimen(phone=f"138001380{n:02d}")
    db.session.remove()
    asked: list[str] = []
    from sqlalchemy import event

    event.listen(data_keys().engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    rows = db.session.scalars(select(Specimen)).all()
    with purpose(Purpose.SERVICE):
        assert len({row.phone for row in rows}) == 20
    assert len(asked) == 1


def test_a_value_can_be_changed_and_emptied_again(app):
    specimen = a_specimen(phone=CANARY)
    with transaction():
        specimen.phone = "13700137000"
    with purpose(Purpose.SERVICE):
        assert specimen.phone == "13700137000"
    with transaction():
        specimen.phone = None
    db.session.remove()
    again = db.session.get(Specimen, specimen.id)
    with purpose(Purpose.SERVICE):
        assert again.phone is None
    assert again.phone_index is None


def test_a_change_that_is_rolled_back_leaves_the_old_value(app):
    specimen = a_specimen(phone=CANARY)
    with pytest.raises(RuntimeError), transaction():
        specimen.phone = "13700137000"
        raise RuntimeError
    with purpose(Purpose.SERVICE):
        assert specimen.phone == CANARY


@pytest.mark.clause("5.1.1d")
def test_staff_see_a_mask(app):
    specimen = a_specimen(phone=CANARY)
    assert masked(specimen, "phone") == "138****8000"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.CONTACT, "13800138000", "138****8000"),
        (Kind.CONTACT, "110", "****"),
        (Kind.NAME, "张三丰", "张**"),
        (Kind.ADDRESS, "四川省成都市高新区天府大道1号", "四川省成都市****"),
        (Kind.SECRET, "x", "••••••"),
    ],
)
def test_each_kind_has_its_mask(kind, value, shown):
    assert mask(kind, value) == shown


@pytest.mark.clause("5.1.1c")
def test_keys_are_rewrapped_while_values_stay_readable(app):
    specimen = a_specimen(phone=CANARY)
    store = data_keys()
    before = store._ring
    try:
        store._ring = before.with_new_version("wrapping")
        assert store.rewrap() == 1
        assert store.rewrap() == 0
        db.session.remove()
        with purpose(Purpose.SERVICE):
            assert db.session.get(Specimen, specimen.id).phone == CANARY
    finally:
        store._ring = before


@pytest.mark.clause("1")
def test_every_column_is_declared_personal_or_impersonal():
    """A column that is neither fails the build."""
    undeclared = [
        f"{mapper.local_table.name}.{column.name}"
        for mapper in db.Model.registry.mappers
        if getattr(mapper.class_, "__personal__", True)
        for column in mapper.local_table.columns
        if not column.primary_key and not {"personal", "impersonal"} & set(column.info)
    ]
    assert not undeclared


def test_every_declaration_says_where_it_comes_from():
    assert REGISTER
    assert all(each.clause and each.purposes and each.why and each.table for each in REGISTER)
