"""Photographs of a product: taken in, put in order, taken away."""

from typing import Any

from flask import abort
from flask_login import current_user

from app.backoffice.forms.goods import PictureForm
from app.backoffice.views import bp
from app.backoffice.views.answers import done, page
from app.backoffice.views.goods import PRODUCT
from app.catalog.errors import TooManyPictures
from app.catalog.picture_order import put_first
from app.catalog.pictures import MOST, ProductPicture, add_picture, pictures_of, remove_picture
from app.catalog.publishing import product_by_id
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.forms import button_pressed
from app.foundation.permissions import requires
from app.foundation.uploads import BadPicture
from app.settings import current_settings

PICTURE = f"{PRODUCT}/pictures/<int(max=2147483647):picture_id>"


@bp.get(f"{PRODUCT}/pictures")
@requires("goods.edit")
def pictures(product_id: int) -> Any:
    return _page(product_id, PictureForm())


@bp.post(f"{PRODUCT}/pictures")
@requires("goods.edit")
def upload_picture(product_id: int) -> Any:
    product, form = product_by_id(db.session(), product_id), PictureForm()
    if not form.validate_on_submit():
        return _page(product_id, form, 422)
    try:
        add_picture(
            product.id, form.file.data.read(), form.alt_zh.data, form.alt_en.data, now(),
            current_settings().uploads_dir, actor=current_user.audit_ref,
        )  # fmt: skip
    except (BadPicture, TooManyPictures) as refusal:
        form.file.errors = [*form.file.errors, refusal.text]
        return _page(product_id, form, 422)
    return done("picture_added", "backoffice.pictures", product_id=product_id)


@bp.post(f"{PICTURE}/removal")
@requires("goods.edit")
def remove_a_picture(product_id: int, picture_id: int) -> Any:
    picture = _pressed_for(product_id, picture_id)
    remove_picture(picture.id, now(), current_settings().uploads_dir, actor=current_user.audit_ref)
    return done("picture_removed", "backoffice.pictures", product_id=product_id)


@bp.post(f"{PICTURE}/first-place")
@requires("goods.edit")
def put_picture_first(product_id: int, picture_id: int) -> Any:
    picture = _pressed_for(product_id, picture_id)
    put_first(picture.id, now(), actor=current_user.audit_ref)
    return done("picture_moved", "backoffice.pictures", product_id=product_id)


def _pressed_for(product_id: int, picture_id: int) -> ProductPicture:
    """The picture of this very product. Raises NotFound."""
    if not button_pressed("backoffice.pictures"):
        abort(400)
    picture = db.session.get(ProductPicture, picture_id)
    if picture is None or picture.product_id != product_id:
        raise NotFound
    return picture


def _page(product_id: int, form: PictureForm, status: int = 200) -> Any:
    product = product_by_id(db.session(), product_id)
    return page(
        "pictures", status, product=product, form=form, pictures=pictures_of(db.session(), product.id), most=MOST
    )
