"""What this browser allows and keeps: cookies, choices, deleting both. Clauses 3b, 3.1.2b."""

from dataclasses import replace

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as Answer

from app.foundation.clock import today
from app.foundation.cookies import REGISTER, delete_cookie
from app.foundation.http_edge import personal_page
from app.foundation.web_session import end_session
from app.privacy.choices import Choices, choices_of, save_choices, saved_choices
from app.privacy.cookie_guide import cookie_notes
from app.privacy.forms import ChoicesForm, DeletionForm
from app.privacy.links import link_of
from app.privacy.policy import current_policy
from app.privacy.prefs import CountedTerms, prefs_of, save_prefs
from app.privacy.views import bp


@bp.get("/privacy/cookies")
def cookies() -> Response:
    page = render_template(
        "privacy/cookies.html", notes=cookie_notes(request), mine=link_of("mine"), counts=link_of("counts")
    )
    return personal_page(make_response(page))


@bp.get("/privacy/choices")
def choices() -> ResponseReturnValue:
    saved = saved_choices(request)
    if "choices-saved" in request.args.getlist("done") and not saved.made:
        return redirect(url_for("privacy.choices", done="choices-not-kept"))
    form = ChoicesForm(data={"audience": saved.audience, "promotion": saved.promotion, "personal": saved.personal})
    return _choices_page(form, DeletionForm())


@bp.post("/privacy/choices")
def save() -> ResponseReturnValue:
    form = ChoicesForm()
    if not form.validate_on_submit():
        return _choices_page(form, DeletionForm()), 422
    chosen = _chosen(form)
    response = redirect(url_for("privacy.choices", done="choices-saved"), 303)
    save_choices(response, chosen)
    _forget_what_was_refused(response, chosen)
    return response


@bp.post("/privacy/choices/deletion")
def delete_cookies() -> ResponseReturnValue:
    form = DeletionForm()
    if not form.validate_on_submit():
        return _choices_page(ChoicesForm(formdata=None, obj=saved_choices(request)), form), 422
    end_session()
    response = redirect(url_for("privacy.choices", done="cookies-deleted"), 303)
    for name in REGISTER:
        if name != "choice" or form.choices_too.data:
            delete_cookie(response, name)
    return response


def _choices_page(form: ChoicesForm, deletion: DeletionForm) -> Response:
    kept = current_policy(today()).manifest.period("choice.kept")
    page = render_template("privacy/choices.html", form=form, deletion=deletion, choices=choices_of(request), kept=kept)
    return personal_page(make_response(page))


def _chosen(form: ChoicesForm) -> Choices:
    """What was ticked; under a signal the two switches it overrides stand as they were saved before."""
    chosen = Choices(
        audience=form.audience.data,
        promotion=form.promotion.data,
        personal=form.personal.data,
        policy_seen=current_policy(today()).version,
        made=True,
    )
    if choices_of(request).signal is None:
        return chosen
    before = saved_choices(request)
    return replace(chosen, audience=before.audience, promotion=before.promotion)


def _forget_what_was_refused(response: Answer, chosen: Choices) -> None:
    """A refused switch takes with it what was remembered for it: its cookie, what was viewed, which terms counted."""
    if not chosen.audience:
        delete_cookie(response, "visit")
    if not chosen.promotion:
        delete_cookie(response, "promo")
    prefs = prefs_of(request)
    kept = replace(
        prefs,
        viewed=prefs.viewed if chosen.personal else (),
        arm=prefs.arm if chosen.promotion else None,
        counted_terms=prefs.counted_terms if chosen.audience else CountedTerms(),
    )
    if kept != prefs:
        save_prefs(response, kept)
