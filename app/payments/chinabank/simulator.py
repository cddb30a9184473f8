"""A stand-in for 网银在线: `python -m app.payments.chinabank.simulator [--port N]`. Development only.

It checks the pay form's signature for real, lets the buyer choose a bank, and on its pay page offers every way in which
a payment may go (`WAYS`), the wrong ones too. It notifies the shop, again and again until the answer is `ok`; sends the
browser back; answers queries. `GET /` lists what it knows and sends a notice once more, or one that was held back.
"""

import argparse
import html
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from urllib.parse import parse_qsl, quote_from_bytes, urlsplit

import requests

from app.foundation import standing_in
from app.payments.chinabank.protocol import FAILED, NOT_PAID, PAID, UNKNOWN_ORDER, Merchant, Word
from app.settings import Settings

BANKS = {
    "1025": "中国工商银行", "103": "中国农业银行", "104": "中国银行", "1051": "中国建设银行", "301": "交通银行",
    "3080": "招商银行", "305": "中国民生银行", "314": "浦发银行", "310": "北京银行", "309": "兴业银行",
    "313": "中信银行", "312": "光大银行", "311": "华夏银行", "3061": "广发银行", "307": "平安银行",
    "3230": "邮政储蓄银行", "326": "上海银行", "324": "杭州银行", "302": "宁波银行", "316": "南京银行",
    "343": "上海农商银行", "335": "北京农商银行",
}  # fmt: skip
WAYS = {
    "paid": "付款成功 Paid",
    "failed": "付款失败 Failed",
    "notice-first": "先通知，后返回 The notice arrives before the browser",
    "return-only": "只返回，不通知 The browser returns, no notice",
    "never": "不通知，也不返回 Neither notice nor return",
    "double": "通知两次 The notice comes twice",
    "held": "暂缓通知，由首页手动发出 The notice waits until sent from the first page",
    "wrong-amount": "金额不符，签名正确 Another amount, rightly signed",
    "wrong-signature": "签名错误 A wrong signature",
    "gbk": "文字为原始 GBK 字节 Texts as raw GBK bytes",
    "unpaid": "未付款，查询得 10 Not paid, a query says 10",
    "unknown": "查无此单，查询得 0 Unknown, a query says 0",
}
RESEND_AFTER_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 300.0)
TIMEOUT_SECONDS = 10


@dataclass
class Payment:
    """A pay form that was taken, and what became of it. `answers` are the shop's answers to its notices."""

    oid: str
    amount: str
    currency: str
    return_url: str
    notice_url: str
    encoding: str
    bank: str = ""
    status: str = NOT_PAID
    way: str = ""
    answers: list[str] = field(default_factory=list)


@dataclass
class Simulator:
    """The institution's books. `received` holds the very bytes that came, for whoever wants to compare them."""

    merchant: Merchant
    resend_after_seconds: tuple[float, ...] = RESEND_AFTER_SECONDS
    payments: dict[str, Payment] = field(default_factory=dict)
    received: list[bytes] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, form: Mapping[str, str], encoding: str) -> Payment | None:
        """Take a pay form; None unless every needed field is there and the signature is ours."""
        amount = Word(v_amount=form.get("v_amount", "")).amount
        notice_url = form.get("remark2", "").removeprefix("[url:=").removesuffix("]")
        if amount is None or not form.get("v_oid"):
            return None
        wanted = self.merchant.payment(form["v_oid"], amount, form.get("v_url", ""), notice_url)
        if any(form.get(name) != value for name, value in wanted.items()):
            return None
        with self._lock:
            known = self.payments.get(form["v_oid"])
            if known is None:
                known = self.payments[form["v_oid"]] = Payment(
                    form["v_oid"], form["v_amount"], form["v_moneytype"], form["v_url"], notice_url, encoding
                )
        return known

    def settle(self, payment: Payment, way: str) -> bool:
        """Let a payment go the way that was chosen. Returns whether the browser is sent back."""
        payment.way = way
        payment.status = {"failed": FAILED, "unpaid": NOT_PAID, "unknown": UNKNOWN_ORDER}.get(way, PAID)
        if way == "notice-first":
            self.notify(payment)
        elif way not in ("return-only", "never", "held", "unpaid", "unknown"):
            for _ in range(2 if way == "double" else 1):
                threading.Thread(target=self.notify, args=(payment,), daemon=True).start()
        return way not in ("never", "unpaid", "unknown")

    def notify(self, payment: Payment) -> None:
        """Tell the shop until it answers `ok`, or patience ends."""
        waited = threading.Event()
        for pause in (0.0, *self.resend_after_seconds):
            waited.wait(pause)
            answer = self._say(payment)
            payment.answers.append(answer)
            if answer == "ok":
                return

    def words(self, payment: Payment) -> dict[str, str]:
        """The fields of return, notice and answer, as the payment's way bends them."""
        amount = payment.amount
        if payment.way == "wrong-amount":
            amount = f"{amount[:-2]}{(int(amount[-2:]) + 1) % 100:02d}"
        signature = self.merchant.signed(payment.oid, payment.status, amount, payment.currency)
        return {
            "v_oid": payment.oid,
            "v_pstatus": payment.status,
            "v_amount": amount,
            "v_moneytype": payment.currency,
            "v_md5str": signature[::-1] if payment.way == "wrong-signature" else signature,
            "v_pmode": BANKS.get(payment.bank, ""),
            "v_pstring": "支付成功" if payment.status == PAID else "支付失败",
            "remark1": "",
            "remark2": f"[url:={payment.notice_url}]",
        }

    def answer(self, form: Mapping[str, str]) -> dict[str, str]:
        """The fields of an answered query; an unknown order has status 0, and so has a wrongly signed question."""
        oid = form.get("v_oid", "")
        payment = self.payments.get(oid)
        if payment is None or form != self.merchant.query(oid, form.get("v_url", "")):
            return {"v_oid": oid, "v_pstatus": UNKNOWN_ORDER}
        return self.words(payment)

    def _say(self, payment: Payment) -> str:
        try:
            with requests.Session() as http:
                http.trust_env = False
                kind = {"Content-Type": "application/x-www-form-urlencoded"}
                body = form_body(self.words(payment), payment.encoding, raw=payment.way == "gbk")
                said = http.post(
                    payment.notice_url, data=body, headers=kind, timeout=TIMEOUT_SECONDS, allow_redirects=False
                )
                return said.text[:40]
        except requests.RequestException as problem:
            return type(problem).__name__


