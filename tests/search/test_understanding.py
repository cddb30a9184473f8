"""What people type, and what is understood by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.cutting import tokens
from app.search.understanding import Span, understand

ALIASES = {
    tuple(tokens(name)): value
    for value, names in {
        ("brand", "bitmain"): ("蚂蚁", "蚂蚁矿机", "antminer", "bitmain"),
        ("brand", "microbt"): ("神马", "whatsminer"),
        ("cooling", "hydro"): ("水冷", "hydro", "hyd"),
        ("cooling", "air"): ("风冷", "air cooled"),
        ("delivery", "spot"): ("现货", "in stock"),
        ("condition", "used"): ("二手", "used"),
        ("coin", "btc"): ("比特币", "btc"),
        ("kind", "machine"): ("矿机", "miner"),
        ("type", "psu"): ("电源",),
    }.items()
    for name in names
}
T, KSOL = 10**12, 10**3


def read(text: str):  # type: ignore[no-untyped-def]
    return understand(text, ALIASES, lambda facet, code: code != "psu")


def spans(text: str) -> list[tuple[str, int | None, int | None]]:
    return [(span.name, span.low, span.high) for span in read(text).spans]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("110T 以上", ("hashrate", 110 * T, None)),
        ("110t及以上", ("hashrate", 110 * T, None)),
        (">=110 TH/s", ("hashrate", 110 * T, None)),
        ("at least 110 th", ("hashrate", 110 * T, None)),
        ("大于 110T", ("hashrate", 110 * T, None)),
        ("110T", ("hashrate", 110 * T, 110 * T)),
        ("100-200T", ("hashrate", 100 * T, 200 * T)),
        ("100T到200T", ("hashrate", 100 * T, 200 * T)),
        ("１１０Ｔ以下", ("hashrate", None, 110 * T)),
        ("9.5G", ("hashrate", 9_500_000_000, 9_500_000_000)),
        ("840 kSol/s", ("hashrate", 840 * KSOL, 840 * KSOL)),
        ("<30 J/T", ("efficiency", None, 30_000)),
        ("≤ 17.5 j/th", ("efficiency", None, 17_500)),
        ("20瓦/T以内", ("efficiency", None, 20_000)),
        ("3500W", ("power", 3_500_000, 3_500_000)),
        ("不超过3.5kw", ("power", None, 3_500_000)),
        ("3千瓦以下", ("power", None, 3_000_000)),
        ("under 60 dB", ("noise", None, 60)),
        ("60分贝以下", ("noise", None, 60)),
        ("2万以内", ("price", None, 2_000_000)),
        ("1-2万元", ("price", 1_000_000, 2_000_000)),
        ("¥20,000", ("price", 2_000_000, 2_000_000)),
        ("20000元以下", ("price", None, 2_000_000)),
        ("100元/T 以下", ("unit_price", None, 10_000)),
        ("<¥100/T", ("unit_price", None, 10_000)),
    ],
)
def test_a_figure_with_its_unit_becomes_a_range(text: str, span: tuple[str, int | None, int | None]):
    assert spans(text) == [span]
    assert read(text).phrases == ()


@pytest.mark.parametrize("text", ["s19", "S19k Pro", "M30S++", "T21", "S21 3U", "D1", "110", "/T 5", "KS0 Ultra"])
def test_the_figures_of_a_model_are_no_figures(text: str):
    assert spans(text) == []


def test_words_of_the_trade_become_filters_and_the_rest_stays_text():
    understood = read("蚂蚁水冷 S21 现货 100T以上")
    assert understood.facets == {"brand": ("bitmain",), "cooling": ("hydro",), "delivery": ("spot",)}
    assert understood.phrases == (("s", "21"),)
    assert understood.spans == (Span("hashrate", 100 * T, None, "100t以上"),)


def test_the_longest_name_wins():
    assert read("蚂蚁矿机").facets == {"brand": ("bitmain",)}
    assert read("矿机").facets == {"kind": ("machine",)}


def test_a_name_of_several_words_is_one_name():
    assert read("air cooled in stock").facets == {"cooling": ("air",), "delivery": ("spot",)}
    assert read("air-cooled").facets == {"cooling": ("air",)}


def test_a_latin_name_inside_a_longer_word_is_no_name():
    assert read("hydrogen").facets == {}


@pytest.mark.parametrize("text", ["s19pro", "S19 Pro", "S19-Pro", "ｓ１９ｐｒｏ", "S19PRO"])
def test_a_model_is_the_same_however_it_is_spaced(text: str):
    assert [token for phrase in read(text).phrases for token in phrase] == ["s", "19", "pro"]


def test_words_with_a_space_between_may_stand_in_any_order():
    assert read("pro s19").phrases == (("pro",), ("s", "19"))


def test_a_plus_is_part_of_the_model():
    assert read("M63S++").phrases == (("m", "63", "s", "+", "+"),)


def test_a_word_that_the_shelf_does_not_have_stays_text():
    assert read("电源").phrases == (("电", "源"),)


def test_little_words_are_left_out():
    assert read("S21 的 Pro and").phrases == (("s", "21"), ("pro",))


def test_a_very_long_query_is_cut():
    assert len(read("x y " * 500).phrases) == 12


@pytest.mark.parametrize(
    "text",
    [
        '" OR 1=1 --',
        "NEAR(a b)",
        "*",
        "a* AND b",
        "{x}:y",
        "<script>",
        "\x00\x1b[2J",
        "((((",
        "9" * 400,
        "％",
        "-" * 99,
    ],
)
def test_hostile_text_is_only_text(text: str):
    read(text)


@given(st.text(max_size=250))
def test_no_text_whatever_is_an_error(text: str):
    understood = read(text)
    assert all(token for phrase in understood.phrases for token in phrase)
