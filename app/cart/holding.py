"""Where a cart is kept: a guest's in the signed cookie of this browser, a member's in rows. Both have one face."""

import re
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from flask import Request, Response
from sqlalchemy import Select, Table, bindparam, delete, func, insert, inspect, select, update
from sqlalchemy.orm import Session

from app.cart.fitting import MOST_UNITS
from app.cart.models import CartLine
from app.foundation.cookies import Use, delete_cookie, read_cookie, set_cookie, sign_facts, signed_facts
from app.foundation.database import transaction
from app.foundation.money import Money

GUEST_LINES, MEMBER_LINES = 40, 100

_ROWS: Table = inspect(CartLine).local_table
_MINE = _ROWS.c.account_id == bindparam("account")
_NEW: dict[str, Any] = {"quantity": bindparam("units"), "price_seen": bindparam("price")}
_LINES: Select[Any] = (
    select(*_ROWS.c["sku_id", "quantity", "price_seen"]).where(_MINE).order_by(_ROWS.c.added_at, _ROWS.c.sku_id)
)
_COUNT = select(func.count()).where(_MINE)
_CHANGE = update(_ROWS).where(_MINE, _ROWS.c.sku_id == bindparam("sku")).values(_NEW)
_INSERT = insert(_ROWS).values(
    {"account_id": bindparam("account"), "sku_id": bindparam("sku"), "added_at": bindparam("at"), **_NEW}
)
_REMOVE = delete(_ROWS).where(_MINE, _ROWS.c.sku_id.in_(bindparam("skus", expanding=True)))
"""A cart is read on every page and written at every press, so its statements are made once."""


class Line(NamedTuple):
    """So many units of a SKU. `price_seen` is None for guests, whose cookie holds no prices."""

    sku_id: int
    quantity: int
    price_seen: Money | None


class Cart(Protocol):
    """What the acts of `changing.py` need of a cart."""

    most_lines: int

    def lines(self) -> list[Line]: ...
    def put(self, sku_id: int, quantity: int, price: Money | None, at: datetime) -> None: ...
    def remove(self, sku_ids: Collection[int]) -> None: ...


class GuestCart:
    """The cart in this browser's cookie. `keep_in(response)` sends it back; nothing is written on the server."""

    most_lines = GUEST_LINES

    def __init__(self, reference: str, quantities: dict[int, int]) -> None:
        self.reference, self._quantities = reference, quantities

    @classmethod
    def sent_with(cls, request: Request) -> "GuestCart":
        """The cart that came with a request; empty for no cookie and for one that we did not sign."""
        facts = signed_facts("cart", read_cookie(request, "cart", Use.CART))
        reference, lines = facts.get("ref"), facts.get("lines")
        if not isinstance(reference, str) or not re.fullmatch(r"[0-9a-f]{32}", reference):
            return cls(secrets.token_hex(16), {})
        rows = [line for line in lines if _is_line(line)] if isinstance(lines, list) else []
        return cls(reference, dict(rows[:GUEST_LINES]))

    def lines(self) -> list[Line]:
        return [Line(sku_id, quantity, None) for sku_id, quantity in self._quantities.items()]

    def put(self, sku_id: int, quantity: int, price: Money | None, at: datetime) -> None:
        self._quantities[sku_id] = quantity

    def remove(self, sku_ids: Collection[int]) -> None:
        for sku_id in sku_ids:
            self._quantities.pop(sku_id, None)

    def keep_in(self, response: Response) -> None:
        if self._quantities:
            facts = {"ref": self.reference, "lines": [list(line) for line in self._quantities.items()]}
            set_cookie(response, "cart", sign_facts("cart", facts))
        else:
            delete_cookie(response, "cart")


class MemberCart:
    """The rows of one account. Changes run in a transaction of their own or join the caller's."""

    most_lines = MEMBER_LINES

    def __init__(self, session: Session, account_id: int) -> None:
        self._session, self.account_id = session, account_id

    def lines(self) -> list[Line]:
        return [Line(*row) for row in self._session.execute(_LINES, {"account": self.account_id})]

    def put(self, sku_id: int, quantity: int, price: Money | None, at: datetime) -> None:
        line = {"account": self.account_id, "sku": sku_id, "units": quantity, "price": price}
        with transaction(self._session) as session:
            if not session.execute(_CHANGE, line).rowcount:  # type: ignore[attr-defined]
                session.execute(_INSERT, {**line, "at": at})

    def remove(self, sku_ids: Collection[int]) -> None:
        with transaction(self._session) as session:
            session.execute(_REMOVE, {"account": self.account_id, "skus": list(sku_ids)})


def lines_of_member(session: Session, account_id: int) -> int:
    """How many lines a member's cart has: one look into the index."""
    return int(session.execute(_COUNT, {"account": account_id}).scalar_one())


def _is_line(line: object) -> bool:
    return (
        isinstance(line, list)
        and len(line) == 2
        and all(type(figure) is int for figure in line)
        and 0 < line[0] < 2**63
        and 0 < line[1] <= MOST_UNITS
    )
