"""A mail of any bytes as plain text: wrong charsets, broken MIME and HTML are read as well as they can be. Pure.

Nothing raises: a mail that cannot be parsed is read as the text it seems to be. Attachments are named and not taken in,
because the policy names no purpose for them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from itertools import islice

from app.foundation.forms import clean_line_breaks

MOST_BYTES = 10 * 1024 * 1024
"""More of a mail is not read: what lies behind is attachments."""
LONGEST_TEXT, LONGEST_SUBJECT, LONGEST_ADDRESS, LONGEST_NAME = 20_000, 200, 100, 80
MOST_PARTS, MOST_NAMED = 200, 10
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "us-ascii": "utf-8", "ascii": "utf-8"}
"""Charsets that mails name while they use the wider one."""
_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]]+@[^\s<>@,;:\"()\[\]]+\.[^\s<>@,;:\"()\[\]]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
    }
    | {"section", "table", "td", "th", "tr", "ul"}
)
_UNSEEN = frozenset({"head", "script", "style", "template", "title"})


@dataclass(frozen=True)
class Mail:
    """What a mail says. `sender` is "" where none can be read; `headers` has lower-case names, first value each."""

    sender: str
    subject: str
    text: str
    message_id: str
    recipients: tuple[str, ...]
    received_at: datetime | None
    attachments: tuple[str, ...]
    headers: dict[str, str]
    content_type: str


def read_mail(content: bytes) -> Mail:
    """Of at most MOST_BYTES of a mail."""
    content = content[:MOST_BYTES]
    try:
        return _read(message_from_bytes(content))
    except Exception:  # noqa: BLE001 - the parser knows no end of errors for broken mail, and none may lose one
        return _read_as_text(content)


def _read(message: Message) -> Mail:
    headers: dict[str, str] = {}
    for name, value in islice(message.raw_items(), 500):
        headers.setdefault(name.lower(), _header(value))
    plain, html, names = _parts(message)
    text = "\n\n".join(each for each in plain if each.strip()) or "\n\n".join(map(text_of_html, html))
    return Mail(
        sender=_first_address(headers.get("from", "")) or _first_address(headers.get("reply-to", "")),
        subject=_line(headers.get("subject", ""), LONGEST_SUBJECT),
        text=_clean(text),
        message_id=headers.get("message-id", "").strip()[:500],
        recipients=tuple(_addresses(" , ".join(headers.get(name, "") for name in ("to", "cc", "delivered-to")))),
        received_at=_moment(headers.get("received", "").rpartition(";")[2]),
        attachments=tuple(names),
        headers=headers,
        content_type=message.get_content_type(),
    )


def _read_as_text(content: bytes) -> Mail:
    head, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = (line.partition(":") for line in decoded(head).split("\n")[:500])
    headers = {name.strip().lower(): value.strip() for name, colon, value in lines if colon}
    return Mail(
        sender=_first_address(headers.get("from", "")),
        subject=_line(headers.get("subject", ""), LONGEST_SUBJECT),
        text=_clean(decoded(body or head)),
        message_id=headers.get("message-id", "")[:500],
        recipients=tuple(_addresses(headers.get("to", ""))),
        received_at=None,
        attachments=(),
        headers=headers,
        content_type="text/plain",
    )


def _parts(message: Message) -> tuple[list[str], list[str], list[str]]:
    """Plain texts, HTML texts, and the names of what is attached."""
    plain: list[str] = []
    html: list[str] = []
    names: list[str] = []
    for part in islice(message.walk(), MOST_PARTS):
        if part.is_multipart():
            continue
        kind, name = part.get_content_type(), part.get_filename()
        is_text = kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment"
        if name is not None or not is_text:
            names.append(_line(_header(name or kind), LONGEST_NAME))
            continue
        content = part.get_payload(decode=True)
        text = decoded(content if isinstance(content, bytes) else b"", part.get_content_charset())
        (plain if kind == "text/plain" else html).append(text)
    return plain, html, names


def decoded(content: bytes, charset: str | None = None) -> str:
    """Text of bytes by the charset they name, if they fit it, else by the first that fits; never an error."""
    named = (charset or "").strip("\"' ").lower()
    for each in (WIDER.get(named, named), "utf-8", "gb18030"):
        try:
            return content.decode(each or "utf-8")
        except (LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def text_of_html(html: str) -> str:
    """What a reader of the page sees, without links, pictures and scripts."""
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # the library's word for some broken markup
        return re.sub(r"<[^>]*>", " ", html)
    return re.sub(r"\n\s*\n+", "\n\n", "".join(reader.seen))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.seen.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.unseen = max(0, self.unseen - (tag in _UNSEEN))
        if tag in _BLOCKS:
            self.seen.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.seen.append(" ".join(data.split()) + " " * data.endswith((" ", "\n")))


def _header(value: object) -> str:
    """A header's value, its encoded words and bare bytes decoded."""
    text = str(value)
    try:
        pieces = decode_header(text)
    except Exception:  # noqa: BLE001 - broken encoded words raise whatever they meet
        pieces = [(text, None)]
    return "".join(_piece(piece, charset) for piece, charset in pieces).replace("\r", "").replace("\n", " ")


def _piece(piece: bytes | str, charset: str | None) -> str:
    """Bytes that were no text come as surrogates, or as the bytes that such text is in Python's own escape."""
    if isinstance(piece, str):
        piece = piece.encode("utf-8", "surrogateescape")
    return decoded(piece, charset)


def _first_address(text: str) -> str:
    return next(iter(_addresses(text)), "")


def _addresses(text: str) -> list[str]:
    """Plain addresses in lower case, those that look like one; the first hundred."""
    try:
        found = [address for _, address in getaddresses([text[:20_000]])]
    except Exception:  # noqa: BLE001 - as above
        found = _ADDRESS.findall(text[:20_000])
    kept = [address.strip().lower() for address in found if _ADDRESS.fullmatch(address.strip())]
    return [address for address in kept if len(address) <= LONGEST_ADDRESS and not _CONTROL.search(address)][:100]


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(" ".join(text.split()))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _line(text: str, longest: int) -> str:
    return " ".join(_CONTROL.sub("", text).split())[:longest]


def _clean(text: str) -> str:
    return _CONTROL.sub("", clean_line_breaks(text) or "").strip()[:LONGEST_TEXT]
