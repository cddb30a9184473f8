"""Each gate of `make check` lets a clean house pass and finds a fault planted in it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GATES = ("format", "lint", "types", "imports", "templates", "security", "dead", "dependencies")
CLEAN = {
    "wsgi.py": "from app.factory import create_app\n\nprint(create_app())\n",
    "app/__init__.py": "",
    "app/foundation/__init__.py": "",
    "app/foundation/outbound.py": "import smtplib\n\nimport requests\n\nprint(smtplib, requests)\n",
    "app/foundation/sums.py": "def double(number: int) -> int:\n    return number * 2\n",
    "app/settings.py": "ODD = 1\n",
    "app/catalog/__init__.py": "",
    "app/catalog/views.py": "",
    "app/orders/__init__.py": "",
    "app/orders/unusual.py": "",
    "app/accounts/__init__.py": "",
    "app/marketing/__init__.py": "",
    "app/promotions/__init__.py": "",
    "app/recommendations/__init__.py": "",
    "app/search/__init__.py": "",
    "app/accounts/known_browsers.py": "",
    "app/measurement/__init__.py": "",
    "app/measurement/house.py": "from analytics.visit import LENGTH\n\nMEASURE = LENGTH\n",
    "app/payments/__init__.py": "",
    "app/payments/chinabank/__init__.py": "",
    "app/payments/chinabank/simulator.py": "import requests\n\nprint(requests)\n",
    "app/shipping/__init__.py": "",
    "app/shipping/kuaidi100/__init__.py": "",
    "app/shipping/kuaidi100/simulator.py": "import requests\n\nprint(requests)\n",
    "app/factory.py": (
        "from app.foundation.sums import double\nfrom app.measurement.house import MEASURE\n"
        "from app.settings import ODD\n\n\ndef create_app() -> int:\n    return double(MEASURE) + ODD\n"
    ),
    "analytics/__init__.py": "",
    "analytics/visit.py": "LENGTH = 1\n",
    "analytics/templates/page.html": '<p class="note">{{ text }}</p>\n',
    "templates/page.html": '<p class="note">{{ text }}</p>\n',
    "tests/__init__.py": "",
    "tests/house/__init__.py": "",
    "requirements.in": "requests\n",
    "requirements-scale.in": "",
    "requirements-dev.in": "",
}
FAULTS = {
    "an unformatted line": ("format", "app/foundation/planted.py", "x = {  'a':1 }\n", "planted.py"),
    "an unused import": ("lint", "app/foundation/planted.py", "import os\n", "F401"),
    "an untyped function in the foundation": (
        "types",
        "app/foundation/planted.py",
        "def f(x):\n    return x\n",
        "no-untyped-def",
    ),
    "an untyped function in the counting house": (
        "types",
        "analytics/planted.py",
        "def f(x):\n    return x\n",
        "no-untyped-def",
    ),
    "a wrong type in a slice": ("types", "app/orders/planted.py", 'def f() -> int:\n    return "1"\n', "return-value"),
    "an import that runs upward": (
        "imports",
        "app/foundation/planted.py",
        "import app.orders\n",
        "app.foundation.planted -> app.orders",
    ),
    "the counting house knowing the shop": (
        "imports",
        "analytics/planted.py",
        "import app.orders\n",
        "analytics.planted -> app.orders",
    ),
    "a second door to the counting house": (
        "imports",
        "app/orders/planted.py",
        "import analytics.visit\n",
        "app.orders.planted -> analytics.visit",
    ),
    "another slice's views": (
        "imports",
        "app/orders/planted.py",
        "import app.catalog.views\n",
        "app.orders.planted imports app.catalog.views",
    ),
    "marketing in what is unusual": (
        "imports",
        "app/orders/unusual.py",
        "import app.measurement\n",
        "app.orders.unusual -> app.measurement",
    ),
    "another door to the outside": (
        "imports",
        "app/orders/planted.py",
        "import requests\n",
        "app.orders.planted -> requests",
    ),
    "counts in what is suggested": (
        "imports",
        "app/recommendations/planted.py",
        "import app.measurement\n",
        "app.recommendations.planted -> app.measurement",
    ),
    "an inline style": ("templates", "templates/planted.html", '<p style="color: red">x</p>\n', "H021"),
    "an open tag": ("templates", "analytics/templates/planted.html", "<div><p>x</p>\n", "H025"),
    "an eval": ("security", "app/orders/planted.py", "def f(x):\n    return eval(x)\n", "B307"),
    "a function that nobody calls": (
        "dead",
        "app/orders/planted.py",
        "def nobody_calls_me():\n    return 1\n",
        "nobody_calls_me",
    ),
    "a package that is not required": ("dependencies", "app/orders/planted.py", "import segno\n", "DEP00"),
    "a required package that is not used": ("dependencies", "requirements.in", "segno\n", "DEP002"),
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small clean house with our own Makefile and rules, in the environment that we run in."""
    for name, text in CLEAN.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for name in ("Makefile", "pyproject.toml", "tests/house/contracts.py", "tests/house/dead.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def run_gate(house: Path, gate: str) -> subprocess.CompletedProcess[str]:
    argv = ["make", "--old-file=.venv/.dev", gate]
    return subprocess.run(argv, cwd=house, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("gate", GATES)
def test_a_clean_house_passes(house: Path, gate: str) -> None:
    run = run_gate(house, gate)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(house: Path, fault: str) -> None:
    gate, file, text, word = FAULTS[fault]
    with (house / file).open("a") as planted:
        planted.write(text)
    run = run_gate(house, gate)
    assert run.returncode != 0
    assert word in run.stdout + run.stderr


def test_check_goes_through_every_gate() -> None:
    dry = subprocess.run(
        ["make", "--dry-run", "--old-file=.venv/.dev", "check"], cwd=ROOT, capture_output=True, text=True
    )
    tools = ("ruff format", "ruff check", "mypy", "lint-imports", "djlint", "bandit", "tests.house.dead", "deptry")
    assert [tool for tool in tools if tool not in dry.stdout] == []
