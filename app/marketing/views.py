"""Two pages beside the dashboard: notes and goals, and the links that marketers register and retire."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, url_for
from flask_login import current_user

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.http_edge import personal_page
from app.foundation.languages import LANGUAGES
from app.foundation.permissions import requires
from app.marketing.forms import GoalForm, LinkForm, NoteForm
from app.marketing.known_links import KnownLinks
from app.marketing.noting import name_goal, remove_goal, remove_note, write_note
from app.marketing.queries import goals_in_order, latest_notes, live_links, retired_links
from app.marketing.registering import register_link, retire_link
from app.measurement.pages import STEPS, name_of_page
from app.settings import current_settings

bp = Blueprint("marketing", __name__, url_prefix="/dashboard")
NUMBER = "<int(max=2147483647):number>"


@bp.get("/notes")
@requires("dashboard.read")
def notes() -> Response:
    return _page(NoteForm(formdata=None), GoalForm(formdata=None))


@bp.post("/notes")
@requires("dashboard.read")
def write() -> Any:
    form = NoteForm()
    if form.validate_on_submit():
        try:
            write_note(*form.note(), actor=current_user.audit_ref)
            return _done("note_written")
        except BusinessError as refusal:
            form.day.errors = [*form.day.errors, refusal.text]
    return _page(form, GoalForm(formdata=None), 422)


@bp.post(f"/notes/{NUMBER}/removal")
@requires("dashboard.read")
def remove_a_note(number: int) -> Any:
    _pressed()
    remove_note(number, actor=current_user.audit_ref)
    return _done("note_removed")


@bp.post("/goals")
@requires("dashboard.read")
def name() -> Any:
    form = GoalForm()
    if form.validate_on_submit():
        try:
            name_goal(form.name.data or "", form.target(), actor=current_user.audit_ref)
            return _done("goal_named")
        except BusinessError as refusal:
            form.name.errors = [*form.name.errors, refusal.text]
    return _page(NoteForm(formdata=None), form, 422)


@bp.post(f"/goals/{NUMBER}/removal")
@requires("dashboard.read")
def remove_a_goal(number: int) -> Any:
    _pressed()
    remove_goal(number, actor=current_user.audit_ref)
    return _done("goal_removed")


@bp.get("/links")
@requires("dashboard.read")
def links() -> Response:
    form = LinkForm(formdata=None)
    form.target.data = "/"
    return _links_page(form)


@bp.post("/links")
@requires("dashboard.read")
def register() -> Any:
    form = LinkForm()
    if form.validate_on_submit():
        try:
            register_link(form.name.data or "", form.utm(), form.target.data or "", actor=current_user.audit_ref)
            _known_links().forget()
            return _done("link_registered", "links")
        except BusinessError as refusal:
            form.utm_source.errors = [*form.utm_source.errors, refusal.text]
    return _links_page(form, 422)


@bp.post(f"/links/{NUMBER}/retirement")
@requires("dashboard.read")
def retire(number: int) -> Any:
    _pressed("marketing.links")
    retire_link(number, now(), actor=current_user.audit_ref)
    _known_links().forget()
    return _done("link_retired", "links")


def _known_links() -> KnownLinks:
    known: KnownLinks = current_app.extensions["known_links"]
    return known


def _pressed(name: str = "marketing.notes") -> None:
    if not button_pressed(name):
        abort(400)


def _done(code: str, page: str = "notes") -> Any:
    return redirect(url_for(f"marketing.{page}", done=f"marketing_{code}"), 303)


def _links_page(form: LinkForm, status: int = 200) -> Response:
    page = render_template(
        "marketing/links.html",
        form=form,
        live=db.session.scalars(live_links()).all(),
        retired=db.session.scalars(retired_links().limit(200)).all(),
        site=current_settings().site_url,
        languages=list(LANGUAGES),
    )
    return personal_page(make_response(page, status))


def _page(note_form: NoteForm, goal_form: GoalForm, status: int = 200) -> Response:
    page = render_template(
        "marketing/notes.html",
        note_form=note_form,
        goal_form=goal_form,
        notes=db.session.scalars(latest_notes().limit(200)).all(),
        goals=db.session.scalars(goals_in_order()).all(),
        steps=STEPS,
        name_of_page=name_of_page,
    )
    return personal_page(make_response(page, status))
