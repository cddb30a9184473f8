"""Roles of PostgreSQL: each store is migrated by its owner and served by a role that can only work with its rows.

Nobody gets from one store into another (J2 of clause 2.10), and what serves the shop cannot change evidence (5.1.1a):

| Role | May |
|---|---|
| the one in a store's address | read and write rows of this store, but change no evidence and no table |
| DATABASE_owner | make and change the tables: `db upgrade`, `backup restore` |
| DATABASE_backup | read everything of this store, make databases for rehearsals, and record the backup |
| DATABASE_reader (counts) | read counters, not the nonces that wait for their 48 hours |
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url

from app.foundation.audit import LedgerCut, LedgerEntry, LedgerLink, LedgerWaiting
from app.foundation.stores import Store
from app.privacy.manifest import Period

ENTRIES, LINKS, WAITING = LedgerEntry.__tablename__, LedgerLink.__tablename__, LedgerWaiting.__tablename__
_ROWS = "SELECT, INSERT, UPDATE, DELETE"
_AT_MOST = "NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
_KEEP_EVIDENCE = """
CREATE OR REPLACE FUNCTION keep_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT FROM {entries} WHERE id = (to_jsonb(OLD) ->> TG_ARGV[0])::bigint
    AND at < (now() AT TIME ZONE 'utc') - interval '{keep}'
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'evidence is kept as it is for {keep}' USING ERRCODE = 'insufficient_privilege';
END $$
"""


_KEEP_ROWS = """
CREATE OR REPLACE FUNCTION keep_rows_of_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  written text := to_jsonb(OLD) ->> TG_ARGV[0];
BEGIN
  IF TG_OP = 'UPDATE' AND TG_ARGV[1] = 'goes on' AND written = to_jsonb(NEW) ->> TG_ARGV[0] THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND written::timestamp < (now() AT TIME ZONE 'utc') - interval '{keep}' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'evidence is kept as it is for {keep}' USING ERRCODE = 'insufficient_privilege';
END $$
"""
WRITTEN_ONCE = {
    LedgerCut.__tablename__: "at", "disclosures": "at", "policy_acceptances": "at", "policy_acknowledgements": "at",
    "policy_deliveries": "at", "service_end_deliveries": "at",
}  # fmt: skip
"""Evidence that nobody changes, and the column that says when it was written."""
GOES_ON = {
    "closures": "applied_at", "share_consents": "given_at", "staff_undertakings": "recorded_at",
    "recipient_agreements": "proposed_at", "impact_assessments": "proposed_at", "policy_publications": "proposed_at",
    "disclosure_cases": "asked_at", "research_requests": "asked_at", "transfer_cases": "asked_at",
    "breaches": "opened_at",
}  # fmt: skip
"""Evidence that changes on its way; when it began does not."""


class RolesRefused(ValueError):
    """The stores' addresses do not allow roles of their own; the message says why."""


def make_roles(admin: str, stores: Iterable[Store], evidence_kept: Period) -> list[str]:
    """Make or correct the roles and rights of every store on PostgreSQL; returns the roles' names. Safe to repeat.

    `admin` is the address of a superuser at the same server. Databases that are missing are made. Run it again after
    each `db upgrade`: the reader and the evidence go by tables. The serving role gets the password of its address; the
    others get none here. Raises RolesRefused before anything is touched.
    """
    served = [(store, make_url(store.url)) for store in stores]
    _refuse_shared([url for _, url in served], make_url(admin))
    made = []
    for store, url in served:
        with _connected(make_url(admin)) as server:
            made += _roles_of(server, store, url)
        with _connected(make_url(admin).set(database=url.database)) as database:
            _rights_on(database, store, url, evidence_kept)
    return made


def _refuse_shared(urls: list[URL], admin: URL) -> None:
    if any(url.get_backend_name() != "postgresql" for url in urls):
        raise RolesRefused("every store must have a PostgreSQL address")
    if len({url.username for url in urls} | {admin.username}) <= len(urls) or None in {url.username for url in urls}:
        raise RolesRefused("every store must name a role of its own, and none the administrator's")
    if len({url.database for url in urls}) < len(urls):
        raise RolesRefused("every store must have a database of its own")
    if any((url.host, url.port) != (admin.host, admin.port) for url in urls):
        raise RolesRefused("the administrator's server must be that of the stores")


