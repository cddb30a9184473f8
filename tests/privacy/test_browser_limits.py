"""What no code of ours may do in or with a browser. Clauses 1.2.1(1), 1.2.2(1), 3a, 3.1.2a, 3.1.2b, 5.2.1."""

import ast
import re
from pathlib import Path

import pytest

from app.settings import ROOT

SCRIPTS = sorted(path for folder in ("static", "analytics") for path in (ROOT / folder).rglob("*.js"))
MODULES = sorted(path for path in (ROOT / "app").rglob("*.py") if path.name not in ("cookies.py", "cookie_firewall.py"))
FORBIDDEN_IN_SCRIPTS = {
    "device": r"getBattery|deviceMemory|hardwareConcurrency|userAgentData|navigator\.(userAgent|platform|plugins)",
    "other software": r"mimeTypes|getInstalledRelatedApps|navigator\.plugins|protocolHandler|ActiveXObject",
    "network": r"navigator\.connection|NetworkInformation|RTCPeerConnection",
    "position": r"geolocation|DeviceMotion|DeviceOrientation|Accelerometer|Gyroscope",
    "fingerprint": r"toDataURL|getImageData|AudioContext|measureText|enumerateDevices|screen\.(width|height)",
    "cookies and storage": r"document\.cookie|cookieStore|localStorage|sessionStorage|indexedDB",
    "another host": r"https?://(?!www\.w3\.org)",
}


@pytest.mark.clause("1.2.1(1)")
@pytest.mark.clause("1.2.1(2)")
@pytest.mark.clause("1.2.2(1)")
@pytest.mark.clause("3.1.2b")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
@pytest.mark.parametrize("what", FORBIDDEN_IN_SCRIPTS)
def test_no_script_asks_for(script: Path, what: str):
    assert re.findall(FORBIDDEN_IN_SCRIPTS[what], script.read_text()) == []


def test_there_are_scripts_to_look_at_and_a_planted_fault_would_be_found():
    assert SCRIPTS
    assert re.search(FORBIDDEN_IN_SCRIPTS["position"], "navigator.geolocation.getCurrentPosition(f)")
    assert re.search(FORBIDDEN_IN_SCRIPTS["cookies and storage"], "localStorage.setItem('id', 1)")


def goes_round_the_register(source: str) -> list[str]:
    """Calls that set a cookie on a response, and reads of a request's cookies, past `app.foundation.cookies`."""
    return [
        f"line {node.lineno}: {node.attr}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr in ("cookies", "set_cookie", "delete_cookie")
        and not (isinstance(node.value, ast.Name) and node.value.id in ("foundation", "privacy", "app"))
    ]  # fmt: skip


@pytest.mark.clause("3a")
@pytest.mark.clause("3.1.2a")
@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_reads_or_sets_a_cookie_past_the_register(module: Path):
    assert goes_round_the_register(module.read_text()) == []


@pytest.mark.parametrize("planted", ["request.cookies.get('sid')", "response.set_cookie('x', '1')"])
def test_a_reader_or_writer_past_the_register_would_be_found(planted: str):
    assert goes_round_the_register(planted)
