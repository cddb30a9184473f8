"""The pages of the policy. The policy sets no cookie and needs neither script nor sign-in. Clauses P.1, 3b, 3.1.2b."""

from dataclasses import replace

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as Answer

from app.foundation.clock import today
from app.foundation.cookies import REGISTER, delete_cookie
from app.foundation.http_edge import personal_page
from app.foundation.personal_data import REGISTER as FIELDS
from app.foundation.web_session import end_session
from app.privacy import closure_views, data_views
from app.privacy.choices import Choices, choices_of, save_choices, saved_choices
from app.privacy.cookie_guide import cookie_notes
from app.privacy.differences import changes_between
from app.privacy.forms import ChoicesForm, DeletionForm
from app.privacy.links import link_of
from app.privacy.policy import UnknownVersion, current_policy, policy_version, predecessor_of, versions
from app.privacy.prefs import CountedTerms, prefs_of, save_prefs
from app.privacy.proof import read_result, rows_of
from app.privacy.texts import Text, Version

bp = Blueprint("privacy", __name__)
closure_views.add_to(bp)
data_views.add_to(bp)


@bp.get("/privacy")
def policy() -> str:
    return _policy_page(current_policy(today()))


@bp.get("/privacy/archive")
def archive() -> str:
    listed = [(version, predecessor_of(version)) for version in reversed(versions())]
    return render_template("privacy/archive.html", versions=listed, current=current_policy(today()))


@bp.get("/privacy/archive/<version>")
def archived(version: str) -> str:
    return _policy_page(_version_or_404(version))


@bp.get("/privacy/archive/<version>/text")
def served_text(version: str) -> Response:
    """The bytes whose SHA-256 is the digest shown."""
    text = _version_or_404(version).texts[g.locale]
    return Response(text.served, mimetype="text/plain")


@bp.get("/privacy/archive/<version>/changes")
def changes(version: str) -> str:
    new = _version_or_404(version)
    old = predecessor_of(new) or abort(404)
    found = changes_between(old, new, g.locale)
    return render_template("privacy/changes.html", old=old, new=new, changes=found)


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


@bp.get("/privacy/proof")
def proof() -> str:
    result = read_result()
    by_id = {clause.id: clause for clause in _text_in_force().clauses}
    return render_template(
        "privacy/proof.html", result=result, rows=rows_of(result), by_id=by_id, counts=link_of("counts")
    )


@bp.get("/privacy/fields")
def fields() -> str:
    declared = sorted(FIELDS, key=lambda field: (field.table, field.name))
    return render_template("privacy/fields.html", fields=declared, text=_text_in_force())


def _policy_page(version: Version) -> str:
    in_force = current_policy(today())
    return render_template(
        "privacy/policy.html", policy=version, text=version.texts[g.locale], in_force=in_force, link_of=link_of
    )


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


def _text_in_force() -> Text:
    return current_policy(today()).texts[g.locale]


def _version_or_404(version: str) -> Version:
    try:
        return policy_version(version)
    except UnknownVersion:
        abort(404)
