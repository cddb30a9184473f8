"""Applications to close accounts: the most urgent first, decided here before the clock does it. Clause 5.2.2a."""

from typing import Any

from flask import abort, g
from flask_login import current_user

from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import do_once, page, url_of_page, wanted_page
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.privacy.closing import approve, obstacles_now, refuse
from app.privacy.closures import closures_under_way, closures_waiting
from app.privacy.erasing import STEPS
from app.privacy.keeping import RULES, past_its_time
from app.privacy.policy import current_policy

CLOSURE = "/closures/<int(max=9223372036854775807):closure_id>"


@bp.get("/closures")
@requires("closures.decide")
def closures() -> Any:
    return _page()


@bp.post(f"{CLOSURE}/approval")
@requires("closures.decide")
@answers_once
def approve_closure(closure_id: int) -> Any:
    return _press("closures.approve", lambda: approve(closure_id, current_user.audit_ref, now()), "closure_approved")


@bp.post(f"{CLOSURE}/refusal")
@requires("closures.decide")
@answers_once
def refuse_closure(closure_id: int) -> Any:
    return _press("closures.refuse", lambda: refuse(closure_id, current_user.audit_ref, now()), "closure_refused")


@bp.get("/keeping")
@requires("closures.decide")
def keeping() -> Any:
    """What is kept by which rule, and what of it is past its time: nothing, if all is well. Clause 5.1.3b."""
    rules = sorted(RULES.values(), key=lambda rule: rule.name)
    texts = current_policy(today()).texts[g.locale].retention
    return page("keeping", counts=past_its_time(db.session(), now()), rules=rules, texts=texts)


def _press(button: str, act: Any, code: str) -> Any:
    if not button_pressed(button):
        abort(400)
    try:
        return do_once(act, code, "backoffice.closures")
    except BusinessError as refusal:
        return _page(refusal.status, refusal.text)


def _page(status: int = 200, refusal: Any = None) -> Any:
    rows, pager = page_of(db.session(), closures_waiting(), wanted_page(), url_of_page)
    found = obstacles_now(db.session(), rows, now())
    under_way = db.session.scalars(closures_under_way()).all()
    return page(
        "closures",
        status,
        closures=rows,
        pager=pager,
        found=found,
        under_way=under_way,
        steps=len(STEPS),
        refusal=refusal,
    )
