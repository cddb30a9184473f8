"""Month sums, cells that lie together by cut, time spent on pages, hours, minutes, cohorts, marks, not-found pages."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from analytics.days import date_of, month_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEVER = 9999
FIGURES = ("views", "pages", "visits", "bounces", "seconds")
DAY, MONTH = ("day", sa.Integer), ("month", sa.Integer)
CUT, A, B, PAGE = ("cut", sa.SmallInteger), ("a", sa.BigInteger), ("b", sa.BigInteger), ("page", sa.BigInteger)
STEPS = (("step_before", sa.SmallInteger), ("step_after", sa.SmallInteger))

Keys = Sequence[tuple[str, type[sa.types.TypeEngine]]]

CUT_BY_DAY: dict[str, tuple[Keys, Sequence[str], Sequence[str]]] = {
    "figures": ((DAY, CUT, A, B), FIGURES, FIGURES),
    "visitor_gaps": ((DAY, CUT, A, B, ("gap", sa.SmallInteger)), ("visitors",), ("visitors",)),
    "page_figures": ((DAY, CUT, A, PAGE), ("views", "entries", "exits"), ("views", "entries", "exits", "seconds")),
    "funnel": ((DAY, CUT, A, *STEPS), ("visits",), ("visits",)),
}
"""Keys, counts until now, counts from now on."""
CUT_BY_MONTH: dict[str, tuple[Keys, Sequence[str]]] = {
    "figure_months": ((MONTH, CUT, A, B), FIGURES),
    "visitor_gap_months": ((MONTH, CUT, A, B, ("last_day", sa.Integer)), ("visitors",)),
    "page_months": ((MONTH, CUT, A, PAGE), ("views", "entries", "exits", "seconds")),
    "funnel_months": ((MONTH, CUT, A, *STEPS), ("visits",)),
}
OTHERS: dict[str, tuple[Keys, Sequence[str]]] = {
    "hours": ((DAY, ("hour", sa.SmallInteger)), ("views", "visits")),
    "minutes": ((("minute", sa.BigInteger),), ("views",)),
    "cohorts": ((("cohort", sa.Integer), ("week", sa.Integer)), ("visitors",)),
    "marks": ((DAY, PAGE, ("mark", sa.SmallInteger)), ("hits",)),
    "not_found": ((DAY, PAGE, ("source", sa.BigInteger)), ("hits",)),
    "closed_days": ((DAY,), ()),
}


def _create(name: str, keys: Keys, counts: Sequence[str], first: str) -> None:
    """A counter table whose key begins with the column `first`."""
    names = [key for key, _ in keys]
    op.create_table(
        name,
        *(sa.Column(key, kind(), autoincrement=False, nullable=False) for key, kind in keys),
        *(sa.Column(count, sa.BigInteger(), nullable=False) for count in counts),
        sa.PrimaryKeyConstraint(*sorted(names, key=lambda key: key != first)),
        sqlite_with_rowid=False,
    )


def _remake(name: str, keys: Keys, kept: Sequence[str], counts: Sequence[str], first: str) -> None:
    """The same table with its key in another order and `counts`; what was not counted before begins at 0."""
    op.rename_table(name, f"{name}_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {name}_pkey RENAME TO {name}_before_pkey")
    _create(name, keys, counts, first)
    columns = ", ".join(key for key, _ in keys)
    values = ", ".join(count if count in kept else "0" for count in counts)
    into = ", ".join([columns, *counts])
    op.execute(f"INSERT INTO {name} ({into}) SELECT {columns}, {values} FROM {name}_before")  # noqa: S608 # nosec B608 - own names
    op.drop_table(f"{name}_before")


def _fill_months() -> None:
    """Add up the days that were counted before there were month sums."""
    found = op.get_bind().execute(sa.text("SELECT min(day), max(day) FROM figures")).one()
    if found[0] is None:
        return
    first, last = int(found[0]), int(found[1])
    starts = [day for day in range(first, last + 1) if day == first or date_of(day).day == 1]
    for start, after in zip(starts, [*starts[1:], last + 1], strict=True):
        for (name, (keys, counts)), source in zip(CUT_BY_MONTH.items(), CUT_BY_DAY, strict=True):
            columns = [key for key, _ in keys[1:]]
            values = [f"CASE gap WHEN {NEVER} THEN 0 ELSE day - gap END" if c == "last_day" else c for c in columns]
            into = ", ".join(["month", *columns, *counts])
            given = ", ".join([str(month_of(start)), *values, *(f"sum({count})" for count in counts)])
            groups = ", ".join(values)
            when = f"day >= {start} AND day < {after}"
            rows = f"SELECT {given} FROM {source} WHERE {when} GROUP BY {groups}"  # noqa: S608 # nosec B608 - own names
            op.execute(f"INSERT INTO {name} ({into}) {rows}")  # noqa: S608 # nosec B608


def upgrade() -> None:
    for name, (keys, kept, counts) in CUT_BY_DAY.items():
        _remake(name, keys, kept, counts, "cut")
    for name, (keys, counts) in CUT_BY_MONTH.items():
        _create(name, keys, counts, "cut")
    for name, (keys, counts) in OTHERS.items():
        _create(name, keys, counts, keys[0][0])
    _fill_months()


def downgrade() -> None:
    for name in (*OTHERS, *CUT_BY_MONTH):
        op.drop_table(name)
    for name, (keys, kept, counts) in CUT_BY_DAY.items():
        _remake(name, keys, counts, kept, "day")
