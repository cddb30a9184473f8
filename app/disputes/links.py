"""The link by which the other side opens a dispute: our signature over a random number, sent by SMS. Clause 4.1.3b.

It opens nothing more once the dispute has ended or its time has passed, once a newer link was sent, and once the
member's account is erased. Whoever holds an address that we signed is told so (410); a made-up one there is not (404).
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.disputes.ending import tell_other_side
from app.disputes.finding import locked
from app.disputes.lifecycle import LINK_LASTS
from app.disputes.models import Dispute, DisputeLink
from app.foundation import link_tokens
from app.foundation.audit import record
from app.foundation.database import new_id
from app.foundation.errors import BusinessError, NotFound
from app.foundation.languages import DEFAULT_LANGUAGE, format_day
from app.settings import current_settings

KIND = "dispute.link"


class ViewEnded(BusinessError):
    """The dispute is over, a newer link was sent, or the time of this one has passed."""

    message = _l("This dispute can no longer be viewed: it has ended, or this link has been replaced or has run out.")
    status = 410


def send_link(session: Session, dispute: Dispute, at: datetime) -> DisputeLink:
    """A new link for a locked, open dispute, by SMS to the number that the member named. Earlier ones end."""
    for earlier in dispute.links:
        earlier.revoked_at = earlier.revoked_at or at
    ends = min(at + LINK_LASTS, dispute.expires_at or at)
    link = DisputeLink(id=new_id(), dispute_id=dispute.id, made_at=at, ends_at=ends)
    dispute.links.insert(0, link)
    tell_other_side(session, dispute, "dispute.link", link=address_of(link), day=format_day(ends))
    record("dispute.link_sent", subject=dispute.audit_ref, number=dispute.number)
    return link


def address_of(link: DisputeLink) -> str:
    """The whole address, as the SMS says it."""
    return f"{current_settings().site_url}/{DEFAULT_LANGUAGE}/dispute/{token_of(link)}"


def token_of(link: DisputeLink) -> str:
    """What stands in the link's address."""
    return link_tokens.token_of(KIND, link.id)


def behind(session: Session, token: str, at: datetime) -> Dispute:
    """The open dispute behind a live link, locked until the transaction ends. Raises NotFound, ViewEnded."""
    link = session.get(DisputeLink, link_tokens.number_in(KIND, token))
    if link is None:
        raise ViewEnded
    try:
        dispute = locked(session, link.dispute_id)
    except NotFound:
        raise ViewEnded from None
    session.refresh(link)
    if link.revoked_at or link.ends_at <= at or not dispute.is_open_at(at):
        raise ViewEnded
    return dispute
