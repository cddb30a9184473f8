"""A sheet is read whole: every bad row is named with its line and reason, and odd files are refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.commands import SHIPPED_SHEET
from app.catalog.sheet import COLUMNS, read_sheet
from tests.catalog.builders import a_row, a_sheet


def faults_of(content: bytes) -> list[str]:
    return [str(fault) for fault in read_sheet(content)[1]]


def test_the_shipped_sheet_of_189_machines_has_no_fault():
    rows, faults = read_sheet(SHIPPED_SHEET.read_bytes())
    assert (len(rows), faults) == (189, [])


def test_an_empty_cell_is_an_unknown_fact_and_never_zero():
    [row], _ = read_sheet(a_sheet(a_row(power_w="", efficiency="", cooling="", noise_db="")))
    assert (row.power_mw, row.efficiency_fj, row.cooling, row.noise_db, row.weight_g) == (None,) * 5


def test_efficiency_is_worked_out_where_the_sheet_states_none():
    [row], _ = read_sheet(a_sheet(a_row(efficiency="", efficiency_unit="")))
    assert row.efficiency_fj == 17_500


def test_figures_are_kept_exactly():
    [row], _ = read_sheet(a_sheet(a_row(hashrate="4.8", power_w="69.5", efficiency="14.479", price_usd="2649.99")))
    assert (row.hashrate.base, row.power_mw, row.efficiency_fj) == (4_800_000_000_000, 69_500, 14_479)
    assert row.list_price_usd_cents == 264_999


def test_a_quoted_cell_may_run_over_lines_and_hold_commas_and_later_faults_name_their_true_line():
    content = a_sheet(a_row(notes='one,\ntwo "quoted"\nthree'), a_row(model="Antminer S22", hashrate="fast"))
    rows, faults = read_sheet(content)
    assert rows[0].notes == 'one,\ntwo "quoted"\nthree'
    assert [str(fault) for fault in faults] == ["line 5: hashrate is not a plain number: fast"]


def test_a_byte_order_mark_and_windows_line_ends_are_forgiven():
    content = b"\xef\xbb\xbf" + a_sheet()
    assert b"\r\n" in content
    assert faults_of(content) == []


def test_full_width_digits_are_read_as_digits():
    [row], faults = read_sheet(a_sheet(a_row(power_w="３５００")))
    assert (row.power_mw, faults) == (3_500_000, [])


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"brand": ""}, "brand is missing"),
        ({"model": "矿机"}, "no address can be made from '矿机'"),
        ({"model": "S" * 61}, "model is longer than 60 characters"),
        ({"model": "S21\x07"}, "model holds a control character"),
        ({"model": "S21\nPro"}, "model runs over several lines"),
        ({"hashrate": "1e5"}, "hashrate is not a plain number: 1e5"),
        ({"hashrate": "-5"}, "hashrate is not a plain number: -5"),
        ({"hashrate": "0"}, "hashrate cannot be kept exactly: 0 TH/s"),
        ({"hashrate": "NaN"}, "hashrate is not a plain number: NaN"),
        ({"hashrate": "999999999999999"}, "hashrate cannot be kept exactly: 999999999999999 TH/s"),
        ({"hashrate_unit": "parsec"}, "hashrate_unit is not known: parsec"),
        ({"power_w": "0"}, "power_w is zero; leave the cell empty where it is not known"),
        ({"power_w": "1.0005"}, "power_w is finer than this shop keeps: 1.0005"),
        ({"efficiency": "30"}, "efficiency contradicts power and hashrate by more than 5 %"),
        ({"efficiency_unit": ""}, "efficiency_unit is not known: (empty)"),
        ({"release_date": "2025-13"}, "release_date must be YYYY-MM or YYYY: 2025-13"),
        ({"noise_db": "loud"}, "noise_db must be whole dB or a range as 33-55: loud"),
        ({"noise_db": "80-60"}, "noise_db must be whole dB or a range as 33-55: 80-60"),
        ({"cooling": "ice"}, "cooling must be air, hydro or immersion: ice"),
        ({"dimensions_mm": "big"}, "dimensions_mm must be length x width x height, as 400x195x290: big"),
        ({"coin": "BTC//"}, "no address can be made from ''"),
    ],
)
def test_a_bad_cell_is_named_with_its_line_and_reason(cells: dict[str, str], reason: str):
    assert faults_of(a_sheet(a_row(model="Antminer S9"), a_row(**cells))) == [f"line 3: {reason}"]


def test_a_machine_listed_twice_is_a_fault():
    assert faults_of(a_sheet(a_row(), a_row())) == ["line 3: repeats the machine of line 2"]


def test_two_names_that_would_share_one_page_are_a_fault():
    assert faults_of(a_sheet(a_row(), a_row(model="ANTMINER s21", hashrate="188", power_w="", efficiency=""))) == [
        "line 3: would share its page with Bitmain Antminer S21 of line 2"
    ]


def test_a_row_with_too_few_cells_is_a_fault():
    assert faults_of(a_sheet() + b"Bitmain,S9\r\n") == ["line 3: has 2 cells where the header has 20"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "line 1: the header lacks column brand"),
        (",".join(COLUMNS).encode(), "the file holds no rows"),
        (",".join((*COLUMNS, "colour")).encode(), "line 1: the header has unknown column colour"),
        (",".join((*COLUMNS, "notes")).encode(), "line 1: the header repeats column notes"),
        ("brand,model\n蚂蚁,S9".encode("gb18030"), "the file is not UTF-8 text (first at line 2)"),
        ("brand".encode("utf-16"), "the file is not UTF-8 text (first at line 1)"),
        (b"brand\n\0", "the file is not text: it holds a NUL at line 2"),
        (b'"' + a_sheet()[:200], "line 1: the header"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused_as_a_whole(content: bytes, reason: str):
    rows, faults = read_sheet(content)
    assert rows == []
    assert str(faults[0]).startswith(reason)


def test_an_open_quote_is_a_fault_and_not_a_crash():
    assert faults_of(a_sheet() + b'Bitmain,"S9,never closed\n')[0].startswith("line 3: cannot be read as CSV")


@given(st.binary(max_size=300))
def test_no_bytes_whatever_crash_the_reader(content: bytes):
    rows, faults = read_sheet(content)
    assert faults or rows


def test_the_sources_of_the_shipped_sheet_are_kept_beside_it():
    assert "Sources" in Path(SHIPPED_SHEET).with_name("SOURCES.txt").read_text()
