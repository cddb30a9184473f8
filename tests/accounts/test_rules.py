"""Names, numbers, passwords, browsers: pure rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.browsers import browser_family
from app.accounts.names import NotAName, account_name
from app.accounts.numbers import NotAMobileNumber, mobile_number, national
from app.accounts.password_rules import Strength, common_passwords, strength_of, weakness_of
from app.accounts.passwords import hash_password, is_password_of


@given(st.text(max_size=40))
def test_a_name_never_reads_as_a_number_and_is_kept_in_one_form(typed):
    try:
        name = account_name(typed)
    except NotAName:
        return
    assert account_name(name) == name
    assert 2 <= len(name) <= 30
    with pytest.raises(NotAMobileNumber):
        mobile_number(name)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_of_eleven_digits_or_refused(typed):
    try:
        number = mobile_number(typed)
    except NotAMobileNumber:
        return
    assert number.startswith("+861") and len(national(number)) == 11


@given(st.from_regex(r"\A1[3-9]\d{9}\Z"))
def test_a_number_means_the_same_however_it_is_written(digits):
    try:
        number = mobile_number(digits)
    except NotAMobileNumber:
        return  # not every prefix is given out
    for written in (f"+86{digits}", f"+86 {digits[:3]} {digits[3:7]} {digits[7:]}", f"{digits[:3]}-{digits[3:]}"):
        assert mobile_number(written) == number


@pytest.mark.clause("5.1.4")
@pytest.mark.parametrize(
    "password", ["correct horse battery", "三个和尚没水喝但有茶杯", "t7#Kq-vv29zLm", "blue-ferry-77-tin"]
)
def test_an_uncommon_password_will_do(password):
    assert weakness_of(password, name="wang", number="+8613812345678") is None


@pytest.mark.clause("5.1.4")
def test_every_entry_of_the_list_is_refused_however_it_is_cased():
    assert len(common_passwords()) > 3000
    assert all(weakness_of(each.upper()) for each in common_passwords())


@given(st.text(max_size=300))
def test_any_text_can_be_judged_as_a_password(typed):
    if weakness_of(typed, name=typed[:5], number="+8613812345678") is None:
        assert strength_of(typed) > Strength.TOO_SHORT
        assert len(set(typed.casefold())) >= 5


@pytest.mark.parametrize(
    ("password", "strength"),
    [
        ("short", Strength.TOO_SHORT), ("2837465019", Strength.WEAK), ("aabbaabbaabb", Strength.WEAK),
        ("greyferrylamp", Strength.FAIR), ("greyFerry7lamp", Strength.STRONG),
        ("correct horse battery", Strength.STRONG),
    ],
)  # fmt: skip
def test_strength_is_told_by_length_and_variety(password, strength):
    assert strength_of(password) == strength


def test_one_password_has_many_hashes_and_composed_letters_do_not_matter():
    first, second = hash_password("café au lait"), hash_password("cafe\u0301 au lait")
    assert first != second
    assert is_password_of(first, "cafe\u0301 au lait") and is_password_of(second, "café au lait")
    assert first.startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_nobodys_password_never_fits():
    assert not is_password_of(None, "nobody signs in with this")
    assert not is_password_of("", "nobody signs in with this")
    assert not is_password_of("damaged", "x")


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604",
            "Safari, iOS",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/150 Mobile Safari MicroMessenger/8.0", "WeChat, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/150 Safari/537 Edg/150", "Edge, Windows"),
        ("curl/8", "other, other"),
        ("", "other, other"),
    ],
)
def test_a_browser_is_named_by_family_and_system(agent, family):
    assert browser_family(agent) == family
