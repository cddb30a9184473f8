"""A buyer opens a case with a photograph and the desk answers: with script and without, at a desk and on a phone."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.part("chromium")
WORDS = {
    "zh-cn": {"open": "提交售后", "withdraw": "撤回工单", "withdrawn": "买家撤回"},
    "en": {
        "open": "Open the case",
        "withdraw": "Withdraw the case",
        "withdrawn": "Withdrawn by the buyer",
        "send": "Send",
    },
}


def a_photograph() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "gray").save(out, "JPEG")
    return {"name": "fault.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.mark.clause("1.2.2(2)")
@pytest.mark.parametrize(("lang", "size", "script"), [("zh-cn", PHONE, False), ("en", DESKTOP, True)])
def test_a_case_is_opened_answered_and_withdrawn(
    visitor: Callable[..., Visitor], customer: Any, dealings: dict[str, str], signed_in_staff: Callable[..., Any],
    lang: str, size: Any, script: bool,
):  # fmt: skip
    words = WORDS[lang]
    buyer = visitor(lang, viewport=size, java_script_enabled=script, storage_state=customer)
    page = buyer.open(f"{dealings['claimed']}/after-sales/new/1-1/repair")
    page.locator("[name=machines]").first.check()
    page.fill("[name=text]", "fan 2 stands still")
    page.set_input_files("[name=pictures]", a_photograph())
    buyer.press(words["open"])
    case = buyer.path
    assert case.startswith("/after-sales/") and page.locator(".evidence img").count() == 1
    shown = (
        page.locator(".evidence img").first.evaluate("it => [it.complete, it.naturalWidth]") if script else [True, 320]
    )
    assert shown == [True, 320]

    clerk = visitor("en", storage_state=signed_in_staff("clerk"))
    desk = clerk.open(f"/desk{case}")
    assert "fan 2 stands still" in desk.inner_text("main")
    desk.fill("[name=say-text]", "please send the log")
    clerk.send("/messages")
    buyer.open(case)
    assert "please send the log" in page.inner_text("main")
    page.locator("details.confirm summary").last.click()
    buyer.send("/withdrawal")
    assert words["withdrawn"] in page.inner_text("main")
    assert buyer.faults == [] and clerk.faults == []
