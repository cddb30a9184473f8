"""The switch beside each block of suggestions. No script, no sign-in. Clause 2.5."""

from dataclasses import replace

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from app.foundation.clock import today
from app.foundation.forms import button_pressed
from app.foundation.notices import register_notices
from app.foundation.ways import own_path, with_notice
from app.privacy.changing_prefs import change_prefs
from app.privacy.choices import save_choices, saved_choices
from app.privacy.policy import current_policy

bp = Blueprint("recommendations", __name__)
_OFF = _l("Personal service is off: what you viewed is forgotten, and you see the same lists as everybody.")
register_notices({"personal_off": ("good", _OFF)})


@bp.post("/recommendations/off")
def switch_off() -> ResponseReturnValue:
    """Remembered like every other choice; the browser forgets at once what was viewed."""
    back = own_path(request.form.get("next"), url_for("catalog.home"))
    if not button_pressed("recommendations.off"):
        return redirect(with_notice(back, "stale"), 303)
    saved = saved_choices(request)
    answer = redirect(with_notice(back, "personal_off"), 303)
    seen = saved.policy_seen or current_policy(today()).version
    save_choices(answer, replace(saved, personal=False, policy_seen=seen, made=True))
    change_prefs(lambda kept: replace(kept, viewed=()))
    return answer