def _roles_of(server: Connection, store: Store, url: URL) -> list[str]:
    """The roles, the database, and who may connect to it."""
    service, name = str(url.username), str(url.database)
    roles = {
        service: "NOCREATEDB", f"{name}_owner": "NOCREATEDB", f"{name}_backup": "CREATEDB",
        **({f"{name}_reader": "NOCREATEDB"} if store.figures else {}),
    }  # fmt: skip
    for role, more in roles.items():
        is_there = server.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :role"), {"role": role})
        _say(server, f"{'ALTER' if is_there else 'CREATE'} ROLE {_q(role)} LOGIN {_AT_MOST} {more}")
    if url.password:
        driver = server.connection.driver_connection
        assert driver is not None  # noqa: S101 - the connection is open
        sealed = driver.pgconn.encrypt_password(url.password.encode(), service.encode(), b"scram-sha-256").decode()
        _say(server, f"ALTER ROLE {_q(service)} PASSWORD '{sealed}'")
    if not server.scalar(text("SELECT count(*) FROM pg_database WHERE datname = :name"), {"name": name}):
        _say(server, f"CREATE DATABASE {_q(name)} OWNER {_q(f'{name}_owner')} TEMPLATE template0 ENCODING 'UTF8'")
    _say(server, f"ALTER DATABASE {_q(name)} OWNER TO {_q(f'{name}_owner')}")
    _say(server, f"REVOKE ALL ON DATABASE {_q(name)} FROM PUBLIC")
    _say(server, f"GRANT CONNECT ON DATABASE {_q(name)} TO {', '.join(map(_q, roles))}")
    return list(roles)


def _rights_on(database: Connection, store: Store, url: URL, evidence_kept: Period) -> None:
    """Who may do what with the tables, those of later migrations included."""
    service, name = _q(str(url.username)), str(url.database)
    owner, backup, reader = _q(f"{name}_owner"), _q(f"{name}_backup"), _q(f"{name}_reader")
    tables = set(inspect(database).get_table_names())
    _say(database, f"REASSIGN OWNED BY {service} TO {owner}")
    _say(database, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    _say(database, f"GRANT ALL ON SCHEMA public TO {owner}")
    _say(database, f"GRANT USAGE ON SCHEMA public TO {service}, {backup}")
    later = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    for kind, rights, role in (
        ("TABLES", _ROWS, service), ("TABLES", "SELECT", backup),
        ("SEQUENCES", "USAGE, SELECT", service), ("SEQUENCES", "SELECT", backup),
    ):  # fmt: skip
        _say(database, f"GRANT {rights} ON ALL {kind} IN SCHEMA public TO {role}")
        _say(database, f"{later} GRANT {rights} ON {kind} TO {role}")
    if "alembic_version" in tables:
        _say(database, f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {service}")
    if store.figures:
        _say(database, f"GRANT USAGE ON SCHEMA public TO {reader}")
        for table in sorted(tables & set(store.figures)):
            _say(database, f"GRANT SELECT ON {_q(table)} TO {reader}")
    if tables >= {ENTRIES, *WRITTEN_ONCE, *GOES_ON}:
        _guard_evidence(database, owner, evidence_kept)
        _say(database, f"GRANT INSERT ON {ENTRIES}, {WAITING} TO {backup}")


def _guard_evidence(database: Connection, owner: str, kept: Period) -> None:
    _say(database, _KEEP_EVIDENCE.format(entries=ENTRIES, keep=kept))
    _say(database, f"ALTER FUNCTION keep_evidence() OWNER TO {owner}")
    for table, key in ((ENTRIES, "id"), (LINKS, "entry_id")):
        _say(
            database,
            f"CREATE OR REPLACE TRIGGER keep_evidence BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION keep_evidence('{key}')",
        )
    _say(database, _KEEP_ROWS.format(keep=kept))
    _say(database, f"ALTER FUNCTION keep_rows_of_evidence() OWNER TO {owner}")
    for tables, how in ((WRITTEN_ONCE, "stays"), (GOES_ON, "goes on")):
        for table, since in tables.items():
            _say(
                database,
                f"CREATE OR REPLACE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION keep_rows_of_evidence('{since}', '{how}')",
            )


@contextmanager
def _connected(address: URL) -> Iterator[Connection]:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _say(connection: Connection, statement: str) -> None:
    connection.execute(text(statement.replace(":", r"\:")))


def _q(name: str) -> str:
    """A name as PostgreSQL quotes it."""
    return '"' + name.replace('"', '""') + '"'
