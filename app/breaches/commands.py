"""`flask --app wsgi breach …`: a drill, opening a breach from its file, the report. 5.1.5b."""

import json
import time
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.accounts.models import Account, name_key_of
from app.breaches.acting import figures_of, open_breach
from app.breaches.affected import Leak, affected_by, kinds_in
from app.breaches.queries import breach_by
from app.breaches.reporting import report_of, report_on
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError

breach_commands = AppGroup("breach", help="When protection failed: who is affected, notices, report.")
LANGUAGES, TEXTS = ("zh", "en"), ("cause", "harm", "measures")


class _LeakFile(click.ParamType):
    """A TOML file: `reader` (an account name) or `tables`, `from` and `to`, and [zh] and [en] with the three texts."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Mapping[str, Any]:
        try:
            said = tomllib.loads(Path(value).read_text())
            complete = all(str(said[lang][text]).strip() for lang in LANGUAGES for text in TEXTS)
            moments = all(isinstance(said[name], datetime) and said[name].tzinfo for name in ("from", "to"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as problem:
            self.fail(f"no leak can be read there: {problem}", param, ctx)
        if not complete or not moments:
            self.fail("from and to are moments with a zone, and each language has cause, harm and measures", param, ctx)
        return said


leak_file = click.argument("said", metavar="FILE", type=_LeakFile())


@breach_commands.command("drill")
@leak_file
def drill(said: Mapping[str, Any]) -> None:
    """Everything that opening the breach would find and say, as JSON; nothing is written and nobody is told."""
    leak, begun = _leak(said), time.perf_counter()
    try:
        refs = affected_by(db.session(), leak)
    except BusinessError as refusal:
        raise click.ClickException(str(refusal)) from None
    found = figures_of(db.session(), refs)
    found["report"] = report_of(leak, kinds_in(db.session(), leak), len(refs), now())
    click.echo(json.dumps({**found, "seconds": round(time.perf_counter() - begun, 3)}, ensure_ascii=False, indent=1))


@breach_commands.command("open")
@leak_file
def open_it(said: Mapping[str, Any]) -> None:
    """Write the breach down, shut out its reader, and prepare the notices. Two people let them go at the desk."""
    try:
        breach = open_breach(_leak(said), now())
    except BusinessError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{breach.number}: {breach.persons} persons affected")


@breach_commands.command("report")
@click.argument("number")
def report(number: str) -> None:
    """What the authorities are sent, in both languages."""
    breach = db.session.scalars(breach_by(number)).one_or_none()
    if breach is None:
        raise click.ClickException("there is no such breach")
    for text in report_on(breach).values():
        click.echo(f"{breach.number}\n{text}\n")


def _leak(said: Mapping[str, Any]) -> Leak:
    readers: tuple[int, ...] = ()
    if name := said.get("reader"):
        reader = db.session.scalar(select(Account.audit_ref).where(Account.name_key == name_key_of(str(name))))
        if reader is None:
            raise click.ClickException(f"there is no account {name}")
        readers = (reader,)
    texts = {lang: {text: str(said[lang][text]) for text in TEXTS} for lang in LANGUAGES}
    moments = (said["from"].astimezone(UTC), said["to"].astimezone(UTC))
    return Leak(*moments, readers, tuple(map(str, said.get("tables", ()))), texts)
