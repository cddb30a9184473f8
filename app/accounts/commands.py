"""`flask staff`: the way in for people who work here. `flask service-end`: what comes last. Clauses 5.1.1e, 5.2.3."""

import json
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.accounts.last_keys import KeysStillNeeded, certificate, destroy_wrapping_keys
from app.accounts.models import Account, name_key_of
from app.accounts.names import NotAName, account_name
from app.accounts.numbers import NotAMobileNumber, mobile_number
from app.accounts.opening import NameTaken, NumberTaken, open_account
from app.accounts.password_rules import weakness_of
from app.accounts.second_factor import give_second_factor
from app.accounts.undertaking import Signed, keep_undertaking
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.permissions import STAFF_ROLES
from app.settings import current_settings

staff_commands = AppGroup("staff", help="People who work here.")
service_end_commands = AppGroup("service-end", help="After the end of the service: its certificate and its last keys.")


@staff_commands.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(sorted(STAFF_ROLES)), required=True)
@click.option("--phone", prompt="Mobile number", envvar="STAFF_PHONE", help="Mobile number; asked for when missing.")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--password", envvar="STAFF_PASSWORD", hidden=True)
def add(name: str, role: str, phone: str, password_file: Path | None, password: str | None) -> None:
    """Make an account with a desk. Prints the authenticator's address and ten recovery codes, once.

    The password is asked for, or comes from --password-file or the variable STAFF_PASSWORD.
    """
    password = password_file.read_text().rstrip("\n") if password_file else password
    password = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        name, phone = _checked(name, phone, password)
        account = open_account(name=name, phone=phone, password=password, role=role)
    except (NameTaken, NumberTaken) as refusal:
        raise click.ClickException(str(refusal)) from None
    address, codes = give_second_factor(account)
    click.echo(
        f"{role} {name} may now sign in.\n\nAuthenticator (shown once):\n  {address}\n\nRecovery codes (shown once):"
    )
    for code in codes:
        click.echo(f"  {code}")


@staff_commands.command("undertaking")
@click.argument("name")
@click.option("--scan", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--signed", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day it was signed.")
@click.option("--trained", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day of the training.")
@click.option("--ends", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day.")
def undertaking(name: str, scan: Path, signed: datetime, trained: datetime, ends: datetime) -> None:
    """Record the signed undertaking of NAME: for a shop's first manager, whose own nobody else can record yet.

    Of the scan only its digest is kept.
    """
    account = db.session.scalars(select(Account).where(Account.name_key == name_key_of(name))).one_or_none()
    if account is None:
        raise click.BadParameter("there is no such account", param_hint="NAME")
    paper = Signed(sha256(scan.read_bytes()).hexdigest(), signed.date(), trained.date(), ends.date())
    try:
        keep_undertaking(account, paper, now(), recorded_by=None)
    except BusinessError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{name} has signed until {paper.ends_on}.")


@service_end_commands.command("certificate")
def print_certificate() -> None:
    """Print what became of everything about everybody, as JSON. Refused as long as anybody is left to erase."""
    try:
        facts = asdict(certificate(db.session()))
    except KeysStillNeeded as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(json.dumps(facts, default=datetime.isoformat, indent=1))


@service_end_commands.command("destroy-wrapping-keys")
def destroy_keys() -> None:
    """The last act: no backup of anybody's key opens any more. Destroy copies of the keyring elsewhere as well."""
    path = Path(current_settings().keyring)
    if not path.is_file():
        raise click.ClickException("KEYRING is not a file: take wrapping and blind-index out of it by hand")
    try:
        click.echo(f"destroyed: {destroy_wrapping_keys(path)} wrapping keys. Now restart whatever still runs.")
    except KeysStillNeeded as refusal:
        raise click.ClickException(f"still needed: {refusal}") from None


def _checked(name: str, phone: str, password: str) -> tuple[str, str]:
    try:
        checked_name, number = account_name(name), mobile_number(phone)
    except NotAName:
        raise click.BadParameter(
            "2 to 30 letters, digits or . _ - with at least one letter", param_hint="NAME"
        ) from None
    except NotAMobileNumber:
        raise click.BadParameter("not a mobile number of mainland China", param_hint="--phone") from None
    if weakness := weakness_of(password, name=checked_name, number=number):
        raise click.BadParameter(str(weakness), param_hint="the password")
    return checked_name, number
