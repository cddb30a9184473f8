"""Making `search.db` from the catalogue: a new file beside the old one, put in its place by one rename.

Several processes may notice at once that the catalogue moved; a lock file lets one of them build. Rows are numbered by
length of name, so that "S21" stands before "S21 XP Hyd" and the first rows of an answer are the best ones.
"""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.models import PUBLISHED, Brand, Category, Product, Sku, product_coins
from app.foundation.durable import alone
from app.search.correcting import forms_of
from app.search.cutting import plain, tokens, words
from app.search.words import named_values

ROWS_AT_ONCE = 2000
SHORTEST_WORD = 2
SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE meta (version INTEGER NOT NULL);
CREATE TABLE entries (place INTEGER PRIMARY KEY, product_id INTEGER, slug TEXT, name_zh TEXT, name_en TEXT);
CREATE VIRTUAL TABLE texts USING fts5(words, content='', tokenize="unicode61 tokenchars '+'", detail='full');
CREATE TABLE aliases (alias TEXT, facet TEXT, code TEXT);
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, uses INTEGER) WITHOUT ROWID;
CREATE TABLE forms (form TEXT, word TEXT, PRIMARY KEY (form, word)) WITHOUT ROWID;
"""


def build(session: Session, file: Path, version: int) -> bool:
    """Write the index of the catalogue as it is now; False where another process is at it already."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with alone(file.with_suffix(".lock")) as is_alone:
        if not is_alone:
            return False
        draft = file.with_suffix(f".{os.getpid()}.part")
        draft.unlink(missing_ok=True)
        connection = sqlite3.connect(draft)
        try:
            connection.executescript(SCHEMA)
            connection.execute("INSERT INTO meta VALUES (?)", (version,))
            _fill(session, connection)
            connection.commit()
        finally:
            connection.close()
        os.replace(draft, file)
        return True


def _fill(session: Session, connection: sqlite3.Connection) -> None:
    named = list(named_values(session))
    connection.executemany("INSERT INTO aliases VALUES (?, ?, ?)", named)
    uses: Counter[str] = Counter(word for alias, _, _ in named for word in words(plain(alias)))
    first = 0
    for rows in _products(session):
        connection.executemany(
            "INSERT INTO entries (product_id, slug, name_zh, name_en) VALUES (?, ?, ?, ?)",
            [(row[0], row[1], row[2], row[3]) for row in rows],
        )
        texts = [plain(row[4]) for row in rows]
        connection.executemany(
            "INSERT INTO texts (rowid, words) VALUES (?, ?)",
            [(first + number, " ".join(tokens(text))) for number, text in enumerate(texts, start=1)],
        )
        first += len(rows)
        for row in rows:
            uses.update(set(words(plain(f"{row[2]} {row[3]}"))))
    _write_vocabulary(connection, uses)


def _products(session: Session) -> Iterator[list[tuple[int, str, str, str, str]]]:
    """Products on show, shortest name first, newest of equals first: (id, slug, both names, all text to find it by)."""
    brands = {row.id: f"{row.name_zh} {row.name_en} {row.aliases}" for row in session.scalars(select(Brand))}
    categories = {row.id: f"{row.name_zh} {row.name_en} {row.aliases}" for row in session.scalars(select(Category))}
    coins: dict[int, list[str]] = {}
    for product_id, category_id in session.execute(select(product_coins)):
        coins.setdefault(product_id, []).append(categories[category_id])
    variants: dict[int, set[str]] = {}
    labelled = select(Sku.product_id, Sku.label_zh, Sku.label_en).where(Sku.label_zh != "", Sku.withdrawn.is_(False))
    for product_id, label_zh, label_en in session.execute(labelled):
        variants.setdefault(product_id, set()).update((label_zh, label_en))
    rows = (
        select(
            Product.id, Product.slug, Product.name_zh, Product.name_en, Product.brand_id, Product.category_id,
            Product.about_zh, Product.about_en,
        )
        .where(Product.state == PUBLISHED)
        .order_by(func.length(Product.name_en), Product.id.desc())
        .execution_options(yield_per=ROWS_AT_ONCE)
    )  # fmt: skip
    found = (
        (product_id, slug, name_zh, name_en, " ".join((
            name_zh, name_en, brands[brand_id], categories[category_id], *coins.get(product_id, ()),
            *sorted(variants.get(product_id, ())), about_zh, about_en,
        )))
        for product_id, slug, name_zh, name_en, brand_id, category_id, about_zh, about_en in session.execute(rows)
    )  # fmt: skip
    while batch := list(islice(found, ROWS_AT_ONCE)):
        yield batch


def _write_vocabulary(connection: sqlite3.Connection, uses: Counter[str]) -> None:
    known = [(word, count) for word, count in sorted(uses.items()) if len(word) >= SHORTEST_WORD]
    connection.executemany("INSERT INTO vocabulary VALUES (?, ?)", known)
    connection.executemany(
        "INSERT OR IGNORE INTO forms VALUES (?, ?)", ((form, word) for word, _ in known for form in forms_of(word))
    )
