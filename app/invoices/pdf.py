"""Judging a PDF before it is kept: whole, not too large, and nothing in it that runs, opens or carries something else.

Pure. An invoice is read in the buyer's own program, so a file that could act there is refused. The names that make a
PDF act are looked for in the plain text and in everything that is compressed in it; a name may be written with #xx.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError

LARGEST_BYTES = 5 * 1024 * 1024
LARGEST_INFLATED = 64 * 1024 * 1024
ACTING = (
    b"/JavaScript", b"/OpenAction", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm", b"/ImportData",
    b"/GoToE", b"/XFA",
)  # fmt: skip
_OTHER_FILTERS = (b"/LZWDecode", b"/ASCIIHexDecode", b"/ASCII85Decode", b"/RunLengthDecode")
_HEAD = re.compile(rb"%PDF-(1\.[0-7]|2\.0)\s")
_END = re.compile(rb"startxref\s+([0-9]{1,10})\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"\s*(xref\s|[0-9]+\s+[0-9]+\s+obj\b)")
_STREAM = re.compile(rb"stream\r?\n")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


class BadPdf(BusinessError):
    """The file is no PDF that we take."""

    message = _l("Please choose a PDF file of at most 5 MB.")
    status = 422


class DamagedPdf(BadPdf):
    """It is cut off, encrypted, or its end does not lead to its contents."""

    message = _l("This PDF is damaged, locked or cut off. Please export it once more.")


class ActingPdf(BadPdf):
    """It holds a script, an action or another file."""

    message = _l("This PDF carries a script, an action or another file. Please print it to PDF and choose that one.")


@dataclass(frozen=True)
class CheckedPdf:
    """The bytes of a PDF that was judged good. Made by `checked_pdf` alone."""

    content: bytes


def checked_pdf(content: bytes) -> CheckedPdf:
    """Raises BadPdf, DamagedPdf or ActingPdf."""
    if len(content) > LARGEST_BYTES or not _HEAD.match(content):
        raise BadPdf
    end = _END.search(content, max(0, len(content) - 1024))
    if end is None or not _TABLE.match(content, int(end[1])):
        raise DamagedPdf
    plain = _with_plain_names(content)
    if b"/Encrypt" in plain:
        raise DamagedPdf
    if b"/ObjStm" in plain and any(name in plain for name in _OTHER_FILTERS):
        raise ActingPdf  # objects packed in a way that nobody's invoice uses, and that is not looked into here
    for text in (plain, *_inflated(content)):
        if any(name in text for name in ACTING):
            raise ActingPdf
    return CheckedPdf(content)


def _with_plain_names(content: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)


def _inflated(content: bytes) -> Iterator[bytes]:
    """What is compressed behind each `stream`. Raises DamagedPdf where it is more than anybody's invoice holds."""
    left = LARGEST_INFLATED
    for start in _STREAM.finditer(content):
        try:
            text = zlib.decompressobj().decompress(content[start.end() :], left)
        except zlib.error:
            continue  # a picture, or bytes that only look like a beginning
        left -= len(text)
        if left <= 0:
            raise DamagedPdf
        yield _with_plain_names(text)
