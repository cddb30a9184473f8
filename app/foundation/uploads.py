"""Pictures that people upload: judged by content, re-encoded without metadata, sealed under their person's key.

Clauses 1.2.2(2), 5.1.1c: what is stored has no place, camera or comment in it, and is unreadable without the key.
"""

import io
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps

from app.foundation.errors import BusinessError
from app.foundation.personal_data import seal_bytes, unseal_bytes
from app.settings import current_settings

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_BYTES = 8 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
LONGEST_SIDE = 2400
STORED_TYPE = "image/webp"
NAME_BYTES = 16
_OURS = re.compile(r"([0-9a-f]{2}/[0-9a-f]{32}(\.part)?|products/[0-9a-f]{32}\.(webp|part))")


class BadPicture(BusinessError):
    """The file is not a picture that we take."""

    message = _l("Please choose a JPEG, PNG or WebP picture of at most 8 MB and 40 megapixels.")
    status = 422


def reencoded(content: bytes) -> bytes:
    """The picture as WebP, upright, at most 2400 pixels long, with no metadata. Raises BadPicture."""
    if not content or len(content) > LARGEST_BYTES:
        raise BadPicture
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > LARGEST_PIXELS:
                raise BadPicture
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            mode = "RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB"
            picture = upright.convert(mode)
    except BadPicture:
        raise
    except Exception as problem:  # a hostile file may raise anything that a decoder can
        raise BadPicture from problem
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=85, method=4)
    return out.getvalue()


def store_private(subject_id: int, content: bytes) -> str:
    """Seal a judged file under its person's key; returns the name to keep. Nothing plain touches the disk."""
    name = secrets.token_hex(NAME_BYTES)
    path = place_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_bytes(seal_bytes(subject_id, content, f"upload/{name}"))
    draft.replace(path)
    return name


@dataclass
class Uploads:
    """Sealed pictures of a form, by the names they are stored under."""

    names: list[str]
    are_kept: bool = False

    def keep(self) -> None:
        """The act has written the names down."""
        self.are_kept = True


@contextmanager
def uploading(subject_id: int, contents: Sequence[bytes]) -> Iterator[Uploads]:
    """Store pictures for the act inside the block, and delete them unless it ends well and has kept them.

    A form that is sent again stores its pictures and does not act: so nothing of it is left. Raises BadPicture.
    """
    uploads = Uploads([store_private(subject_id, picture) for picture in [reencoded(each) for each in contents]])
    try:
        yield uploads
    except BaseException:
        uploads.are_kept = False
        raise
    finally:
        if not uploads.are_kept:
            for name in uploads.names:
                remove_private(name)


def shrunk(picture: bytes, longest_side: int, quality: int = 82) -> tuple[bytes, tuple[int, int]]:
    """A re-encoded picture no longer than `longest_side` pixels, and its size."""
    with Image.open(io.BytesIO(picture), formats=["WEBP"]) as opened:
        opened.thumbnail((longest_side, longest_side))
        out = io.BytesIO()
        opened.save(out, "WEBP", quality=quality, method=4)
        return out.getvalue(), opened.size


def read_private(subject_id: int, name: str) -> bytes:
    """Open a sealed file. Raises FileNotFoundError, or KeyDestroyed once the person was erased."""
    return unseal_bytes(subject_id, place_of(name).read_bytes(), f"upload/{name}")


def is_file_name(value: str) -> bool:
    """Whether a value is the name of a sealed file, as `store_private` gives them."""
    return len(value) == 2 * NAME_BYTES and set(value) <= set("0123456789abcdef")


def remove_private(name: str) -> None:
    """Delete a sealed file; no error when it is gone already."""
    place_of(name).unlink(missing_ok=True)


def place_of(name: str) -> Path:
    """Where the sealed file of this name lies. Raises FileNotFoundError for what no file can be called."""
    if not name.isalnum():
        raise FileNotFoundError(name)
    return current_settings().uploads_dir / name[:2] / name


def stored_before(moment: datetime) -> list[Path]:
    """Files of the uploads folder, drafts too, that the shop itself wrote before `moment`."""
    folder = current_settings().uploads_dir
    ours = (place for place in folder.glob("*/*") if _OURS.fullmatch(str(place.relative_to(folder))))
    return [place for place in ours if is_older(place, moment)]


def is_older(place: Path, moment: datetime) -> bool:
    """Whether a file was written before `moment`; one that is gone was not."""
    try:
        return place.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False
