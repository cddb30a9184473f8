"""A version of a document as it lies in files: its clauses in both languages, its manifest, its digests. Clauses P.3,
6.3.

`policies/<version>/`, `agreements/<version>/` and `rules/<version>/` hold `manifest.toml`, `zh.toml`, `en.toml` and,
from the second version on, `changes.toml`; `published.toml` beside them pins the SHA-256 of every file. The digest
shown to people, and kept when they agree, is the SHA-256 of `Text.served`: the whole text as UTF-8, which anybody can
fetch and hash.
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.privacy.manifest import Manifest
from app.settings import Operator

HERE = Path(__file__).resolve().parent
POLICY, AGREEMENT, RULES = "policy", "agreement", "rules"
FOLDERS = {POLICY: HERE / "policies", AGREEMENT: HERE / "agreements", RULES: HERE / "rules"}
"""Where each document lies: the privacy policy, the user agreement, the rules of the platform."""
LANGUAGES = ("zh", "en")
PINS = "published.toml"


class PolicyAltered(RuntimeError):
    """A file of a published version is not the one that was published."""


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

    @property
    def wording(self) -> str:
        """What binds: the text, and what is not offered yet."""
        return f"{self.text} {self.not_yet}" if self.not_yet else self.text


@dataclass(frozen=True, eq=False)
class Text:
    """A version in one language, with the operator's entries filled in. A document may have no annexes."""

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

    def tables(self) -> Iterator[tuple[str, str, Mapping[str, Mapping[str, str]]]]:
        """The annexes: name, title, rows."""
        for name, rows in (("retention", self.retention), ("recipients", self.recipients)):
            if name in self.annexes:
                yield name, self.annexes[name], rows

    def _lines(self) -> Iterator[str]:
        yield from (self.title, f"{self.version} / {self.effective.isoformat()}", self.force)
        for clause in self.clauses:
            yield from ("", *(f"{number}  {words}" for number, words in clause.headings))
            yield f"[{clause.id}] {clause.text}"
            yield f"  - {clause.summary}"
            if clause.not_yet:
                yield f"  * {clause.not_yet}"
        for _, title, rows in self.tables():
            yield from ("", title)
            yield from (" | ".join(row.values()) for row in rows.values())


@dataclass(frozen=True)
class Changes:
    """What people are told of a version that follows another, in both languages: why, in a line, and by clause."""

    reason: Mapping[str, str]
    gist: Mapping[str, str]
    by_clause: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, eq=False)
class Version:
    """A version of a document: `texts` by "zh" and "en". `changes` is None for a first one."""

    document: str
    manifest: Manifest
    texts: Mapping[str, Text]
    operator: Operator
    changes: Changes | None

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def effective(self) -> date:
        return self.manifest.effective

    def hash(self, lang: str) -> str:
        """The digest of the text in "zh" or "en"; this is what an acceptance keeps."""
        return self.texts[lang].hash

    def reason(self, lang: str) -> str:
        """Why there is this version."""
        return self.changes.reason[lang] if self.changes else self.manifest.reason


def read_version(document: str, folder: Path, operator: Operator) -> Version:
    """Read a version's files. Raises FileNotFoundError, and KeyError or ValueError for one that is ill formed."""
    data = files_of(folder)
    manifest = Manifest.from_data(data["manifest"])
    texts = {lang: _text(lang, data[lang], manifest, operator) for lang in LANGUAGES}
    told = data.get("changes")
    changes = Changes(told["reason"], told["gist"], told["clauses"]) if told else None
    return Version(document, manifest, texts, operator, changes)


def files_of(folder: Path) -> dict[str, dict[str, Any]]:
    """The files of a version as data, by name. Raises FileNotFoundError where the manifest or a language is missing."""
    names = ["manifest", *LANGUAGES, *(["changes"] if (folder / "changes.toml").exists() else [])]
    return {name: tomllib.loads((folder / f"{name}.toml").read_text()) for name in names}


def digests_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a version, by name."""
    return {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.toml"))}


def pins_of(folder: Path) -> dict[str, dict[str, str]]:
    """By version the pinned digests of its files."""
    pins = tomllib.loads((folder / PINS).read_text())
    return {version: files for version, files in pins.items() if isinstance(files, dict)}


def founding_of(folder: Path) -> list[str]:
    """The versions with which a new shop begins, oldest first: nobody has agreed to anything yet."""
    return list(tomllib.loads((folder / PINS).read_text())["founding"])


def altered_files(folder: Path) -> list[str]:
    """Files of pinned versions whose digest is not the pinned one, as "1/zh.toml has <digest>"."""
    found = []
    for version, pinned in pins_of(folder).items():
        actual = digests_of(folder / version)
        for name in sorted(pinned.keys() | actual.keys()):
            if pinned.get(name) != actual.get(name):
                found.append(f"{version}/{name} has {actual.get(name, 'gone')}")
    return found


def _text(lang: str, data: Mapping[str, Any], manifest: Manifest, operator: Operator) -> Text:
    return Text(
        lang=lang,
        title=data["title"],
        force=data["force"],
        clauses=tuple(_clauses(lang, data, manifest, operator)),
        annexes=data.get("annexes", {}),
        retention=data.get("retention", {}),
        recipients=data.get("recipients", {}),
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
