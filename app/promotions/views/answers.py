"""What a visitor presses at an advertisement: hide it, or answer whether it may be counted. No script, no sign-in."""

from dataclasses import replace

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.foundation.clock import today
from app.foundation.forms import button_pressed
from app.foundation.ways import own_path, with_notice
from app.privacy.choices import save_choices, saved_choices
from app.privacy.policy import current_policy
from app.privacy.prefs import prefs_of, save_prefs
from app.promotions.banner import MARK
from app.promotions.browser_memory import with_hidden
from app.promotions.views import bp


@bp.post("/offers/<int(max=65535):number>/dismissal")
def hide(number: int) -> ResponseReturnValue:
    if not button_pressed("promotions.hide"):
        return _back("stale")
    answer = _back("offer_hidden")
    save_prefs(answer, with_hidden(prefs_of(request), number, today()))
    return answer


@bp.post("/offers/counting")
def answer_counting() -> ResponseReturnValue:
    """Remembered like every other choice: who has answered is not asked again."""
    said = request.form.get("answer")
    if said not in ("yes", "no"):
        abort(400)
    if not button_pressed("promotions.counting"):
        return _back("stale")
    saved = saved_choices(request)
    seen = saved.policy_seen or current_policy(today()).version
    answer = _back("offer_counted" if said == "yes" else "offer_not_counted")
    save_choices(answer, replace(saved, promotion=said == "yes", policy_seen=seen, made=True))
    return answer


def _back(done: str) -> Response:
    """To the page where the button stood, without the marks of an earlier act."""
    return redirect(with_notice(own_path(request.form.get("next"), url_for("catalog.home")), done, MARK), 303)
