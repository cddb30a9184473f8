"""The adapter: where the institution is, what it may be given, how it is asked. Clauses 1.1.4a, 1.1.4c, 4.1.3(1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.foundation.languages import N_
from app.foundation.money import Money
from app.foundation.outbound import (
    TIMEOUT_SECONDS,
    Answer,
    Ground,
    Http,
    Recipient,
    Share,
    declare_recipient,
    disclose,
    send,
)
from app.foundation.personal_data import Purpose
from app.payments.chinabank.protocol import Merchant
from app.settings import Settings

CHINABANK = declare_recipient(
    Recipient(
        code="chinabank",
        name="网银在线",
        name_en="Chinabank (网银在线)",
        kind=N_("payment institution"),
        fields={
            "v_mid": N_("our merchant number"),
            "v_oid": N_("order number"),
            "v_amount": N_("amount"),
            "v_moneytype": N_("currency"),
            "v_url": N_("address to return to"),
            "remark2": N_("address for the notice"),
            "v_md5info": N_("signature"),
            "billNo_md5": N_("signature of a query"),
        },
        purposes=frozenset({Purpose.SERVICE}),
        grounds=frozenset({Ground.CORE}),
        use_days=3650,
        is_needed=True,
    )
)
NOTICE_PATH, RETURN_PATH = "/pay/chinabank/notice", "/pay/chinabank/return"
LONGEST_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True)
class Gateway:
    """The institution's two addresses, who we are there, and where our own site is."""

    pay_url: str
    query_url: str
    merchant: Merchant
    site_url: str

    @property
    def origin(self) -> str:
        """Scheme and host of the page that the buyer's browser posts to, for the content policy."""
        address = urlsplit(self.pay_url)
        return f"{address.scheme}://{address.netloc}"

    @property
    def action(self) -> str:
        """Where the form goes. Its texts are UTF-8, else the institution would read them as GBK."""
        return f"{self.pay_url}{'&' if urlsplit(self.pay_url).query else '?'}encoding=UTF-8"

    @property
    def notice_url(self) -> str:
        """Where the institution speaks to us by itself."""
        return f"{self.site_url}{NOTICE_PATH}"

    def return_url(self, lang: str) -> str:
        """Where the buyer's browser comes back to, in the language in which it left."""
        return f"{self.site_url}/{lang}{RETURN_PATH}"

    def form(self, oid: str, amount: Money, lang: str) -> dict[str, str]:
        """The fields that the buyer's browser carries over, and no other (1.1.4c)."""
        return self.merchant.payment(oid, amount, self.return_url(lang), self.notice_url)

    def ask(self, share: Share) -> bytes:
        """The page that answers a query; empty where there is none. Raises ShareRefused, NoAnswer."""
        answer = send(share, self._ask)
        return answer.content[:LONGEST_ANSWER_BYTES] if answer.status_code == 200 else b""

    def _ask(self, http: Http, fields: Mapping[str, Any]) -> Answer:
        return http.post(self.query_url, data=dict(fields), timeout=TIMEOUT_SECONDS, allow_redirects=False)


def gateway_of(settings: Settings) -> Gateway:
    merchant = Merchant(settings.chinabank_merchant, settings.chinabank_key)
    return Gateway(settings.chinabank_gateway, settings.chinabank_query, merchant, settings.site_url)


def share_with(fields: Mapping[str, str], *, subject: int | None, order: str) -> Share:
    """A share with the institution, for one order of the person whose audit reference is `subject`."""
    return Share(CHINABANK.code, Ground.CORE, Purpose.SERVICE, fields, subject=subject, about=order)


def hand_to_browser(share: Share) -> None:
    """Write down what the buyer's browser is about to carry over. Raises ShareRefused."""
    disclose(share)
