"""A testimonial as everybody reads it: the approved copy or nothing. Never kept by any cache of ours. 1.3, 4.3.1."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask import g, render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, purpose
from app.foundation.uploads import read_private
from app.shipping.provinces import PROVINCES
from app.testimonials.composing import PublicCopy, copy_of
from app.testimonials.masking import masked_contacts
from app.testimonials.models import Testimonial
from app.testimonials.queries import public_about

MOST_BESIDE_A_PRODUCT = 3


@dataclass(frozen=True)
class Shown:
    """What a page prints, in its language. `key` is "" in a preview, `at` the moment of publication."""

    key: str
    text: str
    lang: str
    name: str
    company: str
    province: str
    goods: Sequence[str]
    portrait: str
    """Address of the picture; "" where none was chosen."""
    at: datetime | None

    @property
    def signed(self) -> list[str]:
        """Who says it, as far as they want to be named."""
        return [part for part in (self.name, self.company, self.province) if part]


def shown(copy: PublicCopy, locale: str, portrait: str, key: str = "", at: datetime | None = None) -> Shown:
    """The copy in a page's words; contacts are masked again here, by what is known of them today. Clause 1.3."""
    province = PROVINCES.get(copy.province)
    return Shown(
        key=key,
        text=masked_contacts(copy.text),
        lang="zh-CN" if copy.language == "zh-cn" else "en",
        name=masked_contacts(copy.name),
        company=copy.company,
        province=province.name(locale) if province else "",
        goods=[each.name(locale) for each in copy.goods],
        portrait=portrait if copy.avatar else "",
        at=at,
    )


def shown_public(rows: Iterable[Testimonial], locale: str) -> Iterator[Shown]:
    """Those that are what was approved; what does not open any more, or is not that, is left out."""
    for row in rows:
        try:
            copy = copy_of(row)
        except (KeyDestroyed, ValueError):
            continue
        if copy.digest == row.digest:
            picture = url_for("testimonials.picture", key=row.key)
            yield shown(copy, locale, picture, row.key, row.published_at)


def portrait_in(row: Testimonial) -> bytes:
    """The picture that was approved. Raises NotFound."""
    with purpose(Purpose.SERVICE):
        name = row.avatar
    if name is None:
        raise NotFound
    try:
        content = read_private(row.subject_id, name)
    except (FileNotFoundError, KeyDestroyed):
        raise NotFound from None
    if sha256(content).hexdigest() != row.avatar_digest:
        raise NotFound
    return content


def words_about(slug: str) -> Markup:
    """The block of a product's page. Outside the kept pieces of that page, so that nothing has to be thrown away."""
    session: Session = db.session()
    found = list(shown_public(session.scalars(public_about(slug).limit(MOST_BESIDE_A_PRODUCT)), g.locale))
    if not found:
        return Markup()
    block = render_template("testimonials/_beside.html", testimonials=found)
    return Markup(block)  # noqa: S704  # nosec B704 - made by a template, which escapes
