"""Uploaded pictures: judged by content, stripped, sealed."""

import io

import pytest
from cryptography.exceptions import InvalidTag
from PIL import Image, PngImagePlugin

from app.foundation.data_keys import KeyDestroyed, create_subject, data_keys
from app.foundation.uploads import (
    LARGEST_BYTES,
    BadPicture,
    read_private,
    reencoded,
    remove_private,
    store_private,
    uploading,
)
from app.settings import current_settings

CANARY = b"CANARY-31.2304N-121.4737E"


def a_picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **options)
    return out.getvalue()


def with_metadata(form: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "N"
    if form == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", CANARY.decode())
        return a_picture(form, pnginfo=info, exif=exif)
    return a_picture(form, exif=exif, **({"xmp": CANARY} if form == "WEBP" else {"comment": CANARY}))


@pytest.mark.clause("1.2.2(2)")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_no_metadata_survives(form):
    before = with_metadata(form)
    assert CANARY in before
    after = reencoded(before)
    assert CANARY not in after
    with Image.open(io.BytesIO(after)) as picture:
        assert picture.size == (64, 48)
        assert not picture.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(picture.info)


def test_a_picture_is_judged_by_content_not_by_name():
    with pytest.raises(BadPicture):
        reencoded(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"GIF89a" + bytes(20), a_picture()[:200], bytes(5000)])
def test_what_is_not_a_whole_picture_is_refused(content):
    with pytest.raises(BadPicture):
        reencoded(content)


def test_a_file_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(BadPicture):
        reencoded(a_picture() + bytes(LARGEST_BYTES))


def test_a_picture_of_too_many_pixels_is_refused():
    with pytest.raises(BadPicture):
        reencoded(a_picture("PNG", (8000, 6000)))


def test_a_large_picture_is_made_smaller():
    with Image.open(io.BytesIO(reencoded(a_picture(size=(4000, 1000))))) as picture:
        assert picture.size == (2400, 600)


@pytest.mark.clause("5.1.1c")
def test_a_stored_picture_is_sealed_and_opens_for_its_person_only(app):
    me, other = create_subject(), create_subject()
    content = reencoded(a_picture())
    name = store_private(me, content)
    stored = next(current_settings().uploads_dir.rglob(name)).read_bytes()
    assert content[:40] not in stored
    assert read_private(me, name) == content
    with pytest.raises(InvalidTag):
        read_private(other, name)


@pytest.mark.clause("5.2.2b")
def test_a_stored_picture_is_gone_with_the_key(app):
    me = create_subject()
    name = store_private(me, reencoded(a_picture()))
    data_keys().destroy(me)
    with pytest.raises(KeyDestroyed):
        read_private(me, name)


def test_a_removed_picture_is_gone(app):
    me = create_subject()
    name = store_private(me, reencoded(a_picture()))
    remove_private(name)
    remove_private(name)
    with pytest.raises(FileNotFoundError):
        read_private(me, name)


def test_a_name_cannot_point_elsewhere(app):
    with pytest.raises(FileNotFoundError):
        read_private(1, "../keyring.json")


def files() -> set[str]:
    return {path.name for path in current_settings().uploads_dir.rglob("*") if path.is_file()}


def test_pictures_of_a_form_are_gone_unless_its_act_kept_them(app):
    me, before = create_subject(), files()
    with uploading(me, [a_picture(), a_picture()]) as refused:
        assert set(refused.names) <= files()
    assert files() == before
    with pytest.raises(ValueError), uploading(me, [a_picture()]) as failed:
        failed.keep()
        raise ValueError
    assert files() == before
    with uploading(me, [a_picture()]) as kept:
        kept.keep()
    assert files() - before == set(kept.names)


def test_of_several_pictures_of_which_one_is_bad_none_is_stored(app):
    me, before = create_subject(), files()
    with pytest.raises(BadPicture), uploading(me, [a_picture(), b"GIF89a"]):
        raise AssertionError("nothing is stored")
    assert files() == before
