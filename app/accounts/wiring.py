"""Wires Flask-Login: who is signed in is the account of the browser's session row, loaded in one query."""

from typing import Any

from flask import Flask, redirect, request, url_for
from flask_login import LoginManager

from app.accounts.models import Account
from app.foundation.database import db


def init_slice(app: Flask) -> None:
    manager = LoginManager()
    # its session protection would store a digest of address and agent (DESIGN.md 4)
    manager.session_protection = None
    manager.user_loader(load_account)
    manager.unauthorized_handler(_lead_to_sign_in)
    manager.init_app(app)


def load_account(account_id: str) -> Account | None:
    """The open account behind a session; a frozen or closed one is nobody, from the next request on."""
    account = db.session.get(Account, int(account_id))
    return account if account and account.is_active else None


def _lead_to_sign_in() -> Any:
    return redirect(url_for("accounts.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))
