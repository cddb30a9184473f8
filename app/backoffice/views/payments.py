"""What the payment institution said and nobody could book: each message with its reason, until a person settles it."""

from typing import Any

from flask import abort, request
from flask_login import current_user

from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, done, page, url_of_page, wanted_page
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.permissions import may, requires
from app.payments.chinabank.judging import VERDICTS
from app.payments.chinabank.listening import FORGED_KEPT, settle
from app.payments.chinabank.queries import DISTRUSTED, EVERY, TO_DECIDE, messages


@bp.get("/payments")
@requires("remittances.read")
def payments() -> Any:
    show = request.args.get("show", "")
    show = show if show in (DISTRUSTED, EVERY) else TO_DECIDE
    rows, pager = page_of(db.session(), messages(show), wanted_page(), url_of_page)
    return page(
        "payments", messages=rows, pager=pager, show=show, verdicts=VERDICTS, forged_kept_days=FORGED_KEPT.days,
        may_settle=may(current_user, "remittances.confirm"),
    )  # fmt: skip


@bp.post("/payments/<int(max=9223372036854775807):message_id>/settlement")
@requires("remittances.confirm")
def settle_payment_message(message_id: int) -> Any:
    if not button_pressed("backoffice.settle_payment_message"):
        abort(400)
    settle(message_id, actor(), now())
    return done("payment_message_settled", "backoffice.payments")
