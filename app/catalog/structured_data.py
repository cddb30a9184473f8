"""What search engines read of a product page: schema.org as JSON-LD, saying what the page shows. FLOWS.md C2."""

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from app.catalog import units
from app.catalog.models import Product, Sku
from app.catalog.vocabulary import FUTURES, OUT, SPOT, USED

AVAILABILITY = {SPOT: "InStock", FUTURES: "PreOrder", OUT: "OutOfStock"}
SCHEMA = "https://schema.org/"


def product_data(product: Product, skus: Sequence[Sku], locale: str, url: str, images: Sequence[str]) -> dict[str, Any]:
    """A Product; a ProductGroup over its variants where there are several. Addresses are absolute."""
    variants = [_variant(sku, locale, url, images) for sku in skus]
    if len(variants) == 1:
        return {"@context": SCHEMA, **variants[0]}
    return {
        "@context": SCHEMA,
        "@type": "ProductGroup",
        "name": product.name(locale),
        "url": url,
        "productGroupID": product.slug,
        "brand": {"@type": "Brand", "name": product.brand.name(locale)},
        "variesBy": ["https://schema.org/model"],
        "hasVariant": variants,
    }


def breadcrumb_data(trail: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """(name, absolute address) from the front page down."""
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": url}
        for place, (name, url) in enumerate(trail, start=1)
    ]
    return {"@context": SCHEMA, "@type": "BreadcrumbList", "itemListElement": items}


def script(*parts: dict[str, Any]) -> Markup:
    """A data block for the page. `<`, `>` and `&` are escaped, so no name can end it; it is never executed."""
    text = json.dumps(parts[0] if len(parts) == 1 else list(parts), ensure_ascii=False, separators=(",", ":"))
    for mark, escape in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(mark, escape)
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704 # nosec B704 - escaped above


def _variant(sku: Sku, locale: str, url: str, images: Sequence[str]) -> dict[str, Any]:
    product = sku.product
    data: dict[str, Any] = {
        "@type": "Product",
        "name": sku.full_name(locale),
        "sku": sku.code,
        "mpn": product.model,
        "category": product.category.name(locale),
        "brand": {"@type": "Brand", "name": product.brand.name(locale)},
        "additionalProperty": _properties(sku),
    }
    if images:
        data["image"] = list(images)
    if sku.price is not None:
        data["offers"] = _offer(sku, f"{url}?sku={sku.code}")
    return data


def _properties(sku: Sku) -> list[dict[str, Any]]:
    unit = sku.hashrate_unit or ""
    facts = [
        ("hashrate", units.amount_in(sku.hashrate, unit) if sku.hashrate and unit else None, unit),
        ("power", units.plain(units.Decimal(sku.power_mw) / 1000) if sku.power_mw else None, "W"),
        (
            "efficiency",
            units.efficiency_in(sku.efficiency_fj, unit) if sku.efficiency_fj and unit else None,
            f"J/{units.per_hash(unit)}",
        ),
        ("noise", sku.noise_high_db, "dB"),
    ]
    return [
        {"@type": "PropertyValue", "name": name, "value": str(value), "unitText": unit_text}
        for name, value, unit_text in facts
        if value is not None
    ]


def _offer(sku: Sku, url: str) -> dict[str, Any]:
    offer = {
        "@type": "Offer",
        "url": url,
        "price": str(sku.price),
        "priceCurrency": "CNY",
        "availability": SCHEMA + AVAILABILITY[sku.delivery_state],
        "itemCondition": SCHEMA + ("UsedCondition" if sku.condition == USED else "NewCondition"),
        "eligibleQuantity": {"@type": "QuantitativeValue", "minValue": sku.moq},
    }
    if sku.delivery == FUTURES and sku.delivery_month:
        offer["availabilityStarts"] = f"{sku.delivery_month}-01"
    return offer
