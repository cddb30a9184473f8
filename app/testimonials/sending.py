"""Sending a testimonial and taking it back: both the member's own acts, the second at any time. Clause 4.3.1."""

import secrets
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.personal_data import Purpose, purpose
from app.foundation.uploads import remove_private, store_private
from app.privacy.agreed_terms import manifest_for
from app.privacy.service_end import refuse_beginnings
from app.testimonials.composing import Chosen, PublicCopy, bought_by, composed, portrait_of
from app.testimonials.models import Testimonial, TestimonialGoods

CLAUSE = "4.3.1"
MOST = 5
"""So many of one member stand or wait at once."""


class AgreeFirst(BusinessError):
    """The version that the member runs under does not offer it. Clause 6.1a."""

    message = _l("This came with a newer version of the privacy policy. Please read and accept it first.")


class NoOrderYet(BusinessError):
    """Words of customers are those of people who bought something."""

    message = _l("This is for customers: it opens once an order of yours is completed.")


class Enough(BusinessError):
    """A member has as many as may stand at once."""

    message = _l("You have five already. Please take one back first.")


class NotAsSeen(BusinessError):
    """What would be public is not what the preview showed."""

    message = _l("Something differs from the preview that you saw. Please look at it again and then send it.")
    status = 422


def refuse_writing(session: Session, account: Account, at: datetime) -> None:
    """Raises AgreeFirst, NoOrderYet or Enough where a member cannot send one now."""
    mine = manifest_for(session, account.audit_ref, at.astimezone(SHANGHAI).date())
    if CLAUSE in mine.not_offered:
        raise AgreeFirst
    if not bought_by(session, account.id):
        raise NoOrderYet
    if (session.scalar(select(func.count()).where(Testimonial.account_id == account.id)) or 0) >= MOST:
        raise Enough


def send_testimonial(account: Account, chosen: Chosen, seen: str, at: datetime) -> Testimonial:
    """Ask for publication of what the preview with the digest `seen` showed; two people check it first.

    Raises NotAsSeen, AgreeFirst, NoOrderYet, Enough, ServiceEnds.
    """
    with transaction() as session:
        refuse_beginnings()
        session.get_one(Account, account.id, with_for_update=True)  # one at a time, so that the limit holds
        refuse_writing(session, account, at)
        copy = composed(session, account, chosen)
        if copy.digest != seen:
            raise NotAsSeen
        portrait = portrait_of(session, account) if copy.avatar else None
        file = store_private(account.subject_id, portrait) if portrait else None
        try:
            row = _row(account, copy, file, at)
            session.add(row)
            record(
                "testimonial.sent", actor=account.audit_ref, subject=account.audit_ref, testimonial=row.key,
                digest=copy.digest, items=_items(copy),
            )  # fmt: skip
            session.flush()
        except BaseException:
            if file:
                remove_private(file)
            raise
    return row


def withdraw_testimonial(account: Account, key: str) -> None:
    """Take one's own words back, whatever became of them: the row and its picture are deleted. Raises NotFound."""
    with transaction() as session:
        mine = select(Testimonial).where(Testimonial.account_id == account.id, Testimonial.key == key)
        row = session.scalars(mine.with_for_update()).one_or_none()
        if row is None:
            raise NotFound
        with purpose(Purpose.SERVICE):
            file = row.avatar
        facts = {"testimonial": key, "digest": row.digest, "was": row.state}
        session.delete(row)
        record("testimonial.withdrawn", actor=account.audit_ref, subject=account.audit_ref, **facts)
    if file:
        remove_private(file)


def _row(account: Account, copy: PublicCopy, file: str | None, at: datetime) -> Testimonial:
    row = Testimonial(
        account_id=account.id,
        subject_id=account.subject_id,
        audit_ref=account.audit_ref,
        key=secrets.token_urlsafe(12),
        language=copy.language,
        on_products=copy.on_products,
        digest=copy.digest,
        avatar_digest=copy.avatar,
        sent_at=at,
        text=copy.text,
        name=copy.name or None,
        company=copy.company or None,
        province=copy.province or None,
        avatar=file,
    )
    row.goods = [
        TestimonialGoods(position=n, product_id=each.product_id, name_zh=each.name_zh, name_en=each.name_en)
        for n, each in enumerate(copy.goods, 1)
    ]
    return row


def _items(copy: PublicCopy) -> list[str]:
    """What the member chose to stand there, by name, never by value."""
    chosen = {
        "name": copy.name, "company": copy.company, "province": copy.province, "avatar": copy.avatar,
        "goods": copy.goods, "on_products": copy.on_products,
    }  # fmt: skip
    return ["text", *(name for name, value in chosen.items() if value)]
