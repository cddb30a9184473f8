"""The policy registry: versions of the policy with their texts, figures and digests. Clauses P.3, 6.1b, 6.3;
DESIGN.md 4.

A published version lies in `policies/<version>/` and is never edited: `published.toml` pins the SHA-256 of its files,
and one changed character stops the start. The digest shown to people, and kept when they agree, is the SHA-256 of
`PolicyText.served`: the whole text as UTF-8, which anybody can fetch and hash.
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.foundation.clock import today
from app.privacy.manifest import Manifest
from app.settings import Operator, current_settings

POLICIES = Path(__file__).resolve().parent / "policies"
LANGUAGES = ("zh", "en")


class PolicyAltered(RuntimeError):
    """A file of a published version is not the one that was published."""


class UnknownVersion(LookupError):
    """There is no such version, or it is not published yet."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause in one language. `headings` are those that begin before it, outermost first: (number, words)."""

    id: str
    headings: tuple[tuple[str, str], ...]
    text: str
    summary: str
    not_yet: str | None
    link: str | None

    @property
    def anchor(self) -> str:
        return "c" + self.id.replace("(", "-").replace(")", "")


@dataclass(frozen=True)
class PolicyText:
    """A version in one language, with the operator's entries filled in."""

    lang: str
    title: str
    force: str
    clauses: tuple[Clause, ...]
    annexes: Mapping[str, str]
    retention: Mapping[str, Mapping[str, str]]
    recipients: Mapping[str, Mapping[str, str]]
    version: str
    effective: date

    @cached_property
    def served(self) -> str:
        """The exact text whose digest is kept: everything a reader sees, one canonical form, LF, NFC."""
        return unicodedata.normalize("NFC", "\n".join(self._lines()) + "\n")

    @cached_property
    def hash(self) -> str:
        """SHA-256 of `served` as UTF-8, in hex."""
        return sha256(self.served.encode()).hexdigest()

    def _lines(self) -> Iterator[str]:
        yield from (self.title, f"{self.version} / {self.effective.isoformat()}", self.force)
        for clause in self.clauses:
            yield from ("", *(f"{number}  {words}" for number, words in clause.headings))
            yield f"[{clause.id}] {clause.text}"
            yield f"  - {clause.summary}"
            if clause.not_yet:
                yield f"  * {clause.not_yet}"
        for annex, rows in (("retention", self.retention), ("recipients", self.recipients)):
            yield from ("", self.annexes[annex])
            yield from (" | ".join(row.values()) for row in rows.values())


@dataclass(frozen=True)
class PolicyVersion:
    """A published version: `texts` by "zh" and "en"."""

    manifest: Manifest
    texts: Mapping[str, PolicyText]

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def effective(self) -> date:
        return self.manifest.effective

    def hash(self, lang: str) -> str:
        """The digest of the text in "zh" or "en"; this is what an acceptance keeps."""
        return self.texts[lang].hash


def versions() -> tuple[PolicyVersion, ...]:
    """All published versions, oldest first, read once per process."""
    return _read_all(POLICIES, current_settings().operator)


def policy_version(version: str) -> PolicyVersion:
    """One version by its name. Raises UnknownVersion."""
    for policy in versions():
        if policy.version == version:
            return policy
    raise UnknownVersion(version)


def current_policy(on: date) -> PolicyVersion:
    """The version in force on a day (China time). Before the first takes effect it is the first, for there is no
    other.
    """
    first, *later = versions()
    return max((first, *(policy for policy in later if policy.effective <= on)), key=lambda policy: policy.effective)


def deadline(name: str, on: date | None = None) -> timedelta:
    """A time that binds us, by the version in force, such as `closure.decision`. Raises UnknownPromise."""
    return current_policy(on or today()).manifest.deadline(name)


def altered_files(folder: Path = POLICIES) -> list[str]:
    """Files of published versions whose digest is not the pinned one, as "1/zh.toml has <digest>"."""
    pinned = tomllib.loads((folder / "published.toml").read_text())
    found = []
    for version, files in pinned.items():
        for name, digest in files.items():
            actual = sha256((folder / version / name).read_bytes()).hexdigest()
            if actual != digest:
                found.append(f"{version}/{name} has {actual}")
    return found


@lru_cache(maxsize=8)
def _read_all(folder: Path, operator: Operator) -> tuple[PolicyVersion, ...]:
    if altered := altered_files(folder):
        raise PolicyAltered("a published policy is never edited, publish a new version: " + "; ".join(altered))
    read = [_read(folder / version, operator) for version in tomllib.loads((folder / "published.toml").read_text())]
    return tuple(sorted(read, key=lambda policy: policy.effective))


def _read(folder: Path, operator: Operator) -> PolicyVersion:
    manifest = Manifest.from_data(tomllib.loads((folder / "manifest.toml").read_text()))
    texts = {
        lang: _text(lang, tomllib.loads((folder / f"{lang}.toml").read_text()), manifest, operator)
        for lang in LANGUAGES
    }
    return PolicyVersion(manifest, texts)


def _text(lang: str, data: Mapping[str, Any], manifest: Manifest, operator: Operator) -> PolicyText:
    return PolicyText(
        lang=lang,
        title=data["title"],
        force=data["force"],
        clauses=tuple(_clauses(lang, data, manifest, operator)),
        annexes=data["annexes"],
        retention=data["retention"],
        recipients=data["recipients"],
        version=manifest.version,
        effective=manifest.effective,
    )


def _clauses(lang: str, data: Mapping[str, Any], manifest: Manifest, operator: Operator) -> Iterator[Clause]:
    waiting = dict(data["headings"])
    for id_, entry in data["clauses"].items():
        headings = tuple((number, waiting.pop(number)) for number in list(waiting) if _covers(number, id_))
        yield Clause(
            id=id_,
            headings=headings,
            text=_fill(_unwrap(entry["text"], lang), lang, operator),
            summary=entry["summary"],
            not_yet=entry.get("not_yet"),
            link=manifest.links.get(id_),
        )


def _covers(number: str, id_: str) -> bool:
    """Whether heading `number` stands above clause `id_`: 5.2 above 5.2.2a, but 1.1 not above 1.10."""
    return id_.startswith(number) and not id_[len(number) :][:1].isdigit()


def _unwrap(text: str, lang: str) -> str:
    """Undo the line breaks of the file: Chinese lines join without, English ones with a space."""
    return ("" if lang == "zh" else " ").join(line.strip() for line in text.strip().splitlines())


def _fill(text: str, lang: str, operator: Operator) -> str:
    entries = {
        "{operator.name}": operator.name_en or operator.name if lang == "en" else operator.name,
        "{operator.mail}": operator.contact_mail,
        "{operator.phone}": operator.hotline,
        "{operator.address}": operator.address,
    }
    for placeholder, value in entries.items():
        text = text.replace(placeholder, value)
    return text
