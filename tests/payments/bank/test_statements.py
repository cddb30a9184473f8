"""Statement files: every encoding and shape that banks send, and nothing lost of what cannot be read. FLOWS.md 3."""

import random
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.foundation.money import Money
from app.payments.bank.shapes import CHINA_MERCHANTS, USUAL, places_by
from app.payments.bank.statements import (
    LARGEST_BYTES,
    MOST_LINES,
    Line,
    NoHeadings,
    NotAStatement,
    Reading,
    StatementTooLarge,
    amount_in,
    day_in,
    plain,
    read_lines,
    table_in,
)
from tests.payments.bank.builders import ACCOUNT, a_file, a_transfer

TODAY = date(2026, 11, 30)
DAY = "20261123"


def reading_of(*transfers: dict[str, str], **options: str) -> Reading:
    table = table_in(a_file(*transfers, **options))
    return read_lines(table, places_by(table, CHINA_MERCHANTS), TODAY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_statement_is_read_in_every_encoding(encoding: str, separator: str):
    transfer = a_transfer("13,999.00", "款 123", payer="上海示例（集团）有限公司", number="C05", day=DAY)
    found = reading_of(transfer, encoding=encoding, separator=separator)
    expected = Line(4, date(2026, 11, 23), Money(1399900), "C05", "上海示例(集团)有限公司", "款 123 货款")
    assert found == Reading((expected,), 0, ())


@pytest.mark.clause("1.1.4b")
def test_the_payers_account_number_is_never_read():
    assert ACCOUNT not in repr(reading_of(a_transfer("1", day=DAY)))


def test_what_is_no_line_of_money_in_is_told_by_its_number():
    found = reading_of(
        a_transfer("1.00", day="20260231"),
        a_transfer("1.00", day="20261201"),
        a_transfer("=1+1", day=DAY),
        a_transfer("0.00", day=DAY),
        a_transfer("1.00", day=DAY, debit="1.00"),
        a_transfer("0.00", day=DAY, debit="88.00"),
        a_transfer("-5.00", day=DAY),
        a_transfer("合计", day=""),
        a_transfer("2.00", day=DAY),
    )
    assert [line.amount for line in found.lines] == [Money(200)]
    assert found.outgoing == 2
    assert found.faults == ((4, "day"), (5, "ahead"), (6, "amount"), (7, "amount"), (8, "amount"), (11, "day"))


def test_a_line_with_too_few_cells_is_told():
    table = table_in(a_file(a_transfer("1", day=DAY)) + b"20261123,1\n")
    assert read_lines(table, places_by(table, CHINA_MERCHANTS), TODAY).faults == ((5, "short"),)


def test_equal_lines_without_a_number_are_told_apart():
    found = reading_of(*[a_transfer("5.00", "x", day=DAY)] * 3)
    assert [line.repeat for line in found.lines] == [0, 1, 2]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", NotAStatement),
        (b"  \n ", NotAStatement),
        (b"PK\x03\x04\x00\x00", NotAStatement),
        (random.Random(1).randbytes(4000), NotAStatement),
        (b'"' + b"x" * 200_000, NotAStatement),
        (b"a,b\n1,2\n", NoHeadings),
        ("你好，这是一封信。".encode(), NoHeadings),
        (b"x" * (LARGEST_BYTES + 1), StatementTooLarge),
        (b"a,b,c,d\n" * (MOST_LINES + 100), StatementTooLarge),
        (b"," * 5000, StatementTooLarge),
    ],
    ids=["empty", "space", "spreadsheet", "binary", "one cell", "two columns", "letter", "10 MB", "lines", "commas"],
)
def test_a_file_that_is_no_statement_is_refused_by_name(content: bytes, fault: type[NotAStatement]):
    with pytest.raises(fault):
        table_in(content)


@given(st.binary(max_size=3000))
@example(b"\xff\xfea\x00,\x00")
@example(b'a,b,c,d\n"\r\n,,,\x1a')
def test_any_bytes_are_read_or_refused_by_name(content: bytes):
    try:
        table = table_in(content)
    except NotAStatement:
        return
    columns = {"day": (0,), "credit": (1,), "payer": (2,), "remark": (3,)}
    found = read_lines(table, columns, TODAY)
    assert len(found.lines) + found.outgoing + len(found.faults) == len(table.lines)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("13999.00", 1399900), ("13,999.00", 1399900), ("1,234,567.8", 123456780), ("¥ 5", 500), ("CNY5.10", 510),
        ("5元", 500), ("-3", -300), ("(3.00)", -300), ("+7", 700), ("", 0), ("-", 0), ("0", 0),
    ],
)  # fmt: skip
def test_an_amount_is_read_to_the_fen(text: str, fen: int):
    assert amount_in(text) == Money(fen)


@pytest.mark.parametrize("text", ["1.234", "1,23", "1e9", "NaN", "abc", "=SUM(A1)", "1 000,00", "--5", "9" * 40, "１"])
def test_what_is_no_amount_is_never_guessed(text: str):
    assert amount_in(text) is None


def test_full_width_digits_and_dressed_numbers_are_plain_figures():
    assert plain("１３，９９９．００") == "13,999.00"
    assert plain('="0012"') == "0012" and plain("'0012\t") == "0012"
    assert plain("=HYPERLINK(1)") == "=HYPERLINK(1)"


@given(st.integers(0, 10**15))
def test_every_amount_that_a_bank_writes_is_read_back(fen: int):
    yuan, rest = divmod(fen, 100)
    assert amount_in(f"{yuan:,}.{rest:02d}") == Money(fen)


@pytest.mark.parametrize(
    "text",
    ["20261123", "2026-11-23", "2026/11/23", "2026.11.23", "2026年11月23日", "2026-11-23 10:15:00", "20261123101500"],
)
def test_a_day_is_read_however_it_is_written(text: str):
    assert day_in(text) == date(2026, 11, 23)


@pytest.mark.parametrize(
    "text", ["", "2026-02-31", "20260231", "31/02/2026", "2026-13-01", "202611", "0000-00-00", "x"]
)
def test_a_day_that_is_none_is_not_guessed(text: str):
    assert day_in(text) is None


def test_one_column_of_amounts_may_be_marked_by_direction():
    header = "交易日期,交易金额,借贷标志,流水号,对方户名,附言\n"
    table = table_in(
        (header + "2026-11-23,5.00,贷,A1,甲,x\n2026-11-23,6.00,借,A2,乙,y\n2026-11-23,7.00,?,A3,丙,z\n").encode()
    )
    found = read_lines(table, places_by(table, USUAL), TODAY)
    assert [line.reference for line in found.lines] == ["A1"]
    assert (found.outgoing, found.faults) == (1, ((4, "amount"),))
