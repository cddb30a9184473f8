"""What people may add to their account, each piece with its use beside it, gone when it is emptied. Clause 1.1.1c."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.accounts.numbers import NotALandline, landline_number
from app.accounts.profile import Added, Profile, added_by, avatar_of, keep_profile, profile_of, remove_avatar
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, PurposeRefused, purpose
from app.settings import current_settings
from tests.accounts.builders import an_account, signed_in
from tests.accounts.visiting import form_of, send

texts = st.one_of(st.none(), st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF), min_size=1, max_size=9))


def a_picture(side=600):
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "JPEG")
    return out.getvalue()


def files():
    return {path for path in current_settings().uploads_dir.rglob("*") if path.is_file()}


@pytest.mark.clause("1.1.1c")
@given(steps=st.lists(st.builds(Added, texts, st.none(), texts), min_size=1, max_size=5))
def test_whatever_is_set_changed_and_emptied_the_last_word_stands(shop, steps):
    with shop.app_context():
        account = an_account()
        for step in steps:
            keep_profile(account, step, now())
            assert added_by(db.session(), account.id) == step
        row = profile_of(db.session(), account.id)
        empty = {name: getattr(row, f"{name}_sealed") is None for name in vars(steps[-1])}
        assert empty == {name: value is None for name, value in vars(steps[-1]).items()}


@pytest.mark.clause("1.1.1c")
def test_the_page_says_beside_each_input_what_it_is_used_for(client):
    signed_in(client, an_account())
    page = client.get("/en/account/profile").text
    assert all(field.why in page for field in Profile._personal)


@pytest.mark.clause("1.1.1c")
def test_the_form_keeps_and_empties_and_nobody_else_reads_it(client, app):
    account = an_account()
    signed_in(client, account)
    send(client, "/en/account/profile", manager_name="王经理", landline="010-8888 0000", address="北京市海淀区一号")
    assert added_by(db.session(), account.id) == Added("王经理", "+861088880000", "北京市海淀区一号")
    stranger = signed_in(app.test_client(), an_account())
    assert "王经理" not in stranger.get("/en/account/profile").text
    assert stranger.get("/en/account/profile/picture").status_code == 404
    send(client, "/en/account/profile", manager_name="", landline="", address="")
    assert added_by(db.session(), account.id) == Added()


@pytest.mark.clause("1.1.1c")
def test_no_use_that_was_not_stated(app):
    account = an_account()
    keep_profile(account, Added(landline="+861088880000"), now())
    row = profile_of(db.session(), account.id)
    with purpose(Purpose.PROMOTION), pytest.raises(PurposeRefused):
        row.landline  # noqa: B018 - reading it is the point


def test_a_wrong_landline_is_said_at_its_field_and_what_was_typed_stays(client):
    signed_in(client, an_account())
    answer = send(client, "/en/account/profile", manager_name="Ms Wang", landline="13800138000")
    assert answer.status_code == 422 and "area code" in answer.text and "Ms Wang" in answer.text


@pytest.mark.parametrize("typed", ["13800138000", "88", "abc", "+1 202 555 0100", "010-88880000转abc", "0" * 40])
def test_what_is_no_landline(typed):
    with pytest.raises(NotALandline):
        landline_number(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("010-8888 0000", "+861088880000"),
        ("（0755）8888 0000 转 123", "+8675588880000x123"),
        ("400 000 0000", "+864000000000"),
    ],
)
def test_landlines_as_people_write_them(typed, kept):
    assert landline_number(typed) == kept


@pytest.mark.clause("1.1.1c")
def test_a_picture_is_small_and_bare_replaced_and_removed_with_its_file(app):
    account, before = an_account(), files()
    keep_profile(account, Added(), now(), picture=a_picture())
    with Image.open(io.BytesIO(avatar_of(db.session(), account))) as shown:
        assert (shown.format, max(shown.size)) == ("WEBP", 256)
    keep_profile(account, Added(), now(), picture=a_picture(300))
    assert len(files() - before) == 1
    remove_avatar(account, now())
    assert files() == before
    with pytest.raises(NotFound):
        avatar_of(db.session(), account)


def test_a_file_that_is_no_picture_is_refused_and_leaves_nothing(client, app):
    signed_in(client, an_account())
    before = files()
    form = form_of(client.get("/en/account/profile"), "/en/account/profile")
    data = {**dict(form.filled()), "picture": (io.BytesIO(b"no picture"), "x.jpg")}
    answer = client.post("/en/account/profile", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422 and files() == before
