"""Every text that a visitor can read is there in Chinese and in English. Clause 2.2."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po
from jinja2 import Environment

from tests.house import files

KEYWORDS = DEFAULT_KEYWORDS | {
    "_l": None,
    "_n": (1, 2),
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_p": ((1, "c"), 2),
}
JINJA_OPTIONS = {"extensions": "jinja2.ext.i18n", "trimmed": "true", "silent": "false"}
HOUSES = ["app", "analytics"]
ATTRIBUTES_THAT_ARE_READ = re.compile(r"""\b(?:title|alt|placeholder|aria-label)=(["'])([^"']*)\1""")
WORD = re.compile(r"[A-Za-z]{3,}|[\u4e00-\u9fff]")
NOT_WORDS = re.compile(
    r"&[a-z]+;|\b(?:utf|charset|width|device|initial|scale|viewport|nofollow|noindex|website|follow)\b"
)
TWINS = ("zh-cn.html", "en.html")
OWN_NAMES = {
    "Yunshang",
    "English",
    "矿",
    "机",
    "云",
    "商",
    "中",
    "文",
    "简",
    "体",
    "CSV",
    "JSON",
    "SHA",
    "HTTP",
    "SMS",
    "GIF",
}

NOT_READ = {
    "templates/components/machine.html": {"home", "immersion", "neutral"},
    "templates/layouts/desk.html": {"desk"},
}


def files_of(house: str) -> list[Path]:
    """Where the texts of the shop, or of the counting house, are written."""
    roots = {"app": ("app", "templates"), "analytics": ("analytics",)}[house]
    return [
        path for path in files.texts() if path.parts[0] in roots and path.suffix in (".py", ".html", ".txt", ".xml")
    ]


def messages_in(path: Path) -> Iterator[tuple[object, int]]:
    method = "python" if path.suffix == ".py" else "jinja2"
    options = {} if method == "python" else JINJA_OPTIONS
    for line, message, _, context in extract_from_file(method, files.ROOT / path, KEYWORDS, options=options):
        yield (context, message) if context else message, line


def translations_of(house: str) -> dict[object, list[tuple[Path, object]]]:
    found: dict[object, list[tuple[Path, object]]] = {}
    for path in sorted((files.ROOT / house).glob("translations/zh/**/*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="zh"):
                if message.id and not message.fuzzy:
                    key = (message.context, message.id) if message.context else message.id
                    found.setdefault(key, []).append((path.relative_to(files.ROOT), message.string))
    return found


def is_translated(text: object) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


@pytest.mark.parametrize("house", HOUSES)
def test_every_text_has_its_chinese(house: str) -> None:
    known = translations_of(house)
    if house == "analytics":
        known = translations_of("app") | known
    missing = [
        f"{path}:{line}: {message!r}"
        for path in files_of(house)
        for message, line in messages_in(path)
        if message not in known or not any(is_translated(text) for _, text in known[message])
    ]
    assert missing == []


@pytest.mark.parametrize("house", HOUSES)
def test_no_translation_is_left_of_a_text_that_is_gone(house: str) -> None:
    used = {message for path in files_of(house) for message, _ in messages_in(path)}
    if house == "app":
        used |= {message for path in files_of("analytics") for message, _ in messages_in(path)}
    left = [f"{where[0][0]}: {message!r}" for message, where in translations_of(house).items() if message not in used]
    assert left == []


@pytest.mark.parametrize("house", HOUSES)
def test_one_text_is_translated_one_way(house: str) -> None:
    split = {
        message: where for message, where in translations_of(house).items() if len({str(text) for _, text in where}) > 1
    }
    assert split == {}


@pytest.mark.parametrize("house", HOUSES)
def test_a_translation_keeps_its_placeholders(house: str) -> None:
    def placeholders(text: object) -> set[str]:
        return set(re.findall(r"%\((\w+)\)[sd]", str(text)))

    wrong = [
        f"{path}: {message!r}"
        for message, where in translations_of(house).items()
        for path, text in where
        if placeholders(text) - placeholders(message)
    ]
    assert wrong == []


def literal_words(source: str) -> list[str]:
    """Words of a template that stand outside of every translation and would be read by a visitor."""
    environment = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701 - only its lexer is used
    plain, inside, block = "", False, ""
    for _, kind, value in environment.lex(source):
        if kind == "block_begin":
            block = ""
        elif kind == "name" and block == "":
            block = value
            inside = (inside or value == "trans") and value != "endtrans"
        elif kind == "data" and not inside:
            plain += value
        elif kind in ("variable_begin", "block_end"):
            plain += " " if kind == "block_end" else "\x00"
    plain = re.sub(r"<!--.*?-->|<script\b.*?</script>|<svg\b.*?</svg>", " ", plain, flags=re.DOTALL)
    read = [match[2] for match in ATTRIBUTES_THAT_ARE_READ.finditer(plain)]
    read.append(re.sub(r"<[^>]*>", " ", plain))
    return [word for text in read for word in WORD.findall(NOT_WORDS.sub(" ", text)) if word not in OWN_NAMES]


def test_no_page_says_anything_outside_of_a_translation() -> None:
    found = {
        str(path): words
        for path, text in files.templates().items()
        if path.suffix == ".html"
        and path.name not in TWINS
        and (words := set(literal_words(text)) - NOT_READ.get(str(path), set()))
    }
    assert found == {}


def test_a_text_written_twice_is_there_in_both_languages() -> None:
    """Long texts, such as the help, are a template for each language instead of messages."""
    twins = {path for path in files.templates() if path.name in TWINS}
    assert {path.parent / name for path in twins for name in TWINS} == twins
    for path in twins:
        chinese = len(re.findall("[\u4e00-\u9fff]", files.texts()[path]))
        assert chinese > 50 if path.name == "zh-cn.html" else chinese < 5, path


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Add to cart</p>", ["Add", "cart"]),
        ("<p>{{ _('Add to cart') }}</p>", []),
        ("<p>{% trans n=3 %}Three machines{% endtrans %}</p>", []),
        ('<a title="Open the cart" href="{{ url }}">{{ n }}</a>', ["Open", "the", "cart"]),
        ("<p>购</p>", ["购"]),
        ("{% if a %}<b>{{ b }}</b> TH/s{% endif %}", []),
    ],
)
def test_a_bare_word_would_be_found(source: str, words: list[str]) -> None:
    assert literal_words(source) == words
