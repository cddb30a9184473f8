"""Signed-in sessions: server-side rows behind the cookie `sid`. Guests have none. Clauses 3.1.1d, 5.1.1e; DESIGN.md 4.

The cookie holds a random 256-bit reference of which the store keeps only the SHA-256. A session ends after two idle
hours and at most after a day (thirty days on a trusted device), can be listed and revoked, and gets a new value at
every change of rights.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, Request, Response, g, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.clock import now
from app.foundation.cookies import Use, delete_cookie, read_cookie, set_cookie
from app.foundation.database import Id, IdMixin, Model, UtcDateTime, db, transaction

IDLE = timedelta(hours=2)
LIFE = timedelta(hours=24)
LIFE_ON_TRUSTED_DEVICE = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
TOKEN_BYTES = 32


class LoginSession(IdMixin, Model):
    """One sign-in of one account on one browser."""

    __tablename__ = "login_sessions"
    __personal__ = False

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(Id, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trusted: Mapped[bool] = mapped_column(default=False)
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the person last proved who they are (password or second factor); re-authentication reads it."""
    browser: Mapped[str] = mapped_column(String(40), default="")
    """Browser and system family, such as "Chrome, Windows"; no version, no model (CLAUSES.md A.5)."""
    place: Mapped[str] = mapped_column(String(6), default="")
    """Where the sign-in came from: a country, or a province such as "CN-GD"; "" where unknown. Clause 1.2.1(3)."""

    def is_alive(self, at: datetime) -> bool:
        idle = LIFE_ON_TRUSTED_DEVICE if self.trusted else IDLE
        return self.revoked_at is None and at < self.ends_at and at < self.seen_at + idle


_OF_COOKIE = select(LoginSession).where(LoginSession.token_hash == bindparam("hash"))
"""Made once: every request of somebody signed in asks it."""


class WebSession(dict[str, Any], SessionMixin):
    """What `flask.session` is here: values for this request only, on top of the row of a signed-in browser."""

    def __init__(self, row: LoginSession | None = None) -> None:
        super().__init__({"_user_id": str(row.account_id), "_fresh": True} if row else {})
        self.row = row
        self.new_token: str | None = None
        self.ended = False


class ServerSessions(SessionInterface):
    """Flask's session interface over `LoginSession`. Sets a cookie only when somebody signs in or out."""

    def open_session(self, app: Flask, request: Request) -> WebSession:
        token = read_cookie(request, "sid", Use.LOGIN)
        if not token:
            return WebSession()
        row = db.session.scalars(_OF_COOKIE, {"hash": _hash(token)}).first()
        if row is None or not row.is_alive(now()):
            web_session = WebSession()
            web_session.ended = True
            return web_session
        db.session.expunge(row)  # as it was when the request came; a transaction need not read it again
        return WebSession(row)

    def save_session(self, app: Flask, web_session: SessionMixin, response: Response) -> None:
        if not isinstance(web_session, WebSession):
            return
        if web_session.new_token and web_session.row:
            life = web_session.row.ends_at - web_session.row.created_at
            set_cookie(response, "sid", web_session.new_token, life=life)
        elif web_session.ended:
            delete_cookie(response, "sid")
        elif web_session.row and now() - web_session.row.seen_at > SEEN_EVERY:
            _note_seen(web_session.row)


def current_session() -> LoginSession | None:
    """The row behind this request's sign-in, or None for a guest."""
    return session.row if isinstance(session, WebSession) else None


def begin_session(
    account_id: int, *, browser: str, place: str = "", trusted: bool = False, second_factor: bool = False
) -> LoginSession:
    """Sign this browser in: a new row and a new cookie value; the value it had before is dead from now on."""
    at, token = now(), secrets.token_urlsafe(TOKEN_BYTES)
    row = LoginSession(
        token_hash=_hash(token),
        account_id=account_id,
        created_at=at,
        seen_at=at,
        ends_at=at + (LIFE_ON_TRUSTED_DEVICE if trusted else LIFE),
        trusted=trusted,
        second_factor_at=at if second_factor else None,
        proven_at=at,
        browser=browser[:40],
        place=place,
    )
    with transaction() as store:
        if before := current_session():
            revoke(store, [before.id])
        store.add(row)
    _put_into_request(row, token)
    return row


def end_session() -> None:
    """Sign this browser out: the row is revoked and the cookie deleted."""
    if row := current_session():
        with transaction() as store:
            revoke(store, [row.id])
    _put_into_request(None, None)


def renew_session(*, second_factor: bool = False) -> None:
    """Give a signed-in browser a new value after a change of rights or a new proof of who it is."""
    if row := current_session():
        passed = second_factor or row.second_factor_at is not None
        begin_session(row.account_id, browser=row.browser, place=row.place, trusted=row.trusted, second_factor=passed)


def revoke(store: Session, ids: list[int]) -> None:
    """End sessions by id at once, wherever they are."""
    store.execute(update(LoginSession).where(LoginSession.id.in_(ids)).values(revoked_at=now()))


def revoke_all(store: Session, account_id: int, *, except_id: int | None = None) -> None:
    """End every session of an account, as after a password change or a closure."""
    mine = LoginSession.account_id == account_id
    store.execute(update(LoginSession).where(mine, LoginSession.id != except_id).values(revoked_at=now()))


def live_sessions(account_id: int, at: datetime) -> Iterator[LoginSession]:
    """The account's sessions that still work, newest first."""
    query = select(LoginSession).where(LoginSession.account_id == account_id, LoginSession.revoked_at.is_(None))
    rows = db.session.scalars(query.order_by(LoginSession.seen_at.desc()))
    return (row for row in rows if row.is_alive(at))


def _put_into_request(row: LoginSession | None, token: str | None) -> None:
    g.pop("_login_user", None)
    if isinstance(session, WebSession):
        session.clear()
        session.update(WebSession(row))
        session.row, session.new_token, session.ended = row, token, row is None


def _note_seen(row: LoginSession) -> None:
    with transaction() as store:
        store.execute(update(LoginSession).where(LoginSession.id == row.id).values(seen_at=now()))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
