"""A drill of a breach in the demonstration shop: everything is worked out, and nobody is shut out or told."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.breaches.acting import ask_release, note_containment, open_breach
from app.breaches.affected import Leak
from app.breaches.models import Breach
from app.demo.people import actor_of
from app.foundation.clock import at
from app.foundation.database import db

TEXTS = {
    "zh": {
        "cause": "演练：假设一份数据库备份的副本被取走。",
        "harm": "演练：收货人可能接到冒充本店的电话。",
        "measures": "演练：备份已加密，密钥已更换；请勿向来电者提供验证码。",
    },
    "en": {
        "cause": "Drill: suppose that a copy of a backup was taken.",
        "harm": "Drill: consignees may be called by somebody who pretends to be us.",
        "measures": "Drill: backups are encrypted and the keys were changed; give no code to whoever calls.",
    },
}


def drill_a_breach(start: datetime) -> int:
    """How many were begun. Safe to repeat and to interrupt."""
    if db.session.scalars(select(Breach.id).limit(1)).first() is not None:
        return 0
    moment = start - timedelta(hours=20)
    with at(moment):
        leak = Leak(moment - timedelta(days=2), moment, tables=("addresses", "orders"), texts=TEXTS)
        drill = open_breach(leak, moment, by=actor_of("manager"), is_drill=True)
        note_containment(drill.number, "演练：旧密钥作废，备份存放处改为只写。", actor_of("manager"), moment)
        ask_release(drill.number, actor_of("deputy"), moment)
    return 1
