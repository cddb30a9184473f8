"""Demands for data in the demonstration shop: one was met, one refused, one waits at the desk for two people."""

from datetime import datetime, timedelta
from hashlib import sha256

from pyrage.x25519 import Identity
from sqlalchemy import select

from app.demo.people import account_of, actor_of
from app.disclosures.deciding import approve, examine, refuse
from app.disclosures.giving import give
from app.disclosures.kinds import ORDER, PROTECTION
from app.disclosures.models import DisclosureCase
from app.disclosures.opening import Demand, record_demand
from app.disclosures.telling import tell_all
from app.foundation.clock import SHANGHAI, at
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose

PAPER = b"%PDF-1.4\n% yunshang demo: in place of a paper that nobody sent\n"
DEMANDS = (
    (12, ORDER, "成都市双流区人民法院", "《民事诉讼法》第七十条，（2026）川 0116 民初 1 号", "买卖合同纠纷，核对收货",
     "customer1", ("orders", "orders.consignee"), "given"),
    (9, ORDER, "某市场调查中心", "未写明", "索取全部买家名单",
     "customer2", ("accounts.name", "accounts.phone"), "refused"),
    (1, PROTECTION, "成都市公安局", "《反电信网络诈骗法》第二十六条", "冒用本店名义诈骗，核对涉案订单",
     "customer3", ("orders", "accounts.phone"), "waits"),
)  # fmt: skip
"""Days ago, kind, from whom, on which basis, about what, of whom, which fields, and what became of it."""


def demand_data(start: datetime) -> int:
    """How many were recorded. Safe to repeat and to interrupt: nothing is demanded twice."""
    return sum(_demand(start, *each) for each in DEMANDS)


def _demand(
    start: datetime, days: int, kind: str, authority: str, basis: str, reason: str, who: str, fields: tuple[str, ...],
    end: str,
) -> bool:  # fmt: skip
    account, moment = account_of(who), start - timedelta(days=days)
    known = db.session.scalars(select(DisclosureCase).where(DisclosureCase.authority == authority)).first()
    if account is None or known is not None:
        return False
    with at(moment):
        with purpose(Purpose.SERVICE):
            name = str(account.name)
        day = moment.astimezone(SHANGHAI).date()
        demand = Demand(
            kind=kind, authority=authority, legal_basis=basis, reason=reason, document=sha256(PAPER).hexdigest(),
            content=PAPER, persons=[name], fields=fields, from_day=day - timedelta(days=60), to_day=day,
            public_key=str(Identity.generate().to_public()), received_on=day, expires_on=day + timedelta(days=60),
        )  # fmt: skip
        case = record_demand(demand, actor_of("clerk"), moment)
        if end == "refused":
            refuse(case.number, "来件不是机关，没有法律依据", actor_of("manager"), moment)
        elif end == "given":
            examine(case.number, "按法院公开电话回拨核实", "与本案订单直接相关，只含一人", actor_of("manager"), moment)
            approve(case.number, actor_of("deputy"), moment)
            give(case.number)
            tell_all()
    return True
