"""Addresses, codes and display names made from what a maker calls a machine. Pure."""

import re
import unicodedata

from app.catalog.vocabulary import SERIES_ZH

SLUG_LONGEST = 80
RESERVED = frozenset({"category", "brand"})


def slug_of(text: str) -> str:
    """An address part that is the same in both languages: `M63S++` is `m63s-plus-plus`.

    `+` is written out because M63S, M63S+ and M63S++ are three machines. Raises ValueError if nothing is left.
    """
    written = unicodedata.normalize("NFKD", text).lower().replace("+", "-plus")
    slug = re.sub(r"[^a-z0-9]+", "-", written.encode("ascii", "ignore").decode()).strip("-")
    if not slug or len(slug) > SLUG_LONGEST or slug in RESERVED:
        raise ValueError(f"no address can be made from {text!r}")
    return slug


def full_name(brand: str, model: str) -> str:
    """`Bitmain Antminer S21`, but `Proto Rig` where the model already begins with its maker."""
    return model if model.lower().startswith(f"{brand.lower()} ") else f"{brand} {model}"


def chinese_name(brand_zh: str, model: str) -> str:
    """`比特大陆 蚂蚁矿机 S21 Pro`: the series in Chinese where the market has a word for it."""
    series, _, rest = model.partition(" ")
    if series in SERIES_ZH and rest:
        return f"{brand_zh} {SERIES_ZH[series]} {rest}"
    return full_name(brand_zh, model)


def sku_code(product_slug: str, hashrate: str, *marks: str) -> str:
    """`bitmain-antminer-s21-200t`: the machine, its speed, and what else sets it apart (`used`, `2027-03`)."""
    speed = hashrate.lower().replace("/s", "").replace(" ", "").replace(".", "p")
    speed = re.sub(r"(\d)(k|m|g|t|p|e)h$", r"\1\2", speed)
    return "-".join([product_slug, speed, *marks])
