"""Nonsense for addresses and forms, and forms sent with it in their fields."""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode, urljoin

from flask.testing import FlaskClient

from bench.html_forms import HtmlForm

NONSENSE = {
    "nothing": "",
    "zero": "0",
    "negative": "-1",
    "huge": "9" * 40,
    "infinite": "1e999",
    "not a number": "NaN",
    "full-width": "１２３",
    "emoji": "😀👩‍👩‍👧",
    "control": "a\x00b\x1b\r\nX: y",
    "quotes": "' OR 1=1 --\"",
    "markup": "<script>alert(1)</script>{{7*7}}%(x)s%s",
    "path": "../../../etc/passwd",
    "long": "长" * 3000,
    "broken": "\udcff%zz",
    "digits of elsewhere": "٣²",
    "past 64 bits": "9223372036854775808",
    "no day at all": "0000-00-00",
}
HARSHEST = ("huge", "emoji", "control", "broken", "digits of elsewhere")


def with_nonsense(form: HtmlForm, value: str) -> Iterator[list[tuple[str, str]]]:
    """Nonsense in all that can be typed; in everything but the token; each field twice; one field after the other."""
    yield [(name, value if name in form.typed else kept) for name, kept in form.fields]
    changed = [(name, kept if is_token(name) else value) for name, kept in form.fields]
    yield changed
    yield [pair for pair in changed for _ in range(2)] + [("unknown", value)]
    for name in sorted(form.typed):
        yield [(other, value if other == name else kept) for other, kept in form.fields]


def without_fields(form: HtmlForm) -> Iterator[list[tuple[str, str]]]:
    """The form without one of its fields, each in turn; then its token alone."""
    for name in sorted({name for name, _ in form.fields if not is_token(name)}):
        yield [(other, kept) for other, kept in form.fields if other != name]
    yield [(name, kept) for name, kept in form.fields if is_token(name)]


def is_token(name: str) -> bool:
    """Whether a field holds a form's token, whatever prefix the form has."""
    return name.endswith("form_token")


def submit(visitor: FlaskClient, address: str, form: HtmlForm, fields: list[tuple[str, str]]) -> object:
    data: dict[str, list[str]] = {}
    for name, value in islice(fields, 150):
        data.setdefault(name, []).append(value.encode("utf-8", "replace").decode())
    target = urljoin(address, form.action or address)
    if form.method == "get":
        return visitor.get(f"{target.partition('?')[0]}?{urlencode(data, doseq=True)}")
    kind = "multipart/form-data" if form.multipart else "application/x-www-form-urlencoded"
    return visitor.post(target, data=data, content_type=kind)
