"""Addresses that rows need many of: one look at the routes, then plain text."""

from collections.abc import Callable

from flask import g, url_for


def product_urls() -> Callable[[str, str], str]:
    """A function from slug and SKU code (or none) to the page that shows it, in the language of the request."""
    stem = url_for("catalog.product", slug="x").removesuffix("x")
    return lambda slug, code: f"{stem}{slug}?sku={code}" if code else f"{stem}{slug}"


def locale() -> str:
    """`zh` or `en`."""
    return str(g.locale)
