"""Places of addresses: coarse, offline, and unknown rather than wrong. Nothing damaged breaks a page."""

import lzma
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.place import (
    UNKNOWN,
    Places,
    country_of,
    place_code,
    place_key,
    place_name,
    places_of_country,
    table_of_countries,
)
from analytics.place_names import DATA, names_of_places
from analytics.place_table import Damaged, Range, address_of, packed, table_of, unpacked

SHIPPED = Places()


@pytest.fixture
def own(tmp_path):
    """Places with an operator's table that holds the given lines."""

    def with_lines(*lines: str) -> Places:
        file = tmp_path / "provinces.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        return Places(provinces=file)

    return with_lines


@pytest.mark.clause("1.2.1(3)")
@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("114.114.114.114", "CN"),
        ("202.96.128.86", "CN"),
        ("240e::1", "CN"),
        ("8.8.8.8", "US"),
        ("::ffff:8.8.8.8", "US"),
        ("2001:4860:4860::8888", "US"),
        ("210.0.128.1", "HK"),
        ("133.11.0.1", "JP"),
    ],
)
def test_the_country_of_an_address_is_known_out_of_the_box(address, place):
    assert place_key(SHIPPED.place_of(address)) == place


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "100.64.0.1", "169.254.1.1", "224.0.0.1", "0.0.0.0",
        "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "",
        "unknown", "1.2.3", "1.2.3.4.5", "1.2.3.4\x00", "\udcff", "8.8.8.8:53", "[::1]", "９.9.9.9", "9" * 65_536,
    ],
)  # fmt: skip
def test_private_addresses_and_nonsense_lie_nowhere(address):
    assert SHIPPED.place_of(address) == UNKNOWN


@pytest.mark.clause("1.2.1(3)")
@given(st.ip_addresses())
def test_a_place_is_a_small_number_with_a_name_in_both_languages(address):
    code = SHIPPED.place_of(str(address))
    assert code == UNKNOWN or (country_of(code) == code < 700_000 and place_name(code, "en") and place_name(code, "zh"))


def test_the_tables_fit_into_six_megabytes():
    tables = table_of_countries()
    held = sum(len(part) * getattr(part, "itemsize", 1) for ranges in (tables.v4, tables.v6) for part in ranges)
    assert 3_000_000 < held < 6_000_000
    assert (DATA / "places.xz").stat().st_size < 700_000


@pytest.mark.parametrize("damage", [b"", b"x" * 1000, None, "cut", "altered", "other"])
def test_a_damaged_or_absent_table_means_unknown(tmp_path, damage, caplog):
    whole = (DATA / "places.xz").read_bytes()
    content = {"cut": whole[:-9], "altered": whole[:5000] + b"\0" + whole[5001:], "other": lzma.compress(b"else")}
    file = tmp_path / "places.xz"
    if damage is not None:
        file.write_bytes(content.get(damage, damage) if isinstance(damage, str) else damage)
    assert Places(countries=file).place_of("8.8.8.8") == UNKNOWN
    assert "places are unknown" in caplog.text


def test_an_operators_table_tells_the_province(own):
    places = own("first,last,province", "114.114.0.0,114.114.255.255,CN-JS", "240e:3b0::,240e:3bf:ffff::,gd")
    assert place_key(places.place_of("114.114.114.114")) == "CN-JS"
    assert place_key(places.place_of("240e:3b5::1")) == "CN-GD"
    assert place_key(places.place_of("202.96.128.86")) == "CN"


def test_a_province_is_only_told_inside_china(own):
    assert place_key(own("8.8.8.0,8.8.8.255,CN-JS").place_of("8.8.8.8")) == "US"


@pytest.mark.parametrize(
    "line",
    [
        "114.114.0.0,114.114.255.255,Nanjing", "114.114.255.255,114.114.0.0,CN-JS", "114.114.0.0,2400::,CN-JS",
        "114.114.0.0,CN-JS", "x.y,z,CN-JS", '"114.114.0.0', "114.114.0.0,114.114.255.255,CN-JS,=1+1",
    ],
)  # fmt: skip
def test_an_unusable_line_is_passed_over_and_said(own, line, caplog):
    places = own(line, "202.96.0.0,202.96.255.255,CN-GD")
    assert place_key(places.place_of("114.114.114.114")) == "CN"
    assert place_key(places.place_of("202.96.128.86")) == "CN-GD"
    assert "1 lines of the table of provinces" in caplog.text


def test_an_absent_operators_table_leaves_the_country(tmp_path):
    assert place_key(Places(provinces=tmp_path / "none.csv").place_of("114.114.114.114")) == "CN"


def test_every_place_has_a_number_of_its_own_that_leads_back():
    codes = {key: place_code(key) for key in names_of_places()}
    assert len(set(codes.values())) == len(codes) > 270 and UNKNOWN not in codes.values()
    assert all(place_key(code) == key for key, code in codes.items())
    assert country_of(place_code("CN-GD")) == place_code("CN") and country_of(place_code("JP")) == place_code("JP")
    first, last = places_of_country(place_code("CN"))
    assert first <= place_code("CN-GD") <= last < place_code("CO")


@pytest.mark.parametrize("place", ["", "C", "CHN", "cn", "US-CA", "CN-", "CN-440", "中国", "CN-ΓΔ"])
def test_what_is_no_place_has_no_number(place):
    assert place_code(place) == UNKNOWN


@given(st.integers())
def test_any_number_may_be_asked_for_its_name(code):
    assert isinstance(place_name(code, "en"), str)


ranges = st.lists(
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**20), st.sampled_from(["CN", "US", "JP"])), max_size=30
).map(lambda found: sorted(Range(first, min(first + more, 2**32 - 1), place) for first, more, place in found))


@given(ranges, st.integers(0, 2**32 - 1))
def test_a_table_says_of_each_address_what_the_first_range_around_it_says(found, address):
    table = table_of(found, found)
    probes = [address, *(edge for one in found for edge in (one.first, one.last, max(0, one.first - 1)))]
    for probe in probes:
        around = [one.place for one in found if one.first <= probe <= one.last]
        assert table.place_at(address_of(str(IPv4Address(probe)))) in (around[:1] or [""]) + around
        assert bool(table.place_at(address_of(str(IPv6Address(probe << 64))))) == bool(around)


@given(ranges)
def test_a_packed_table_is_the_same_table(found):
    table = table_of(found, found)
    assert unpacked(packed(table)) == table


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reading(data):
    for file in (data, lzma.compress(b"places1\n" + data)):
        try:
            unpacked(file)
        except Damaged:
            continue
