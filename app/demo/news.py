"""News of the demonstration shop: three pieces that everybody reads, and a draft."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.demo.people import account_of
from app.foundation.clock import at
from app.foundation.database import db
from app.news.models import NewsItem
from app.news.writing import Story, draft_news, publish_news

WRITTEN = (
    (40.0, Story(
        "成都仓启用", "The Chengdu warehouse opens",
        "成都仓已经启用，西南地区的现货订单改由成都仓发出，到货时间缩短一至两天。\n\n商品页上可以看到每个仓库的库存。",
        "The Chengdu warehouse is open: machines in stock for the south-west leave from there and arrive one or two "
        "days earlier.\n\nThe page of each machine shows what lies in which warehouse.",
    )),
    (12.0, Story(
        "请只向本站公布的账户汇款", "Remit only to the account shown here",
        "近期有人冒充矿机云商，以短信和聊天要求改汇其他账户。我们的收款账户只以本站“收款账户核实”页面显示的为准，"
        "绝不会以电话、短信或聊天通知改动。如有疑问请拨打热线。",
        "Somebody pretends to be Yunshang and asks by SMS and chat to remit to other accounts. Only the account on the "
        "page “Verify our account” is ours, and we never tell of a change by phone, SMS or chat. If in doubt, call the "
        "hotline.",
    )),
    (3.0, Story(
        "春季期货开放预订", "Futures of the spring are open",
        "多款水冷和风冷机型的春季期货已开放预订。定金比例、尾款期限和延期补偿写在商品页上，下单后不再改变。",
        "Several hydro and air-cooled models can be ordered for the spring. Deposit, day of the balance and "
        "compensation for late shipping stand on the page of each machine and never change after you order.",
    )),
)  # fmt: skip
DRAFT = Story("春节期间的发货安排", "Shipping over the Spring Festival", "（待定）", "(to be written)")


def tell_news(start: datetime) -> int:
    """Safe to repeat: what has been written is not written again."""
    manager = account_of("manager")
    if manager is None:
        return 0
    known = set(db.session.scalars(select(NewsItem.title_zh)))
    for days, story in WRITTEN:
        if story.title_zh not in known:
            with at(start - timedelta(days)):
                item = draft_news(story, manager.audit_ref, start - timedelta(days))
                publish_news(item.id, manager.audit_ref, start - timedelta(days))
    if DRAFT.title_zh not in known:
        draft_news(DRAFT, manager.audit_ref, start)
    return len(WRITTEN) + 1
