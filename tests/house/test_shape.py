"""What every file of the house keeps to, whoever wrote it."""

import ast
import re
from pathlib import Path

import pytest

from tests.house import files

NAMES_THAT_SAY_NOTHING = {
    "services",
    "service",
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "misc",
    "common",
}
WORDS_THAT_SAY_NOTHING = {"helper", "helpers", "manager", "util", "utils", "misc"}
INLINE = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style[\s>]",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "a script address": r"javascript:",
    "a script inside the page": r"<script(?![^>]*\b(?:src\s*=|type\s*=\s*[\"']application/ld\+json))",
    "a third party": r"<(?:script|link|img|iframe|source|form|use)\b[^>]*\s(?:src|href|action)=[\"'](?:https?:)?//",
}
MACHINE_PATHS = re.compile(r"(?<![\w.$}])/(?:work|root|home/\w+|tmp|mnt)/\w")


def test_no_file_is_named_after_nothing() -> None:
    assert [path for path in files.code() if path.stem in NAMES_THAT_SAY_NOTHING] == []


def test_no_function_is_named_after_nothing() -> None:
    """`helper` tells the reader nothing about why to call it."""
    nameless = [
        f"{path}: {node.name}"
        for path, text in files.code().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and WORDS_THAT_SAY_NOTHING & set(re.sub(r"([A-Z])", r"_\1", node.name).lower().split("_"))
    ]
    assert nameless == []


def test_every_slice_says_what_it_is_for() -> None:
    slices = [
        path for path in files.code() if path.name == "__init__.py" and len(path.parts) == 3 and path.parts[0] == "app"
    ]
    assert [
        path
        for path in slices
        if not ast.get_docstring(ast.parse(files.texts()[path])) and path.parts[1] != "migrations"
    ] == []


@pytest.mark.parametrize("fault", INLINE)
def test_no_page_holds(fault: str) -> None:
    """The content policy forbids it, so it would not work either."""
    found = [
        f"{path}: {match[0][:80]}"
        for path, text in files.templates().items()
        if path.suffix == ".html"
        for match in re.finditer(INLINE[fault], without_comments(text), re.IGNORECASE)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("fault", "page"),
    [
        ("a style attribute", '<p style="x">'),
        ("a style element", "<style>p {}</style>"),
        ("an event attribute", '<a href="/" onclick="x()">'),
        ("a script inside the page", "<script>x()</script>"),
        ("a third party", '<img src="//cdn.example/x.png">'),
    ],
)
def test_a_planted_fault_would_be_found(fault: str, page: str) -> None:
    assert re.search(INLINE[fault], page, re.IGNORECASE)
    assert not re.search(
        INLINE[fault], '<script src="/static/js/a.js" type="module"></script><p class="style">on = 1</p>'
    )


def test_no_file_knows_where_it_lies_on_somebodys_machine() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:80]}"
        for path, text in files.texts().items()
        if path.parts[0] not in ("tests", "static")
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATHS.search(line)
    ]
    assert found == []


def test_locks_name_no_package_host() -> None:
    locks = [files.ROOT / name for name in ("requirements.txt", "requirements-scale.txt", "requirements-dev.txt")]
    assert [lock.name for lock in locks if re.search(r"https?://|--index-url|--find-links", lock.read_text())] == []


def test_every_locked_package_has_a_hash() -> None:
    for name in ("requirements.txt", "requirements-scale.txt", "requirements-dev.txt"):
        lock = (files.ROOT / name).read_text()
        pins = re.findall(r"(?m)^[A-Za-z0-9._-]+(?:\[.*\])?==.*", lock)
        assert pins and all(pin.endswith("\\") for pin in pins), name
        assert lock.count("--hash=sha256:") >= len(pins)


def test_the_same_package_has_one_version_in_all_locks() -> None:
    versions: dict[str, set[str]] = {}
    for path in files.ROOT.glob("requirements*.txt"):
        pins = re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[.*?\])?==([^ ;\\]+)(.*?)\\", path.read_text())
        for package, version, condition in pins:
            versions.setdefault(package + condition, set()).add(version)
    assert {package for package, found in versions.items() if len(found) > 1} == set()


def test_scripts_and_styles_are_ours_and_small() -> None:
    scripts = [path for path in files.tracked() if path.suffix == ".js" and Path("static/js") in relative(path).parents]
    assert sum(path.stat().st_size for path in scripts) <= 60_000


def without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}|<!--.*?-->", "", text, flags=re.DOTALL)


def relative(path: Path) -> Path:
    return path.relative_to(files.ROOT)
