"""People of the running shop, made as people come to it: a buyer registers, staff is added by a command."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

import pyotp

from bench.live import ROOT, LiveShop
from tests.browser.visitor import Visitor

PASSWORD = "grey ferry lamp"
WORDS = {
    "zh-cn": {"code": "获取短信验证码", "open": "注册", "sign in": "登录", "go on": "继续"},
    "en": {"code": "Send code by SMS", "open": "Open account", "sign in": "Sign in", "go on": "Continue"},
}
_serial = count(int(time.time()) % 10**6 * 10)


@dataclass(frozen=True)
class Staff:
    """Somebody with a desk, as `flask staff add` printed it."""

    name: str
    role: str
    authenticator: pyotp.TOTP


def new_staff(shop: LiveShop, role: str) -> Staff:
    """Somebody who works here, has signed for confidentiality and was trained today."""
    serial = next(_serial)
    name = f"{role}{serial}"
    said = _staff_command(shop, "add", name, "--role", role, "--phone", a_number(), "--password", PASSWORD)
    day, last = date.today(), date.today() + timedelta(days=300)
    signed = ["--scan", __file__, "--signed", f"{day}", "--trained", f"{day}", "--ends", f"{last}"]
    _staff_command(shop, "undertaking", name, *signed)
    address = re.search(r"otpauth://\S+", said)
    assert address, said
    factor = pyotp.parse_uri(address[0])
    assert isinstance(factor, pyotp.TOTP)
    return Staff(name, role, factor)


def _staff_command(shop: LiveShop, *words: str) -> str:
    argv = [sys.executable, "-m", "flask", "--app", "wsgi", "staff", *words]
    return subprocess.run(argv, cwd=ROOT, env=shop.environment, check=True, capture_output=True, text=True).stdout


def a_number() -> str:
    """A mobile number that nobody else has in this run."""
    return f"137{next(_serial):08d}"


def sign_in(visitor: Visitor, staff: Staff) -> None:
    """With password and authenticator, on the pages."""
    words = WORDS[visitor.lang]
    page = visitor.open("/login")
    page.fill("[name=name]", staff.name)
    page.fill("[name=password]", PASSWORD)
    visitor.press(words["sign in"])
    assert visitor.path == "/login/second-factor", visitor.page.url
    page.fill("[name=code]", staff.authenticator.now())
    visitor.press(words["go on"])


def register(visitor: Visitor, name: str, number: str) -> None:
    """From the registration page that is open: everything typed, the code read from the SMS inbox."""
    words, page = WORDS[visitor.lang], visitor.page
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=mobile]", number)
    page.check("[name=agreed]")
    visitor.press(words["code"])
    assert page.input_value("[name=name]") == name and page.is_checked("[name=agreed]")
    page.fill("[name=code]", code_sent_to(visitor, number))
    visitor.press(words["open"])


def code_sent_to(visitor: Visitor, number: str, seconds: float = 45) -> str:
    """The code of the newest SMS to that number, as the page /dev/sms shows it."""
    tab: Any = visitor.new_tab()
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            tab.goto(f"{visitor.url}/dev/sms")
            for said in tab.locator("main li").all_inner_texts():
                to, _, message = said.partition("\n")
                code = re.search(r"(?<!\d)\d{6}(?!\d)", message)
                if code and number in re.sub(r"\D", "", to):
                    return code[0]
            time.sleep(0.3)
    finally:
        tab.close()
    raise LookupError(f"no code reached {number}")
