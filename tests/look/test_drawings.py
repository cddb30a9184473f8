"""The sprite holds every drawing that the catalogue can ask for, and draws it from tokens alone."""

import re

import pytest

from tests.look.rendering import STATIC, macro

SPRITE = STATIC / "img" / "machines.svg"
MACHINES = [
    ("air", 1200, "air-s"),
    ("air", 2000, "air-m"),
    ("air", 5000, "air-m"),
    ("air", 5001, "air-l"),
    ("air", None, "air-m"),
    ("air", 18, "home"),
    ("hydro", 5676, "hydro-m"),
    ("hydro", 11180, "hydro-l"),
    ("hydro", None, "hydro-m"),
    ("immersion", 5304, "immersion-m"),
    ("immersion", None, "immersion-m"),
    (None, 2200, "neutral"),
    (None, None, "neutral"),
]


def symbols() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))


@pytest.mark.parametrize(("cooling", "watts", "name"), MACHINES)
def test_a_machine_is_drawn_by_its_cooling_and_its_power(cooling, watts, name):
    assert macro("machine.html", "symbol")("machine", cooling, watts).strip() == name
    assert name in symbols()


@pytest.mark.parametrize("kind", ["psu", "board", "fan", "cable", "service"])
def test_each_kind_of_part_has_its_own_drawing(kind):
    assert macro("machine.html", "symbol")(kind).strip() == kind
    assert kind in symbols()


def test_a_kind_nobody_has_drawn_gets_the_neutral_case():
    assert macro("machine.html", "symbol")("teapot").strip() == "neutral"


def test_each_drawing_is_asked_for_by_somebody():
    asked = {name for _, _, name in MACHINES} | {"psu", "board", "fan", "cable", "service"}
    assert symbols() == asked


def test_a_drawing_takes_its_tones_from_the_page():
    stated = set(re.findall(r'(?:fill|stroke)="(?!none|currentColor|var\()([^"]*)"', SPRITE.read_text()))
    assert stated == set()


def test_a_drawing_names_its_size_so_that_nothing_moves_when_it_arrives():
    drawn = macro("machine.html", "drawing")("air-m", 72)
    assert 'width="72" height="54"' in drawn
    assert "machines.svg#air-m" in drawn


def test_a_drawing_beside_its_name_is_silent_and_a_titled_one_speaks():
    drawing = macro("machine.html", "drawing")
    assert 'aria-hidden="true"' in drawing("air-m", 72)
    assert 'aria-label="Two fans"' in drawing("air-m", 480, "Two fans")
