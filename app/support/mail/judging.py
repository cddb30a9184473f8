"""What a mail is: sent by a program, about which ticket, of what kind, on what topic. Pure. Clauses 7.1, 5.1.6."""

import re

from app.orders.numbers import order_number_in
from app.support.mail.reading import Mail
from app.support.vocabulary import COMPLAINT, DATA_REQUEST, LEAK, QUESTION

_ROBOTS = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+-].*)?@", re.I)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_NUMBER = re.compile(r"(?<![A-Za-z0-9])W([0-9]{12})(?![0-9])", re.I)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TOPICS = (
    ("privacy", r"隐私|个人信息|个人数据|我的数据|注销|privacy|personal (data|information)|my data|close my account"),
    ("payment", r"付款|支付|汇款|到账|发票|退款|payment|remit|invoice|refund|paid"),
    ("after-sales", r"售后|保修|维修|退货|换货|故障|算力不足|warranty|repair|return|broken|faulty|hashrate is"),
    ("delivery", r"发货|物流|快递|到货|运费|deliver|shipping|shipment|parcel|freight"),
    ("buying", r"报价|采购|购买|下单|库存|价格|price|quote|buy|order|stock"),
)
_KINDS = (
    (LEAK, r"泄露|泄漏|盗用|被盗|leak|stolen|hacked"),
    (DATA_REQUEST, r"(查询|查阅|复制|更正|删除|导出|注销).{0,12}(个人信息|数据|账户)"
                   r"|(access|delete|erase|copy|correct).{0,20}my (data|account)"),
    (COMPLAINT, r"投诉|举报|complain"),
)  # fmt: skip


def is_automatic(mail: Mail, own: str) -> bool:
    """Whether a program sent it: an answer to it could come back for ever. `own` is our address."""
    said = {
        name: mail.headers.get(name, "").strip().lower() for name in ("auto-submitted", "precedence", "return-path")
    }
    return (
        said["auto-submitted"] not in ("", "no")
        or said["precedence"] in _BULK
        or said["return-path"] == "<>"
        or any(
            name in mail.headers for name in ("list-id", "list-unsubscribe", "x-autoreply", "x-autorespond", "x-loop")
        )
        or mail.content_type == "multipart/report"
        or mail.sender == own.lower()
        or _ROBOTS.match(mail.sender) is not None
    )


def ticket_number_in(subject: str) -> str | None:
    """The number of the ticket that a subject names; None where its check digit does not fit."""
    for digits in _NUMBER.findall(subject):
        if order_number_in(digits):
            return f"W{digits}"
    return None


def kind_of(mail: Mail) -> str:
    """What it is, by the subject, else by the text; a question where nothing tells."""
    return _first(_KINDS, mail) or QUESTION


def topic_of(mail: Mail) -> str:
    """What it is about: by the address it went to (privacy@…), else by the words of subject, then text."""
    if any(
        address.startswith(("privacy@", "privacy+")) and _first(_TOPICS, mail) is None for address in mail.recipients
    ):
        return "privacy"
    return _first(_TOPICS, mail) or "other"


def language_of(mail: Mail) -> str:
    return "zh-cn" if _CHINESE.search(mail.subject + mail.text) else "en"


def _first(table: tuple[tuple[str, str], ...], mail: Mail) -> str | None:
    for text in (mail.subject, mail.text[:2000]):
        for code, words in table:
            if re.search(words, text, re.I):
                return code
    return None
