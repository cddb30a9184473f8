"""What the registry answers: which version is in force on a day, by its name, and the times that bind us. Clauses P.3,
6.1b, 6.3; DESIGN.md 4.

The texts lie in files that nobody edits (`texts`); which of them are published is said by the store (`publications`).
Every answer is about the privacy policy unless another document is named.
"""

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from app.foundation.clock import today
from app.privacy import texts
from app.privacy.manifest import Manifest
from app.privacy.publications import Published, known_publications
from app.privacy.texts import POLICY, PolicyAltered, Version, altered_files, founding_of, read_version
from app.settings import Operator, current_settings


class UnknownVersion(LookupError):
    """There is no such version, or it is not published yet."""


def versions(document: str = POLICY) -> tuple[Version, ...]:
    """All published versions, oldest first, those included that are not yet in force. Read once per process.

    Raises PolicyAltered.
    """
    known = tuple(row for row in known_publications().now() if row.document == document)
    return _published(texts.FOLDERS[document], known) if known else founding_versions(document)


def founding_versions(document: str) -> tuple[Version, ...]:
    """What a new shop begins with, by the operator of the settings. Raises PolicyAltered."""
    return _founding(document, texts.FOLDERS[document], current_settings().operator)


def policy_version(version: str, document: str = POLICY) -> Version:
    """One version by its name. Raises UnknownVersion."""
    for policy in versions(document):
        if policy.version == version:
            return policy
    raise UnknownVersion(version)


def in_force_until(on: date, document: str = POLICY) -> list[Version]:
    """Every version that took effect by a day (China time), the one in force last. The first always has, for before it
    there is no other.
    """
    first, *later = versions(document)
    return [first, *(policy for policy in later if policy.effective <= on)]


def current_policy(on: date, document: str = POLICY) -> Version:
    """The version in force on a day (China time)."""
    return in_force_until(on, document)[-1]


def predecessor_of(version: Version) -> Version | None:
    """The version that this one replaced; None for the first."""
    before = None
    for each in versions(version.document):
        if each.version == version.version:
            break
        before = each
    return before


def deadline(name: str, on: date | None = None) -> timedelta:
    """A time that binds us, by the version in force, such as `closure.decision`. One that the version in force does not
    state yet is kept as the newest on file states it: a shop that has not published that one keeps it early.

    What binds us towards one account is asked of `agreed_terms.manifest_for`. Raises UnknownPromise.
    """
    in_force = current_policy(on or today()).manifest
    return (in_force if name in in_force.deadlines else newest_on_file()).deadline(name)


def newest_on_file(document: str = POLICY) -> Manifest:
    """The manifest of the newest version that lies in the folder, published or not."""
    folders = [folder for folder in texts.FOLDERS[document].iterdir() if folder.name.isdigit()]
    return _manifest_in(max(folders, key=lambda folder: int(folder.name)))


@lru_cache(maxsize=16)
def _manifest_in(folder: Path) -> Manifest:
    return Manifest.from_data(texts.files_of(folder)["manifest"])


@lru_cache(maxsize=16)
def _founding(document: str, folder: Path, operator: Operator) -> tuple[Version, ...]:
    if altered := altered_files(folder):
        raise PolicyAltered("a published policy is never edited, publish a new version: " + "; ".join(altered))
    return tuple(read_version(document, folder / version, operator) for version in founding_of(folder))


@lru_cache(maxsize=16)
def _published(folder: Path, known: tuple[Published, ...]) -> tuple[Version, ...]:
    for row in known:
        if tuple(sorted(texts.digests_of(folder / row.version).items())) != row.digests:
            raise PolicyAltered(f"{row.document} {row.version} is not what was published: its files have changed")
    return tuple(read_version(row.document, folder / row.version, row.operator) for row in known)
