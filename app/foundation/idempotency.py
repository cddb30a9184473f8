"""A form is answered once: sent again, it gets the answer it got before. Clause 1.1.3a; FLOWS.md 2.

The token of every form holds a random number of its own rendering (`forms.make_token`). An act that spends or creates
keeps that number in its own transaction, with a keyed digest of what the form said and the answer; so two at once are
one act, and what dies before its commit leaves no trace and is done by the retry. A refusal is not kept. Placing an
order has a key of its own, which its order keeps for ever.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import Response, make_response, redirect, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import String, Table, delete, inspect, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.clock import now
from app.foundation.database import Id, Model, UtcDateTime, db, insert_into, transaction
from app.foundation.encryption import keyed_digest
from app.foundation.errors import BusinessError
from app.foundation.forms import nonce_of, sent_token
from app.foundation.jobs import every

P = ParamSpec("P")
REMEMBERED = timedelta(hours=24)
GUEST = 0


class AnswerGiven(Model):
    """What one sending of a form was answered with: an address to go on to. `who` is an account, 0 for a guest."""

    __tablename__ = "answers_given"
    __personal__ = False

    who: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    nonce: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FormSentBefore(BusinessError):
    """The same form came before with something else in it, and that was done."""

    message = _l("This form was sent before with something else in it, and that was done. Please open the page again.")
    status = 422


@dataclass(frozen=True)
class Sending:
    """One form that was sent: by whom, of which rendering, and a keyed digest of all that it said and to where."""

    who: int
    nonce: str
    digest: str


def this_sending() -> Sending:
    """The form that the present request carries."""
    places = {name: value for name, value in (request.view_args or {}).items() if name != "lang"}
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if not name.endswith("form_token"))
    files = sorted((name, _content_hash(file)) for name, file in request.files.items(multi=True))
    said = json.dumps([request.endpoint, places, fields, files], sort_keys=True)
    return Sending(getattr(current_user, "id", GUEST), nonce_of(sent_token()), keyed_digest("form", said))


def once(sending: Sending | None, act: Callable[[], str], at: datetime) -> str:
    """Do an act for this sending unless it was done; the address that answers it either way.

    What `act` raises leaves nothing behind. Raises FormSentBefore. Without a sending the act is just done.
    """
    with transaction() as session:
        if sending is None:
            return act()
        if not _is_claimed_now(session, sending, at):
            return _answer(session, sending) or ""
        answer = act()
        mine = (AnswerGiven.who == sending.who, AnswerGiven.nonce == sending.nonce)
        session.execute(update(AnswerGiven).where(*mine).values(answer=answer))
        return answer


def answers_once(view: Callable[P, Any]) -> Callable[P, Response]:
    """A view whose act goes through `once`: what was answered already is answered so before anything is looked at.

    Looked up again where the view refuses: the same form may have been answered in that very moment.
    """

    @wraps(view)
    def answering(*args: P.args, **kwargs: P.kwargs) -> Response:
        sending, session = this_sending(), db.session()
        if before := _answer(session, sending):
            return cast("Response", redirect(before, 303))
        answer = make_response(view(*args, **kwargs))
        if answer.status_code >= 400 and (before := _answer(session, sending)):
            return cast("Response", redirect(before, 303))
        return answer

    return answering


@every(seconds=600, name="idempotency.forget")
def forget() -> int:
    """Forget what was answered a day ago; returns how many."""
    old = now() - REMEMBERED
    if db.session.scalars(select(AnswerGiven.nonce).where(AnswerGiven.at <= old).limit(1)).first() is None:
        return 0
    with transaction() as session:
        gone = session.execute(delete(AnswerGiven).where(AnswerGiven.at <= old))
        return int(gone.rowcount)  # type: ignore[attr-defined]


_ANSWERS = cast("Table", inspect(AnswerGiven).local_table)


def _is_claimed_now(session: Session, sending: Sending, at: datetime) -> bool:
    """Whether this is the first; whoever claims the same at the same time waits here for the other's end."""
    row = insert_into(session, _ANSWERS).values(
        who=sending.who, nonce=sending.nonce, digest=sending.digest, answer="", at=at
    )
    return session.scalar(row.on_conflict_do_nothing().returning(_ANSWERS.c.nonce)) is not None


def _answer(session: Session, sending: Sending) -> str | None:
    """What this sending was answered before. Raises FormSentBefore."""
    mine = select(_ANSWERS.c.digest, _ANSWERS.c.answer).where(
        _ANSWERS.c.who == sending.who, _ANSWERS.c.nonce == sending.nonce
    )
    found = session.execute(mine).first()
    if found is None:
        return None
    if found.digest != sending.digest:
        raise FormSentBefore
    return str(found.answer)


def _content_hash(file: Any) -> str:
    """Of the whole file, wherever a form has read it up to; it can be read from its beginning afterwards."""
    file.stream.seek(0)
    digest = hashlib.file_digest(file.stream, "sha256").hexdigest()
    file.stream.seek(0)
    return digest
