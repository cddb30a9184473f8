"""The SKUs of a product: adding a variant, correcting its facts and terms, taking it off sale."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.errors import MonthMissing
from app.catalog.futures import Terms, terms_id
from app.catalog.models import Product, Sku
from app.catalog.names import sku_code, slug_of
from app.catalog.publishing import product_by_id
from app.catalog.units import Hashrate, efficiency_from_power
from app.catalog.versions import bump
from app.catalog.vocabulary import FUTURES, NEW, SERVICE, SPOT, USED
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import NotFound


@dataclass(frozen=True)
class Variant:
    """Facts and terms of a SKU, in base units; None is not known. Price and stock have acts of their own."""

    label_zh: str = ""
    label_en: str = ""
    hashrate: int | None = None
    hashrate_unit: str | None = None
    power_mw: int | None = None
    efficiency_fj: int | None = None
    noise_low_db: int | None = None
    noise_high_db: int | None = None
    cooling: str | None = None
    voltage: str | None = None
    interface: str | None = None
    weight_g: int | None = None
    size_mm: str | None = None
    released: str | None = None
    psu_included: bool | None = None
    warranty_months: int | None = None
    condition: str = NEW
    moq: int = 1
    delivery: str = SPOT
    delivery_month: str | None = None
    futures_terms: Terms | None = None
    """Of futures that ask for a deposit; without them all is paid before."""


def add_variant(product_id: int, variant: Variant, at: datetime, *, actor: int | None = None) -> Sku:
    """A new SKU without price and stock. Raises NotFound, MonthMissing."""
    with transaction() as session:
        product = product_by_id(session, product_id)
        sku = Sku(product=product, code=_free_code(session, product, variant), available=product.kind == SERVICE)
        session.add(sku)
        _write(session, sku, variant)
        product.updated_at = at
        session.flush()
        bump(session)
        record("sku.added", actor=actor, sku=sku.id, code=sku.code)
    return sku


def edit_variant(sku_id: int, variant: Variant, at: datetime, *, actor: int | None = None) -> Sku:
    """Correct facts and terms; the code stays what it was, since carts and orders name it."""
    with transaction() as session:
        sku = sku_by_id(session, sku_id)
        _write(session, sku, variant)
        sku.product.updated_at = at
        bump(session)
        record("sku.edited", actor=actor, sku=sku.id)
    return sku


def withdraw_variant(sku_id: int, at: datetime, *, actor: int | None = None) -> Sku:
    """Off sale; its stock stays counted. Safe to repeat."""
    return _set_withdrawn(sku_id, True, at, actor)


def return_variant(sku_id: int, at: datetime, *, actor: int | None = None) -> Sku:
    """Back on sale. Safe to repeat."""
    return _set_withdrawn(sku_id, False, at, actor)


def sku_by_id(session: Session, sku_id: int) -> Sku:
    """Raises NotFound."""
    sku = session.get(Sku, sku_id)
    if sku is None:
        raise NotFound
    return sku


def _set_withdrawn(sku_id: int, withdrawn: bool, at: datetime, actor: int | None) -> Sku:
    with transaction() as session:
        sku = sku_by_id(session, sku_id)
        if sku.withdrawn != withdrawn:
            sku.withdrawn, sku.product.updated_at = withdrawn, at
            bump(session)
            record("sku.withdrawn" if withdrawn else "sku.returned", actor=actor, sku=sku.id)
    return sku


def _write(session: Session, sku: Sku, variant: Variant) -> None:
    if variant.delivery == FUTURES and not variant.delivery_month:
        raise MonthMissing
    is_futures = variant.delivery == FUTURES
    for field in fields(Variant):
        if field.name != "futures_terms":
            setattr(sku, field.name, getattr(variant, field.name))
    sku.delivery_month = variant.delivery_month if is_futures else None
    sku.futures_terms_id = terms_id(session, variant.futures_terms) if is_futures and variant.futures_terms else None
    if sku.efficiency_fj is None and sku.power_mw and sku.hashrate:
        sku.efficiency_fj = efficiency_from_power(sku.power_mw, sku.hashrate)


def _free_code(session: Session, product: Product, variant: Variant) -> str:
    marks = [USED] if variant.condition == USED else []
    marks += [variant.delivery_month] if variant.delivery == FUTURES and variant.delivery_month else []
    if variant.hashrate and variant.hashrate_unit:
        stem = sku_code(product.slug, str(Hashrate(variant.hashrate, variant.hashrate_unit)), *marks)
    else:
        stem = "-".join([product.slug, *_label_part(variant.label_en), *marks])
    taken = set(session.scalars(select(Sku.code).where(Sku.code.startswith(stem, autoescape=True))))
    return next(
        code for number in range(1, 10_000) if (code := stem if number == 1 else f"{stem}-{number}") not in taken
    )


def _label_part(label: str) -> list[str]:
    try:
        return [slug_of(label)[:30].strip("-")]
    except ValueError:
        return []
