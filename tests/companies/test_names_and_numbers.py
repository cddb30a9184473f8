"""One company however it is written, and codes that catch a wrong character. FLOWS.md 3; PROTOCOLS.md 5."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.companies.names import comparable, name_key_of
from app.companies.numbers import (
    NotACompanyCode,
    WrongCharacter,
    WrongCheckCharacter,
    WrongLength,
    company_code,
)
from tests.companies.builders import CODE, NAME, a_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    "written",
    [
        "上海示例云算力(集团)有限公司",
        " 上海示例云算力〔集团〕 有限责任公司 ",
        "上海示例云算力【集团】有限公司",
        "上海示例云算力集团有限公司",
        "上海示例云算力\u3000（集团）\u00a0有限公司",
    ],
)
def test_one_company_however_its_name_is_written(app: Flask, written: str):
    assert comparable(written) == comparable(NAME)
    assert name_key_of(written) == name_key_of(NAME)


@pytest.mark.parametrize(
    "other", ["上海示例云算力集团股份有限公司", "上海示例算力（集团）有限公司", "北京示例云算力（集团）有限公司", ""]
)
def test_another_company_is_another(other: str):
    assert comparable(other) != comparable(NAME)


@given(st.text(max_size=60))
def test_any_text_can_be_compared_and_twice_changes_nothing(text: str):
    assert comparable(comparable(text)) == comparable(text)


@pytest.mark.parametrize(
    "typed", [CODE, CODE.lower(), "9111 0000 6000 3734 1L", "９１１１００００６０００３７３４１Ｌ"]
)
def test_a_code_is_understood_as_people_type_it(typed: str):
    assert company_code(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", WrongLength),
        (CODE[:-1], WrongLength),
        (CODE + "0", WrongLength),
        ("A" + CODE[1:], WrongCharacter),
        (CODE[:9] + "O" + CODE[10:], WrongCharacter),
        ("😀" * 18, WrongCharacter),
        (CODE[:-1] + "M", WrongCheckCharacter),
    ],
)
def test_a_wrong_code_says_what_is_wrong(typed: str, fault: type[NotACompanyCode]):
    with pytest.raises(fault):
        company_code(typed)


@given(st.integers(0, 10**9 - 1), st.integers(8, 17), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_caught(serial: int, at: int, instead: str):
    code = a_code(serial)
    wrong = code[:at] + instead + code[at + 1 :]
    if wrong == code:
        assert company_code(wrong) == code
    else:
        with pytest.raises(WrongCheckCharacter):
            company_code(wrong)
