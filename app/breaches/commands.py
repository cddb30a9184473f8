"""`flask --app wsgi breach …`: a drill, opening a breach from its file, releasing the notices, the report. 5.1.5b."""

import json
import time
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import select

from app.accounts.models import Account, name_key_of
from app.breaches.acting import figures_of, open_breach, release
from app.breaches.affected import Leak, affected_by, kinds_in
from app.breaches.models import Breach
from app.breaches.queries import in_words
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.languages import format_moment
from app.settings import current_settings

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
    found["report"] = _report(leak, kinds_in(db.session(), leak), len(refs), now())
    click.echo(json.dumps({**found, "seconds": round(time.perf_counter() - begun, 3)}, ensure_ascii=False, indent=1))


@breach_commands.command("open")
@leak_file
def open_it(said: Mapping[str, Any]) -> None:
    """Write the breach down, shut out its reader, and prepare the notices. Nobody is told before `release`."""
    try:
        breach = open_breach(_leak(said), now())
    except BusinessError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{breach.number}: {breach.persons} persons affected")


@breach_commands.command("release")
@click.argument("number")
def release_it(number: str) -> None:
    """Have the worker tell everybody affected, and show the notice to everybody. Safe to repeat."""
    try:
        release(number, now())
    except BusinessError:
        raise click.ClickException("there is no such breach") from None
    click.echo("the people are being told")


@breach_commands.command("report")
@click.argument("number")
def report(number: str) -> None:
    """What the authorities are sent, in both languages."""
    breach = db.session.scalars(select(Breach).where(Breach.number == number)).one_or_none()
    if breach is None:
        raise click.ClickException("there is no such breach")
    leak = Leak(breach.from_at, breach.to_at, breach.reader, tuple(breach.tables), breach.texts)
    for text in _report(leak, breach.kinds, breach.persons, breach.found_at).values():
        click.echo(f"{breach.number}\n{text}\n")


def _leak(said: Mapping[str, Any]) -> Leak:
    reader = None
    if name := said.get("reader"):
        reader = db.session.scalar(select(Account.audit_ref).where(Account.name_key == name_key_of(str(name))))
        if reader is None:
            raise click.ClickException(f"there is no account {name}")
    texts = {lang: {text: str(said[lang][text]) for text in TEXTS} for lang in LANGUAGES}
    moments = (said["from"].astimezone(UTC), said["to"].astimezone(UTC))
    return Leak(*moments, reader, tuple(map(str, said.get("tables", ()))), texts)


def _report(leak: Leak, kinds: list[str], persons: int, found_at: datetime) -> dict[str, str]:
    """By language: what happened, when, to how many, why, what it may lead to, what was done, and who answers."""
    operator, told = current_settings().operator, {}
    for lang in LANGUAGES:
        with force_locale(lang):
            said = (leak.texts or {})[lang]
            lines = {
                "运营者 operator": operator.name, "联系方式 contact": f"{operator.contact_mail} {operator.hotline}",
                "发现 found": format_moment(found_at),
                "期间 period": f"{format_moment(leak.from_at)} / {format_moment(leak.to_at)}",
                "信息种类 kinds": "; ".join(in_words(kinds)), "人数 persons": str(persons),
                "原因 cause": said["cause"], "可能的危害 harm": said["harm"], "措施 measures": said["measures"],
            }  # fmt: skip
            told[lang] = "\n".join(f"{name}: {value}" for name, value in lines.items())
    return told
