"""What a version must be before anybody may approve it: both languages, the same clauses and figures. Clause 6.1b.

A figure is a number with its unit where it has one. Each clause states the same figures in Chinese, in English and in
the manifest; an annex the same times.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from app.privacy.manifest import Manifest
from app.privacy.texts import LANGUAGES

_UNITS = {
    "zh": {"分钟": "minute", "小时": "hour", "日": "day", "个月": "month", "年": "year"},
    "en": {"minute": "minute", "hour": "hour", "day": "day", "month": "month", "year": "year"},
}
_NAMES = ("SHA-256", "TLS 1.2", "ASVS 5.0", "1 × 1", "1 pixel", "1 像素", "Kuaidi100", "快递100")
_REFERENCE = re.compile(r"(?:Annex|附表) ?\d|\d+(?:\.\d+)+(?:\(\d+\))?")
_FIGURE = {
    "zh": re.compile(r"(\d+) ?(分钟|小时|日|个月|年(?!龄))?"),
    "en": re.compile(r"(\d+) ?(minute|hour|day|month|year)?s?"),
}
_NOT_YET = {"zh": "暂未提供", "en": "Not offered yet"}

Files = Mapping[str, Mapping[str, Any]]


def figures_in(text: str, lang: str) -> list[str]:
    """Every figure of a text as the manifest writes it: "48 hours", or "5" where it is no time."""
    for name in _NAMES:
        text = text.replace(name, "")
    found = []
    for number, unit in _FIGURE[lang].findall(_REFERENCE.sub("", " ".join(text.split()))):
        english = _UNITS[lang].get(unit)
        found.append(f"{number} {english}{'' if number == '1' else 's'}" if english else number)
    return sorted(found)


def references_in(text: str) -> Counter[str]:
    """The clauses that a text refers to, and how often."""
    return Counter(re.findall(r"\d+(?:\.\d+)+(?:\(\d+\))?", text))


def faults_in(files: Files) -> list[str]:
    """Why a version cannot be published, as sentences for its author; empty when it can."""
    zh, en = files["zh"], files["en"]
    if list(zh["clauses"]) != list(en["clauses"]):
        return [f"the clauses differ between the languages: {_differing(zh['clauses'], en['clauses'])}"]
    return [
        *_headings(zh, en),
        *_clauses(files),
        *_annexes(files),
        *_not_yet(files),
        *_unknown_clauses(files),
        *_changes(files),
    ]


def _headings(zh: Mapping[str, Any], en: Mapping[str, Any]) -> Iterator[str]:
    if list(zh["headings"]) != list(en["headings"]):
        yield f"the headings differ between the languages: {_differing(zh['headings'], en['headings'])}"


def _clauses(files: Files) -> Iterator[str]:
    stated = Manifest.from_data(files["manifest"]).stated
    for id_ in files["zh"]["clauses"]:
        texts = {lang: files[lang]["clauses"][id_] for lang in LANGUAGES}
        for lang, entry in texts.items():
            if len(entry["text"].strip()) <= 10 or len(entry["summary"].strip()) < 3:
                yield f"{id_}: text or summary is missing in {lang}"
            if not set(figures_in(entry["summary"], lang)) <= set(figures_in(entry["text"], lang)):
                yield f"{id_}: the summary in {lang} has a figure that its text has not"
        told = [set(figures_in(texts[lang]["text"], lang)) for lang in LANGUAGES] + [set(stated.get(id_, ()))]
        if not told[0] == told[1] == told[2]:
            yield f"{id_}: figures differ: zh {sorted(told[0])}, en {sorted(told[1])}, manifest {sorted(told[2])}"
        if references_in(texts["zh"]["text"]) != references_in(texts["en"]["text"]):
            yield f"{id_}: the languages refer to different clauses"


def _annexes(files: Files) -> Iterator[str]:
    stated = Manifest.from_data(files["manifest"]).stated_of_keeping
    for annex, names in (("retention", list(stated)), ("recipients", list(files["manifest"].get("recipients", {})))):
        for lang in LANGUAGES:
            if list(files[lang].get(annex, {})) != names:
                yield f"the rows of {annex} in {lang} are not those of the manifest"
    for lang in LANGUAGES:
        for name, row in files[lang].get("retention", {}).items():
            if figures_in(row["kept"], lang) != list(stated.get(name, ())):
                yield f"retention of {name}: the times in {lang} are not those of the manifest"


def _not_yet(files: Files) -> Iterator[str]:
    expected = set(files["manifest"].get("not_offered", {}).get("clauses", ()))
    for lang, words in _NOT_YET.items():
        said = {id_: entry["not_yet"] for id_, entry in files[lang]["clauses"].items() if "not_yet" in entry}
        if said.keys() != expected:
            yield f"what is not offered is said in {lang} of other clauses than the manifest lists"
        yield from (f"{id_}: begin with “{words}”" for id_, text in said.items() if not text.startswith(words))


def _unknown_clauses(files: Files) -> Iterator[str]:
    """Clauses that the manifest names and the texts do not have."""
    manifest, known = files["manifest"], files["zh"]["clauses"].keys()
    figures = (line for table in ("deadlines", "limits", "retention") for line in manifest.get(table, {}).values())
    named = {clause for line in figures for clause in line["clauses"]}
    for table in ("purposes", "kinds", "recipients"):
        named |= set(manifest.get(table, {}).values())
    named |= set(manifest.get("links", {}))
    yield from (f"the manifest names clause {clause}, which the texts have not" for clause in sorted(named - known))


def _changes(files: Files) -> Iterator[str]:
    """What people will be told of the change, as far as it is written in one language only."""
    told = files.get("changes", {})
    entries = {name: told[name] for name in ("reason", "gist") if name in told} | told.get("clauses", {})
    for name, entry in entries.items():
        yield from (f"changes: {name} is missing in {lang}" for lang in LANGUAGES if not entry.get(lang))


def _differing(some: Mapping[str, Any], others: Mapping[str, Any]) -> str:
    return ", ".join(sorted(some.keys() ^ others.keys())) or "their order"
