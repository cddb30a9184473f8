"""A request of research in the demonstration shop, which waits for two people."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select

from app.demo.disclosures import PAPER
from app.demo.people import actor_of
from app.disclosures.research.deciding import Asked, record_request
from app.disclosures.research.models import ResearchRequest
from app.foundation.clock import SHANGHAI
from app.foundation.database import db


def ask_for_totals(start: datetime) -> int:
    """How many were recorded. Safe to repeat."""
    if db.session.scalar(select(ResearchRequest.id).limit(1)) is not None:
        return 0
    day, digest = start.astimezone(SHANGHAI).date(), sha256(PAPER).hexdigest()
    asked = Asked(
        institution="示例大学数据研究所",
        topic="线上推广的到达与购买",
        purpose="比较不同版面的到达率，只用于一篇论文",
        document=digest,
        document_content=PAPER,
        agreement=digest,
        agreement_content=PAPER,
        agreement_ends_on=day + timedelta(days=365),
        tables=("visits", "reach", "devices"),
        from_day=day - timedelta(days=90),
        to_day=day,
        received_on=day,
        expires_on=day + timedelta(days=180),
    )
    record_request(asked, actor_of("clerk"), start)
    return 1
