"""The profile: what people may add to their account. Only ever one's own: there is no id in its address. 1.1.1c."""

from flask import Response, abort, url_for
from flask_login import current_user, login_required

from app.accounts.forms.profile import ProfileForm
from app.accounts.profile import Profile, added_by, avatar_of, keep_profile, profile_of, remove_avatar
from app.accounts.views.blueprint import bp, go_on, page
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter, personal_page
from app.foundation.idempotency import this_sending
from app.foundation.uploads import STORED_TYPE, BadPicture


@bp.get("/account/profile")
@login_required
def profile() -> Response:
    return _page(ProfileForm(None, obj=added_by(db.session(), current_user.id)))


@bp.post("/account/profile", endpoint="profile_post")
@limiter.limit("30/minute")
@login_required
def profile_post() -> Response:
    form = ProfileForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        keep_profile(current_user._get_current_object(), form.added(), now(), this_sending(), form.content())
    except BadPicture as problem:
        form.refuse(problem)
        return _page(form, 422)
    return go_on(url_for("accounts.profile"), ["profile_kept"])


@bp.post("/account/profile/picture/removal")
@login_required
def profile_picture_removal() -> Response:
    if not button_pressed("accounts.profile"):
        abort(400)
    remove_avatar(current_user._get_current_object(), now())
    return go_on(url_for("accounts.profile"), ["profile_kept"])


@bp.get("/account/profile/picture")
@login_required
def profile_picture() -> Response:
    content = avatar_of(db.session(), current_user._get_current_object())
    return personal_page(Response(content, mimetype=STORED_TYPE))


def _page(form: ProfileForm, status: int = 200) -> Response:
    row = profile_of(db.session(), current_user.id)
    has_picture = row is not None and row.avatar_sealed is not None
    uses = {field.name: field.why for field in Profile._personal}
    return page("profile", status, form=form, has_picture=has_picture, uses=uses)
