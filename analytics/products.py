"""Per product: seen, put into the cart, placed; seen while out of stock; the days on which its price changed.

Views and carts are counted by the beacon, orders and changes of price are the host's own day totals. The two meet by
the catalogue key alone.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, select

from analytics.codes import Cut, Mark, ProductMeasure, is_page_key, page_code
from analytics.reading import Range, cells_of, sums
from analytics.store import Store, add, insert, marks, page_figures, pages


class Product(NamedTuple):
    """Sums over a range of days; `prices` are the numbers of the days (days.py) on which its price changed."""

    key: str
    views: int = 0
    in_cart: int = 0
    placed: int = 0
    out_of_stock: int = 0
    prices: tuple[int, ...] = ()

    @property
    def conversion(self) -> float:
        """Orders in which it was placed, by its views; 0 where it was not seen."""
        return self.placed / self.views if self.views else 0.0


_FIELDS = {Mark.IN_CART: "in_cart", Mark.OUT_OF_STOCK: "out_of_stock", ProductMeasure.PLACED: "placed"}


def products(store: Store, days: Range, kind: int) -> list[Product]:
    """Every product that anything is known of, the one seen most first. `kind` is the number of product pages."""
    with store.reading() as connection:
        keys = {row.page: row.key for row in connection.execute(select(pages)) if row.key}
        found: dict[str, Product] = {}
        for (page,), (views,) in sums(connection, page_figures, cells_of(Cut.ALL), days, ["page"], ["views"]).items():
            if page in keys and page_code(kind, keys[page]) == page:
                found[keys[page]] = Product(keys[page], views)
        for page, mark, hits in _marks(connection, days):
            if key := keys.get(page):
                found[key] = _with(found.get(key, Product(key)), mark, hits)
        for page, day in _price_changes(connection, days):
            if key := keys.get(page):
                before = found.get(key, Product(key))
                found[key] = before._replace(prices=(*before.prices, day))
    return sorted(found.values(), key=lambda row: (-row.views, -row.placed, row.key))


def tell_products(
    store: Store, day: int, kind: int, measure: ProductMeasure, counted: Iterable[tuple[str, int]]
) -> None:
    """Write down what the host itself counted of its products on a day: (key, number). A repetition replaces.

    What is told already is not written again. A key that no page can bear (is_page_key) is left off.
    """
    told = {page_code(kind, key): (key, number) for key, number in counted if number > 0 and is_page_key(key)}
    mine = (marks.c.day == day) & (marks.c.mark == int(measure))
    numbers = {page: number for page, (_, number) in told.items()}
    if _told(store, mine) == numbers:
        return
    named = [{"page": page, "key": key} for page, (key, _) in sorted(told.items())]
    with store.writing() as connection:
        connection.execute(delete(marks).where(mine))
        add(connection, marks, {(day, page, int(measure)): number for page, number in numbers.items()})
        if named:
            connection.execute(insert(connection, pages).on_conflict_do_nothing(), named)


def _told(store: Store, mine: ColumnElement[bool]) -> dict[int, int]:
    with store.reading() as connection:
        query = select(marks.c.page, marks.c.hits).where(mine)
        return {page: int(hits) for page, hits in connection.execute(query)}


def _marks(connection: Connection, days: Range) -> Iterable[tuple[int, int, int]]:
    query = (
        select(marks.c.page, marks.c.mark, func.sum(marks.c.hits))
        .where(marks.c.day.between(*days), marks.c.mark.in_([int(mark) for mark in _FIELDS]))
        .group_by(marks.c.page, marks.c.mark)
    )
    return [(page, mark, int(hits)) for page, mark, hits in connection.execute(query)]


def _price_changes(connection: Connection, days: Range) -> Iterable[tuple[int, int]]:
    """Page and day of each change, in the order of days."""
    changed = (marks.c.mark == int(ProductMeasure.PRICE_CHANGED)) & marks.c.day.between(*days)
    query = select(marks.c.page, marks.c.day).where(changed).order_by(marks.c.day)
    return [(row.page, int(row.day)) for row in connection.execute(query)]


def _with(product: Product, mark: int, hits: int) -> Product:
    name = next(name for of, name in _FIELDS.items() if of == mark)
    return product._replace(**{name: getattr(product, name) + hits})
