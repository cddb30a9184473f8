"""Wrapping keys rotate while others read and make keys, in processes that know only the old ones. Clause 5.1.1c."""

import threading

import pytest

from app.foundation.data_keys import DataKeys, metadata, subject_keys
from app.foundation.database import open_engine
from app.foundation.encryption import Keyring, KeyringError, load_keyring, replace_keyring


@pytest.fixture
def file(tmp_path):
    load_keyring(str(tmp_path / "keyring.json"), create=True)
    return tmp_path / "keyring.json"


def a_store(url, file):
    """The key store as a process has it that started now."""
    keys = DataKeys(
        open_engine(url), load_keyring(str(file), create=False), lambda: load_keyring(str(file), create=False)
    )
    metadata.create_all(keys.engine)
    return keys


def rotated(keys, file):
    ring = load_keyring(str(file), create=False).with_new_version("wrapping")
    replace_keyring(file, ring)
    keys.follow(ring)
    done = 0
    while some := keys.rewrap(limit=50):
        done += some
    return done


def versions(keys):
    with keys.engine.connect() as connection:
        return set(connection.scalars(subject_keys.select().with_only_columns(subject_keys.c.wrapping_version)))


@pytest.mark.clause("5.1.1c")
@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgresql", marks=pytest.mark.part("postgresql"))])
def test_readers_that_know_the_old_keyring_read_on(tmp_path, file, where, request):
    url = f"sqlite:///{tmp_path / 'keys.db'}" if where == "sqlite" else request.getfixturevalue("postgres_url")
    reader, job = a_store(url, file), a_store(url, file)
    people = [reader.create() for _ in range(300)]
    before, faults, stop = reader.load(people), [], threading.Event()

    def read_on():
        while not stop.is_set():
            try:
                assert reader.load(people) == before
                people_made.append(reader.create())
            except Exception as fault:
                faults.append(fault)

    people_made: list[int] = []
    thread = threading.Thread(target=read_on)
    thread.start()
    done = rotated(job, file)
    stop.set()
    thread.join()
    job.rewrap(limit=10_000)
    assert faults == [] and done >= 300 and versions(job) == {2}
    assert a_store(url, file).load(people) == before and len(reader.load(people_made)) == len(people_made)


@pytest.mark.clause("5.1.1c")
def test_a_rotation_that_was_stopped_goes_on(tmp_path, file):
    keys = a_store(f"sqlite:///{tmp_path / 'keys.db'}", file)
    people = [keys.create() for _ in range(20)]
    before = keys.load(people)
    ring = load_keyring(str(file), create=False).with_new_version("wrapping")
    replace_keyring(file, ring)
    keys.follow(ring)
    assert keys.rewrap(limit=7) == 7 and versions(keys) == {1, 2}
    fresh = a_store(f"sqlite:///{tmp_path / 'keys.db'}", file)
    assert fresh.rewrap() == 13 and versions(fresh) == {2} and fresh.load(people) == before


def test_a_version_that_no_keyring_has_is_named(tmp_path, file):
    keys = a_store(f"sqlite:///{tmp_path / 'keys.db'}", file)
    person = keys.create()
    lost = Keyring.generate()
    stranger = DataKeys(keys.engine, lost.with_new_version("wrapping"), lambda: lost)
    with pytest.raises(Exception):  # noqa: B017, PT011 - another key of that version opens nothing
        stranger.load([person])
    keys.follow(load_keyring(str(file), create=False).with_new_version("wrapping"))
    keys.rewrap()
    with pytest.raises(KeyringError):
        a_store(f"sqlite:///{tmp_path / 'keys.db'}", file).load([person])
