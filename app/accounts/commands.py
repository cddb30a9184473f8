"""`flask staff add NAME --role ROLE`: the way in for people who work here. Clause 5.1.1e."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.accounts.names import NotAName, account_name
from app.accounts.numbers import NotAMobileNumber, mobile_number
from app.accounts.opening import NameTaken, NumberTaken, open_account
from app.accounts.password_rules import weakness_of
from app.accounts.second_factor import give_second_factor
from app.foundation.permissions import STAFF_ROLES

staff_commands = AppGroup("staff", help="People who work here.")


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
