"""When two ways to write a company's name are one name: banks, clerks and licences write brackets and widths apart."""

import re
import unicodedata

from app.foundation.encryption import blind_index

FULL_WIDTH = str.maketrans("()", "\uff08\uff09")
LEGAL_FORM = re.compile("有限责任公司$")


def comparable(name: str) -> str:
    """The name without width, case, spaces, brackets and marks; 有限责任公司 is written 有限公司. Pure.

    >>> comparable("上海云算力（集团）有限责任公司") == comparable("上海云算力(集团)有限公司 ")
    True
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return LEGAL_FORM.sub("有限公司", "".join(letter for letter in plain if letter.isalnum()))


def as_on_licence(name: str) -> str:
    """A Chinese name with full-width brackets, as licences and invoices print it; any other name as it is. Pure."""
    return name.translate(FULL_WIDTH) if re.search(r"[\u4e00-\u9fff]", name) else name


def name_key_of(name: str) -> bytes:
    """The look-up key of a company's name, the same for every way to write it."""
    return blind_index("companies.name", comparable(name))
