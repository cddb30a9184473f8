"""Nothing beside one's own copy and the cases of chapter 4 gives personal data away in bulk. Clause 4.2."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Group
from flask import Flask

from app.foundation.permissions import STAFF_ROLES
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.checkout.builders import an_address, an_order
from tests.disclosures.builders import name_of
from tests.house import files
from tests.transfers.test_giving import numbers

pytestmark = pytest.mark.clause("4.2")

PACKING = {
    "app/privacy/export.py": "one's own copy",
    "app/disclosures/giving.py": "a demand of an authority, for the people of its case",
    "app/transfers/giving.py": "a transfer",
}
"""Who makes packages of files, or reads by a scope."""
HANDING_OUT = {
    "app/privacy/views/my_data.py": "one's own copy",
    "app/privacy/views/documents.py": "a text of ours",
    "app/backoffice/views/answers.py": "a sealed paper, or a file of a demand",
    "app/backoffice/views/transfers.py": "a transfer",
    "app/foundation/http_edge.py": "a document of one order of one's own",
    "app/after_sales/pages.py": "a photograph of one case",
    "app/payments/views/remittance.py": "a voucher of one order",
    "analytics/dashboard/views.py": "counters",
}
"""Who answers with a file, and what it is."""


def sources() -> Iterator[tuple[str, str]]:
    for path, text in files.code().items():
        if path.parts[0] in ("app", "analytics") and "migrations" not in path.parts:
            yield str(path), text


def callers_of(*names: str) -> set[str]:
    found = set()
    for path, text in sources():
        for node in ast.walk(ast.parse(text)):
            called = getattr(node, "func", None)
            if getattr(called, "id", getattr(called, "attr", "")) in names:
                found.add(path)
    return found


def test_packages_are_made_for_ones_own_copy_and_for_cases_alone():
    assert callers_of("zipped", "write_encrypted", "content_about", "ZipFile") - {"app/privacy/packages.py"} == set(
        PACKING
    )


def test_files_are_handed_out_by_those_named_alone():
    handing = {path for path, text in sources() if re.search(r"Content-Disposition\"", text)}
    assert handing == set(HANDING_OUT)
    assert callers_of("sealed_file") == {"app/backoffice/views/disclosures.py", "app/backoffice/views/transfers.py"}


def test_what_reads_tables_as_spreadsheets_is_named():
    """Writing CSV: copies and cases, counters, and the made-up statement of a demonstration."""
    assert callers_of("csv_lines") == {"app/privacy/export.py", "app/privacy/scope.py"}
    writers = {path for path, text in sources() if re.search(r"csv\.(writer|DictWriter)\(", text)}
    assert writers == {"app/privacy/export.py", "analytics/dashboard/files.py", "app/demo/money.py"}


def test_no_command_opens_a_sealed_field():
    """A command could print all of them: none declares a purpose, without which no field opens."""

    def opens(path: str) -> bool:
        text = Path(files.ROOT / path).read_text()
        return "purpose(" in text or ".read(" in text and "_personal" in text

    named = {path for path, text in sources() if "click" in text or path.endswith("commands.py")}
    assert len(named) > 5 and not [path for path in named if opens(path)]


def commands(group: Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_no_command_is_called_an_export(app: Flask):
    assert not [name for name in commands(app.cli) if re.search("export|dump|download", name)]


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_no_page_of_a_desk_holds_the_numbers_of_two_people(app: Flask, role: str):
    """Every address that needs nothing named, opened by each role: lists are masked."""
    people = [an_account() for _ in range(4)]
    for each in people:
        an_address(each)
        an_order(account=each)
    client = signed_in(app.test_client(), a_staff_member(role))
    plain = [*(number.removeprefix("+86") for number in numbers(people)), *map(name_of, people)]
    seen, opened = {}, 0
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments - {"lang"}:
            answer = client.get(re.sub(r"<[^>]*lang>", "en", rule.rule), buffered=True)
            opened += answer.status_code == 200
            if found := [word for word in plain if word.encode() in answer.data]:
                seen[rule.rule] = found
    assert opened > 40 and not {rule: found for rule, found in seen.items() if len(found) > 1}
