"""A guest signs in: the cart of the browser goes into the cart of the account. FLOWS.md 7.

Every way of signing in calls this one function. Of two quantities of a SKU the larger counts, fitted to minimum order
and stock; a cart goes in once however often it is sent; for an hour the member can undo it.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.cart.fitting import TooFewLeft, fit
from app.cart.holding import GuestCart, Line, MemberCart
from app.cart.models import CartMerge
from app.catalog.offered import OfferedSku, offered_skus
from app.foundation.clock import now
from app.foundation.database import transaction
from app.foundation.jobs import every
from app.stock.queries import left_in_total

CAN_BE_UNDONE = timedelta(hours=1)
REFERENCES_KEPT = timedelta(days=31)
"""Longer than a cart cookie lives, so that an old one cannot go in twice."""


def merge(account_id: int, guest: GuestCart, at: datetime) -> str | None:
    """Merge a guest's cart; returns `merged`, `merged_fitted` where a quantity had to change, or None for no news."""
    wanted = guest.lines()
    if not wanted:
        return None
    with transaction() as session:
        if session.scalar(_merge_of(account_id, guest.reference)) is not None:
            return None
        mine = MemberCart(session, account_id)
        held = {line.sku_id: line.quantity for line in mine.lines()}
        before, fitted = _merge_lines(session, mine, held, wanted, at)
        session.add(CartMerge(account_id=account_id, reference=guest.reference, at=at, before=before))
    return "merged_fitted" if fitted else "merged"


def undo_merge(merge_id: int, account_id: int, at: datetime) -> None:
    """Put the lines a merge touched back to what they were. No error when it is undone already or too old."""
    with transaction() as session:
        done = session.get(CartMerge, merge_id)
        if done is None or done.account_id != account_id or done.undone_at or at > done.at + CAN_BE_UNDONE:
            return
        mine = MemberCart(session, account_id)
        skus = offered_skus(session, [int(sku_id) for sku_id in done.before])
        for sku_id, quantity in done.before.items():
            if quantity and int(sku_id) in skus:
                mine.put(int(sku_id), quantity, skus[int(sku_id)].price, at)
            else:
                mine.remove([int(sku_id)])
        done.undone_at = at


def undoable_merge(session: Session, account_id: int, at: datetime) -> int | None:
    """The newest merge that can still be undone."""
    recent = CartMerge.at > at - CAN_BE_UNDONE
    mine = select(CartMerge.id).where(CartMerge.account_id == account_id, CartMerge.undone_at.is_(None), recent)
    return session.scalars(mine.order_by(CartMerge.at.desc()).limit(1)).first()


@every(seconds=3600, name="cart.forget_merges")
def forget_merges() -> None:
    """References go when no cookie can hold them any more."""
    with transaction() as session:
        session.execute(delete(CartMerge).where(CartMerge.at < now() - REFERENCES_KEPT))


def _merge_of(account_id: int, reference: str) -> Select[Any]:
    return select(CartMerge.id).where(CartMerge.account_id == account_id, CartMerge.reference == reference)


def _merge_lines(
    session: Session, mine: MemberCart, held: dict[int, int], wanted: list[Line], at: datetime
) -> tuple[dict[str, int], bool]:
    """Put each line in; returns what was there before, and whether any quantity had to be fitted or left out."""
    skus = offered_skus(session, [line.sku_id for line in wanted])
    left = left_in_total(session, list(skus))
    before: dict[str, int] = {}
    fitted = False
    room = mine.most_lines - len(held)
    for sku_id, quantity, _price in wanted:
        larger, sku = max(quantity, held.get(sku_id, 0)), skus.get(sku_id)
        fits = _fitted(sku, larger, left) if sku and (sku_id in held or room > 0) else 0
        fitted = fitted or fits != larger
        if sku and fits:
            before[str(sku_id)] = held.get(sku_id, 0)
            room -= sku_id not in held
            mine.put(sku_id, fits, sku.price, at)
    return before, fitted


def _fitted(sku: OfferedSku, quantity: int, left: dict[int, int]) -> int:
    """What goes in of a line: 0 where the SKU cannot be bought now."""
    if not sku.is_on_sale:
        return 0
    try:
        return fit(quantity, sku.moq, None if sku.needs_no_parcel else left[sku.id])
    except TooFewLeft:
        return 0
