"""The three databases and how their tables are made, changed and taken back: one Alembic folder each. DESIGN.md 2."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, create_engine
from sqlalchemy.engine import make_url

from app.foundation import data_keys
from app.foundation.database import checkpoint, db, engine_options, prepare_engine
from app.foundation.jobs import every
from app.settings import ROOT, Settings

if TYPE_CHECKING:
    from alembic.config import Config


def _alembic() -> Any:
    """Alembic's commands, imported when asked for: a web process never migrates and need not carry it."""
    from alembic import command

    return command


@dataclass(frozen=True)
class Store:
    """A database with its address, its tables and its folder of migrations.

    `figures` are tables of nothing but sums, which a role for reports may read; without any there is no such role.
    """

    name: str
    url: str
    metadata: MetaData
    folder: Path
    figures: tuple[str, ...] = ()

    def alembic(self) -> "Config":
        """Alembic's configuration; the folders' env.py read `attributes`."""
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(self.folder))
        config.set_main_option("path_separator", "os")
        config.attributes.update(url=self.url, metadata=self.metadata, open_engine=open_for_migration)
        return config


def open_for_migration(url: str) -> object:
    """An engine with the house's SQLite settings."""
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    return engine


def shop_stores(settings: Settings) -> list[Store]:
    """The stores of the shop; the counting house adds its own (`app.measurement`)."""
    folder = ROOT / "app" / "migrations"
    return [
        Store("shop", settings.shop_database_url, db.metadata, folder / "shop"),
        Store("keys", settings.key_database_url, data_keys.metadata, folder / "keys"),
    ]


def upgrade(store: Store, revision: str = "head") -> None:
    """Bring a store to a revision; safe to repeat. Makes the folder of a SQLite file."""
    _make_folder(store.url)
    _alembic().upgrade(store.alembic(), revision)


def downgrade(store: Store, revision: str) -> None:
    _alembic().downgrade(store.alembic(), revision)


def write_revision(store: Store, message: str) -> None:
    """Write the next numbered migration from the difference between the tables and the models."""
    number = len(list((store.folder / "versions").glob("*.py"))) + 1
    _alembic().revision(store.alembic(), message, autogenerate=True, rev_id=f"{number:04d}")


def check(store: Store) -> None:
    """Raise alembic's error where the models differ from what the migrations make."""
    _alembic().check(store.alembic())


@every(seconds=20, name="stores.checkpoint")
def checkpoint_stores() -> None:
    """Fold SQLite's write-ahead logs back; the worker alone does it, the web processes never (DESIGN.md 2)."""
    checkpoint(db.engine)
    checkpoint(data_keys.data_keys().engine)


def _make_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
