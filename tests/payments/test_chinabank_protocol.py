"""The wire protocol of 网银在线: its vectors, its one form of each field, and bytes that must not break it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.money import Money
from app.payments.chinabank.protocol import Merchant, Word, word_in, word_in_page

URL = "https://shop.example/pay/chinabank/return"
OID = "20261123-1001-000001"
PAPER = Merchant("1001", "test")
OUR_OID = "20261123-1001-482109375562-01"


def a_word(**other: str) -> Word:
    fields = {"v_oid": OUR_OID, "v_pstatus": "20", "v_amount": "13999.00", "v_moneytype": "CNY", **other}
    signature = PAPER.signed(*(fields[name] for name in ("v_oid", "v_pstatus", "v_amount", "v_moneytype")))
    return Word(**{"v_md5str": signature, **fields})


def test_the_signatures_equal_the_vectors_of_the_protocol():
    form = PAPER.payment(OID, Money.yuan("13999.00"), URL, "https://shop.example/pay/chinabank/notice")
    assert form["v_md5info"] == "E1A5466B663A84B1F5F33170DE1A442D"
    assert PAPER.signed(OID, "20", "13999.00") == "EC8024CC36EFC416421EBD72FF1FB729"
    assert PAPER.signed(OID, "30", "13999.00") == "7DAA06F694E339393BFCD00830A4E1C5"
    assert PAPER.query(OID, URL)["billNo_md5"] == "5F2E9CA7A1A89AC0B265EDC4C7F30BB2"


@pytest.mark.clause("1.1.4c")
def test_the_form_has_exactly_the_fields_of_the_clause():
    form = PAPER.payment(OID, Money.yuan("13999.00"), URL, "https://shop.example/n")
    assert set(form) == {"v_mid", "v_oid", "v_amount", "v_moneytype", "v_url", "v_md5info", "remark2"}
    assert form["v_amount"] == "13999.00" and form["remark2"] == "[url:=https://shop.example/n]"
    assert set(PAPER.query(OID, URL)) == {"v_mid", "v_oid", "v_url", "billNo_md5"}


def test_the_number_of_an_attempt_has_one_form_and_names_the_merchant():
    oid = PAPER.order_number(date(2026, 11, 23), "482109375562", 1)
    assert oid == OUR_OID and Word(v_oid=oid).merchant == "1001"


@pytest.mark.parametrize(
    "oid", ["", OID, OUR_OID + "0", OUR_OID[:-1], f" {OUR_OID}", OUR_OID.replace("-", "_"), "٢" * 8]
)
def test_any_other_form_of_it_names_nobody(oid: str):
    assert Word(v_oid=oid).merchant is None


@pytest.mark.parametrize(("text", "fen"), [("13999.00", 1399900), ("0.01", 1), ("0.10", 10), ("10.00", 1000)])
def test_an_amount_is_read_in_its_one_form(text: str, fen: int):
    assert Word(v_amount=text).amount == Money(fen) and str(Money(fen)) == text


@pytest.mark.parametrize(
    "text",
    ["", "13999", "13999.0", "13999.000", "013999.00", "+1.00", "-1.00", "1e3", "1,000.00", " 1.00", "１.00", ".50"],
)
def test_an_amount_in_another_form_is_none(text: str):
    assert Word(v_amount=text).amount is None


def test_only_the_signature_over_these_very_fields_is_believed():
    assert PAPER.has_signed(a_word())
    signature = a_word().v_md5str
    for other in ({"v_oid": OID}, {"v_pstatus": "30"}, {"v_amount": "13999.01"}, {"v_moneytype": "USD"}):
        assert not PAPER.has_signed(a_word(**other, v_md5str=signature))
    for wrong in ("", signature.lower(), signature[:-1], signature + "0", "é" * 32):
        assert not PAPER.has_signed(a_word(v_md5str=wrong))
    assert not Merchant("1001", "other").has_signed(a_word())


def test_what_signs_alike_across_fields_has_not_both_times_a_good_form():
    """Status 20 and amount 13999.00 join to the same text as status 2 and amount 013999.00."""
    moved = a_word(v_pstatus="2", v_amount="013999.00")
    assert PAPER.has_signed(moved) and moved.v_md5str == a_word().v_md5str
    assert moved.amount is None


def test_bank_texts_in_raw_gbk_do_not_touch_the_signed_fields():
    texts = b"v_pmode=" + "工商银行".encode("gbk") + b"&v_pstring=\xff\xfe%zz&"
    body = texts + "&".join(f"{name}={getattr(a_word(), name)}" for name in Word.__dataclass_fields__).encode()
    assert word_in(body) == a_word()


def test_a_field_that_comes_twice_or_is_not_plain_text_is_in_no_good_form():
    assert word_in(b"v_amount=1.00&v_amount=1.00").amount is None
    assert word_in(b"v_oid=" + OUR_OID.encode() + b"%00").v_oid == OUR_OID + "?"
    assert len(word_in(b"v_oid=" + b"1" * 5000).v_oid) == 64


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(body: bytes):
    word_in(body)
    word_in(b"&".join([b"v_oid=1"] * 200))
    word_in_page(body)


def test_an_answered_query_is_read_from_its_hidden_inputs():
    page = '<form><INPUT type="hidden" name="v_oid" value="1"><input name=v_pstatus value="10" type=hidden>支付</form>'
    assert word_in_page(page.encode("gbk")) == Word(v_oid="1", v_pstatus="10")
    assert word_in_page("<html>系统繁忙</html>".encode("gbk")) is None
