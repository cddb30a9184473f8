"""The package's own texts, English and Chinese, from one file."""

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh")
Texts = Callable[..., str]


@cache
def _all() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "translations" / "texts.toml").read_text(encoding="utf-8"))


def texts_in(language: str) -> Texts:
    """A function from a text's name, and what fills its gaps, to the text; Chinese for a language that is not here."""
    chosen = language if language in LANGUAGES else "zh"

    def text(name: str, /, **gaps: object) -> str:
        found = _all()[name][chosen]
        return found.format(**gaps) if gaps else found

    return text


def has_text(name: str) -> bool:
    return name in _all()


def name_of(text: Texts, group: str, value: str) -> str:
    """The name of a coarse value, such as a device class; one without a text, such as a host, stands for itself."""
    return text(f"{group}.{value}") if has_text(f"{group}.{value}") else value


def duration(text: Texts, seconds: int) -> str:
    if seconds < 60:
        return text("seconds_alone", seconds=seconds)
    return text("minutes_seconds", minutes=f"{seconds // 60:,}", seconds=seconds % 60)
