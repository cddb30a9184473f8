"""What countries and provinces are called, by their codes (analytics/data/README.md)."""

from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@cache
def names_of_places() -> dict[str, dict[str, str]]:
    """The name of every place, by its key and then by language, "en" or "zh"."""
    lines = (DATA / "places.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {key: {"en": english, "zh": chinese} for key, english, chinese in rows}


def name_in(language: str, key: str) -> str:
    """What people call the place of such a key; "" for none, Chinese for a language that is not here."""
    names = names_of_places().get(key, {})
    return names.get(language, names.get("zh", ""))
