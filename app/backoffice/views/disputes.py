"""The disputes desk: what waits for an answer first, and one dispute with all that can be done. Clause 4.1.1(5)."""

from collections.abc import Callable
from typing import Any

from flask import abort, request
from flask_login import current_user

from app.after_sales.pages import picture_answer
from app.backoffice.forms.disputes import AcceptDisputeForm, CloseDisputeForm, DisputeWordsForm, RefuseDisputeForm
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page, url_of_page, wanted_page
from app.disputes import settling
from app.disputes.ending import DisputeMoved
from app.disputes.finding import dispute_numbered, disputes_in
from app.disputes.lifecycle import DRAFT, SENT, STATES
from app.disputes.models import Dispute
from app.disputes.pictures import chosen_picture, sent_picture
from app.disputes.showing import DisputeShown, for_staff
from app.disputes.words import choices_of
from app.disputes.writing import EnoughWritten
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.forms import Form, button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires

DISPUTE = "/disputes/<number>"
TABS = tuple(state for state in STATES if state != DRAFT)


@bp.get("/disputes")
@requires(settling.SETTLE)
def disputes() -> Any:
    state = request.args.get("state", SENT)
    state = state if state in TABS else SENT
    found, pager = page_of(db.session(), disputes_in(state), wanted_page(), url_of_page)
    return page("disputes", disputes=found, pager=pager, state=state, states={tab: STATES[tab] for tab in TABS})


@bp.get(DISPUTE)
@requires(settling.SETTLE)
def dispute(number: str) -> Any:
    return _dispute_page(number)


@bp.post(f"{DISPUTE}/acceptance")
@requires(settling.SETTLE)
@answers_once
def accept_dispute(number: str) -> Any:
    found, shown = _read(number)
    form = AcceptDisputeForm(choices_of(shown.blocks), prefix="accept-")
    if not form.validate_on_submit():
        return _dispute_page(number, 422, accept=form)
    return _do(found, "dispute_accepted", lambda: settling.accept(found.id, form.items.data or (), actor(), now()))


@bp.post(f"{DISPUTE}/refusal")
@requires(settling.SETTLE)
@answers_once
def refuse_dispute(number: str) -> Any:
    found, form = dispute_numbered(db.session(), number), RefuseDisputeForm(prefix="refuse-")
    if not form.validate_on_submit():
        return _dispute_page(number, 422, refuse=form)
    return _do(found, "dispute_refused", lambda: settling.refuse(found.id, form.why.data or "", actor(), now()))


@bp.post(f"{DISPUTE}/messages")
@requires(settling.SETTLE)
@answers_once
def write_in_dispute(number: str) -> Any:
    found, form = dispute_numbered(db.session(), number), DisputeWordsForm(prefix="say-")
    if not form.validate_on_submit():
        return _dispute_page(number, 422, say=form)
    try:
        return _do(found, "dispute_said", lambda: settling.write(found.id, form.text.data or "", actor(), now()))
    except EnoughWritten as refusal:
        form.text.errors = [*form.text.errors, refusal.text]
        return _dispute_page(number, 422, say=form)


@bp.post(f"{DISPUTE}/closing")
@requires(settling.SETTLE)
@answers_once
def close_dispute(number: str) -> Any:
    found, form = dispute_numbered(db.session(), number), CloseDisputeForm(prefix="close-")
    if not form.validate_on_submit():
        return _dispute_page(number, 422, close=form)
    said = form.outcome.data, form.finding.data or ""
    return _do(found, "dispute_closed", lambda: settling.close(found.id, *said, actor(), now()))


@bp.post(f"{DISPUTE}/link")
@requires(settling.SETTLE)
@answers_once
def link_dispute(number: str) -> Any:
    return _press(number, "dispute_linked", lambda found: settling.link_anew(found.id, actor(), now()))


@bp.post(f"{DISPUTE}/hidden/<int(max=9223372036854775807):entry_id>")
@requires(settling.SETTLE)
@answers_once
def hide_in_dispute(number: str, entry_id: int) -> Any:
    return _press(number, "dispute_hidden", lambda found: settling.hide(found.id, entry_id, actor(), now()))


@bp.get(f"{DISPUTE}/photographs/<int(max=99):position>")
@requires(settling.SETTLE)
def dispute_photograph(number: str, position: int) -> Any:
    """A photograph that the member chose."""
    found = dispute_numbered(db.session(), number)
    return _picture(found, chosen_picture(found, position))


@bp.get(f"{DISPUTE}/files/<int(max=9223372036854775807):entry_id>/<int(max=99):position>")
@requires(settling.SETTLE)
def dispute_file(number: str, entry_id: int, position: int) -> Any:
    """A picture that the other side sent."""
    found = dispute_numbered(db.session(), number)
    return _picture(found, sent_picture(found, entry_id, position, is_member=False))


def _picture(found: Dispute, picture: bytes) -> Any:
    """Each whole one that is looked at is on the ledger."""
    size = request.args.get("size")
    if size != "small":
        with transaction():
            record("dispute.picture_read", actor=actor().audit_ref, subject=found.audit_ref, number=found.number)
    return picture_answer(picture, size)


def _read(number: str) -> tuple[Dispute, DisputeShown]:
    """A dispute that somebody of the staff is about to read; the look is on the ledger first. Raises NotFound."""
    found = dispute_numbered(db.session(), number)
    try:
        shown = for_staff(found)
    except KeyDestroyed:
        raise NotFound from None
    with transaction():
        record("dispute.read", actor=current_user.audit_ref, subject=found.audit_ref, number=found.number)
    return found, shown


def _dispute_page(number: str, status: int = 200, **forms: Form) -> Any:
    found, shown = _read(number)
    accept = AcceptDisputeForm(choices_of(shown.blocks), None, prefix="accept-")
    accept.items.data = list(found.items)
    usual = {
        "accept": accept, "refuse": RefuseDisputeForm(None, prefix="refuse-"), "at": now(),
        "say": DisputeWordsForm(None, prefix="say-"), "close": CloseDisputeForm(None, prefix="close-"),
    }  # fmt: skip
    return page("dispute", status, dispute=found, shown=shown, **{**usual, **forms})


def _press(number: str, code: str, act: Callable[[Dispute], object]) -> Any:
    if not button_pressed("backoffice.dispute"):
        abort(400)
    found = dispute_numbered(db.session(), number)
    return _do(found, code, lambda: act(found))


def _do(found: Dispute, code: str, act: Callable[[], object]) -> Any:
    try:
        return do_once(act, code, "backoffice.dispute", number=found.number)
    except DisputeMoved:
        return _dispute_page(found.number, 409)
