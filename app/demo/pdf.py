"""PDF files of the demonstration: one page of plain text, drawn without a library."""


def a_paper(*lines: str) -> bytes:
    """A whole PDF of one page with these lines of ASCII text."""
    drawn = " ".join(f"1 0 0 1 60 {760 - 24 * n} Tm ({_escaped(line)}) Tj" for n, line in enumerate(lines))
    content = f"BT /F1 14 Tf {drawn} ET".encode("ascii", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    paper, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(paper))
        paper += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(paper)
    paper += b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    return paper + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