def form_body(fields: Mapping[str, str], encoding: str, *, raw: bool = False) -> bytes:
    """Fields as a posted form; `raw` leaves GBK bytes as they are, as some of the institution's servers did."""
    if raw:
        return b"&".join(name.encode() + b"=" + value.replace("&", "").encode("gbk") for name, value in fields.items())
    return "&".join(f"{name}={quote_from_bytes(value.encode(encoding))}" for name, value in fields.items()).encode()


PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="{charset}"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ margin: 0; font: 16px/1.6 sans-serif; color: #20262e; background: #f3f5f8 }}
header {{ padding: 12px 16px; background: #0b4a8f; color: #fff }}
main {{ max-width: 720px; margin: 0 auto; padding: 16px }}
section {{ padding: 16px; background: #fff; border: 1px solid #d5dbe3 }}
h1 {{ margin: 0 0 12px; font-size: 22px }}
fieldset {{ margin: 16px 0; padding: 12px; border: 1px solid #d5dbe3 }}
dd {{ margin: 0 0 8px; font-weight: bold }}
.banks {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)) }}
label {{ display: block; padding: 4px 0 }}
button {{ padding: 10px 24px; font: inherit; color: #fff; background: #c2410c; border: 0 }}
table {{ display: block; overflow-x: auto }}
td, th {{ padding: 4px 8px; text-align: left }}
code {{ overflow-wrap: anywhere }}
</style></head><body><header>网银在线 Chinabank · 模拟系统 simulator, no real money</header>
<main><section><h1>{title}</h1>{content}</section></main>{script}</body></html>"""


def bank_page(payment: Payment) -> str:
    """The list of banks: it is here, at the institution, that the buyer says which one."""
    choices = "".join(
        f'<label><input type="radio" name="bank" value="{code}"{" checked" if code == "1025" else ""}> {name}</label>'
        for code, name in BANKS.items()
    )
    return (
        f'{_facts(payment)}<form method="post" action="/bank">{_hidden("v_oid", payment.oid)}'
        f'<fieldset><legend>选择银行 Choose your bank</legend><div class="banks">{choices}</div></fieldset>'
        "<button>下一步 Next</button></form>"
    )


def pay_page(payment: Payment) -> str:
    """The bank's own page, with the ways that a payment may go in the place of a bank login."""
    ways = "".join(
        f'<label><input type="radio" name="way" value="{way}"{" checked" if way == "paid" else ""}> {text}</label>'
        for way, text in WAYS.items()
    )
    return (
        f"<p>{html.escape(BANKS.get(payment.bank, ''))}</p>{_facts(payment)}"
        f'<form method="post" action="/pay">{_hidden("v_oid", payment.oid)}'
        f"<fieldset><legend>结果 What shall happen</legend>{ways}</fieldset><button>付款 Pay</button></form>"
    )


def way_back(payment: Payment, fields: Mapping[str, str]) -> str:
    """The form that carries the browser back to the shop; a press of the button, where there is no script."""
    inputs = "".join(_hidden(name, value) for name, value in fields.items())
    return (
        f'<p>{fields["v_pstring"]}</p><form id="back" method="post" action="{html.escape(payment.return_url)}">{inputs}'
        "<button>返回商户 Back to the shop</button></form>"
    )


def books_page(payments: Mapping[str, Payment]) -> str:
    """Everything the simulator knows, newest first."""
    rows = "".join(
        f"<tr><td><code>{html.escape(each.oid)}</code><td>{html.escape(each.amount)}<td>{each.status} {each.way}"
        f"<td>{html.escape(', '.join(each.answers))}<td>"
        f'<form method="post" action="/notices">{_hidden("v_oid", each.oid)}<button>通知 Notify</button></form></tr>'
        for each in list(payments.values())[::-1]
    )
    return f"<table><tr><th>订单 Order<th>金额 Amount<th>状态 State<th>应答 Answers<th></tr>{rows}</table>"


def _facts(payment: Payment) -> str:
    return (
        f"<dl><dt>订单号 Order</dt><dd><code>{html.escape(payment.oid)}</code></dd>"
        f"<dt>金额 Amount</dt><dd>¥{html.escape(payment.amount)}</dd></dl>"
    )


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'


BY_ITSELF = "<script>setTimeout(() => document.getElementById('back').submit(), 800)</script>"


class _Handler(standing_in.Handler):
    simulator: Simulator

    def do_POST(self) -> None:
        body = self.body()
        address = urlsplit(self.path)
        form = dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True))
        if address.path == "/PayGate":
            self.simulator.received.append(body)
            asked = dict(parse_qsl(address.query)).get("encoding", "GBK")
            return self._take(form, "utf-8" if asked.upper() == "UTF-8" else "gbk")
        if address.path == "/receiveorder.jsp":
            self.simulator.received.append(body)
            return self._answer(form)
        acts: dict[str, Callable[[Payment, Mapping[str, str]], None]] = {
            "/bank": self._choose_bank, "/pay": self._pay, "/notices": self._notify,
        }  # fmt: skip
        payment = self.simulator.payments.get(form.get("v_oid", ""))
        if payment is None or address.path not in acts:
            return self._show("查无此单 No such order", "", status=404)
        acts[address.path](payment, form)

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":  # browsers ask for it by themselves
            return self.write(204, b"", "image/x-icon")
        if urlsplit(self.path).path != "/":
            return self._show("查无此页 No such page", "", status=404)
        self._show("订单 Orders", books_page(self.simulator.payments))

    def _take(self, form: Mapping[str, str], encoding: str) -> None:
        payment = self.simulator.take(form, encoding)
        if payment is None:
            return self._show("MD5 校验失败 The signature is wrong", "")
        self._show("选择银行 Choose a bank", bank_page(payment))

    def _choose_bank(self, payment: Payment, form: Mapping[str, str]) -> None:
        payment.bank = form.get("bank", "")
        self._show("付款 Pay", pay_page(payment))

    def _pay(self, payment: Payment, form: Mapping[str, str]) -> None:
        way = form.get("way", "paid")
        if self.simulator.settle(payment, way if way in WAYS else "paid"):
            back = way_back(payment, self.simulator.words(payment))
            return self._show("付款结果 Result", back, script=BY_ITSELF)
        self._show("付款结果 Result", "<p>窗口可以关闭 You may close this window.</p>")

    def _notify(self, payment: Payment, form: Mapping[str, str]) -> None:
        self.simulator.notify(payment)
        self._show("订单 Orders", books_page(self.simulator.payments))

    def _answer(self, form: Mapping[str, str]) -> None:
        inputs = "".join(_hidden(name, value) for name, value in self.simulator.answer(form).items())
        back = html.escape(form.get("v_url", ""))
        page = f'<html><body><form name="E_FORM" method="post" action="{back}">{inputs}</form></body></html>'
        self.write(200, page.encode("gbk", "replace"), "text/html; charset=gb2312")

    def _show(self, title: str, content: str, *, script: str = "", status: int = 200) -> None:
        page = PAGE.format(charset="utf-8", title=title, content=content, script=script)
        self.write(status, page.encode(), "text/html; charset=utf-8")


def serve(simulator: Simulator, port: int) -> ThreadingHTTPServer:
    return standing_in.serve(_Handler, simulator, port)


def main() -> None:
    settings = Settings.from_environment()
    parser = argparse.ArgumentParser(description="A stand-in for 网银在线.")
    parser.add_argument("--port", type=int, default=urlsplit(settings.chinabank_gateway).port or settings.port + 2)
    port = parser.parse_args().port
    simulator = Simulator(Merchant(settings.chinabank_merchant, settings.chinabank_key))
    standing_in.serve_until_stopped(serve(simulator, port))


if __name__ == "__main__":
    main()
