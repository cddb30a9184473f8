"""Wires accounts: Flask-Login over the browser's session row, notices, duties, commands."""

from typing import Any

from flask import Flask, redirect, request, url_for
from flask_login import LoginManager, current_user
from sqlalchemy import bindparam, select

from app.accounts import (
    after_the_end,
    announcing,
    closing,
    codes,
    devices,
    ending,
    events,
    evidence_keeping,
    giving_mail,
    registering,
    trying,
)
from app.accounts.commands import service_end_commands, staff_commands
from app.accounts.links import NOTICES
from app.accounts.models import Account
from app.accounts.people import AccountPeople
from app.foundation.database import db
from app.foundation.notices import register_notices
from app.foundation.permissions import needs_second_factor
from app.foundation.web_session import current_session
from app.privacy.my_data import is_changed_at
from app.privacy.people import keep_people

__all__ = [
    "after_the_end",
    "announcing",
    "closing",
    "codes",
    "devices",
    "ending",
    "events",
    "evidence_keeping",
    "giving_mail",
    "init_slice",
    "registering",
    "trying",
]

HALF_IN_MAY_SEE = frozenset({"static", "accounts.logout", "privacy.policy", "privacy.archive", "entrance.switch"})


def init_slice(app: Flask) -> None:
    manager = LoginManager()
    # its session protection would store a digest of address and agent (DESIGN.md 4)
    manager.session_protection = None
    manager.user_loader(load_account)
    manager.unauthorized_handler(_lead_to_sign_in)
    manager.init_app(app)
    app.before_request(_lead_to_second_factor)
    app.cli.add_command(staff_commands)
    app.cli.add_command(service_end_commands)
    keep_people(app, AccountPeople())
    is_changed_at("accounts", "accounts.phone")
    is_changed_at("profiles", "accounts.profile")
    is_changed_at("mail_addresses", "accounts.mail")
    register_notices(NOTICES)


_ACCOUNT = select(Account).where(Account.id == bindparam("id"))
"""Made once: every request of somebody signed in asks it."""


def load_account(account_id: str) -> Account | None:
    """The open account behind a session; a frozen or closed one is nobody, from the next request on."""
    account = db.session.scalars(_ACCOUNT, {"id": int(account_id)}).first()
    return account if account and account.is_active else None


def _lead_to_sign_in() -> Any:
    return redirect(url_for("accounts.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))


def _lead_to_second_factor() -> Any:
    """Staff who gave only the password get no page but the one that asks for the rest (clause 5.1.1e)."""
    if request.endpoint is None or current_session() is None or request.endpoint in HALF_IN_MAY_SEE:
        return None
    if request.endpoint.startswith(("accounts.second_factor", "accounts.enrol")) or not needs_second_factor(
        current_user
    ):
        return None
    if "/<lang:" not in str(request.url_rule):
        return None
    asked = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.second_factor", next=asked))
