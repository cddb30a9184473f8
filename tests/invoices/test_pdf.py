"""Which PDF is kept: whole, small, and with nothing in it that acts."""

import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.pdf import a_paper
from app.invoices.pdf import LARGEST_BYTES, ActingPdf, BadPdf, DamagedPdf, checked_pdf

GOOD = a_paper("Invoice (1)", "113.00")


def with_object(more: bytes) -> bytes:
    """The good file with one more object in it, before its table."""
    place = GOOD.index(b"xref\n")
    moved = GOOD[:place] + b"9 0 obj\n" + more + b"\nendobj\n" + GOOD[place:]
    new_place = moved.index(b"xref\n", place)
    return moved.replace(b"startxref\n%d" % place, b"startxref\n%d" % new_place)


def packed(text: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    return b"<< /Type /ObjStm /Filter %b >>\nstream\n%b\nendstream" % (filters, zlib.compress(text))


def test_a_whole_and_plain_file_is_taken_as_it_is():
    assert checked_pdf(GOOD).content == GOOD
    assert checked_pdf(with_object(packed(b"<< /Type /Page >>")))
    assert checked_pdf(with_object(b"<< /Subtype /Image /Filter /DCTDecode >>\nstream\n\xff\xd8\xff\nendstream"))


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-9.9\n", b"<html>", b"\x89PNG\r\n", b" " + GOOD, b"%PDF-1.4" + b"0" * LARGEST_BYTES]
)
def test_what_is_no_pdf_or_too_large_is_refused(content: bytes):
    with pytest.raises(BadPdf):
        checked_pdf(content)


@pytest.mark.parametrize(
    "content",
    [GOOD[:-40], GOOD[:200], GOOD + b"more", GOOD.replace(b"startxref\n", b"startxref\n9"),
     with_object(b"<< /Encrypt 5 0 R >>")],
)  # fmt: skip
def test_what_is_cut_off_or_locked_is_refused(content: bytes):
    with pytest.raises(DamagedPdf):
        checked_pdf(content)


ACTS = [
    b"<< /S /JavaScript /JS (app.alert(1)) >>",
    b"<< /OpenAction 3 0 R >>",
    b"<< /S /Launch /F (cmd.exe) >>",
    b"<< /Type /EmbeddedFile >>",
    b"<< /EmbeddedFiles 4 0 R >>",
    b"<< /S /SubmitForm /F (http://x) >>",
    b"<< /AcroForm << /XFA 3 0 R >> >>",
    b"<< /Subtype /RichMedia >>",
]


@pytest.mark.parametrize("act", ACTS)
def test_what_could_act_is_refused_plain_written_otherwise_or_packed(act: bytes):
    disguised = act.replace(b"JavaScript", b"J#61vaScript").replace(b"Action", b"#41ction").replace(b"XFA", b"X#46A")
    for content in (act, disguised, packed(act), packed(disguised)):
        with pytest.raises(ActingPdf):
            checked_pdf(with_object(content))


def test_objects_packed_in_a_way_that_is_not_looked_into_are_refused():
    with pytest.raises(ActingPdf):
        checked_pdf(with_object(packed(b"x", b"[/LZWDecode /FlateDecode]")))


def test_what_unpacks_without_end_is_refused():
    with pytest.raises(DamagedPdf):
        checked_pdf(with_object(packed(b"\0" * (65 * 1024 * 1024))))


@given(st.binary(max_size=400), st.integers(0, len(GOOD)))
def test_whatever_is_sent_is_taken_or_refused_by_name(noise: bytes, place: int):
    for content in (noise, GOOD[:place] + noise + GOOD[place:]):
        with suppress(BadPdf):
            checked_pdf(content)
