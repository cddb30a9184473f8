"""Every guarded page against the one table of roles: nobody is let in by more than the table says. Clause 5.1.1e."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.foundation.permissions import ROLES, STAFF_ROLES
from tests.accounts.builders import a_staff_member, an_account, signed_in

PERMISSIONS = sorted(frozenset().union(*ROLES.values()))
PART = re.compile(r"<(?:([a-z_]+)(?:\([^)]*\))?:)?([a-z_]+)>")


def guarded_rules(app: Flask) -> list[tuple[Rule, str]]:
    """Every rule whose view demands a permission, with that permission."""
    found = []
    for rule in app.url_map.iter_rules():
        permission = getattr(app.view_functions[rule.endpoint], "required_permission", None)
        if permission:
            found.append((rule, permission))
    return found


def paths(app: Flask) -> list[tuple[str, str, str]]:
    """(method, path, permission) for every guarded rule, its arguments filled with what does not exist."""
    found = []
    for rule, permission in guarded_rules(app):
        path = PART.sub(_filling, rule.rule)
        found += [(method, path, permission) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


def _filling(part: re.Match[str]) -> str:
    if part[2] == "lang":
        return "en"
    return "7" if part[1] == "int" else "482109375562"


def was_let_in(status: int, location: str | None) -> bool:
    """Whether the view itself answered: a missing thing and a missing token count as having been inside."""
    return status != 403 and not any(door in (location or "") for door in ("/login", "/second-factor"))


def answers(client: FlaskClient, app: Flask) -> dict[tuple[str, str, str], bool]:
    opened = {}
    for method, path, permission in paths(app):
        answer = client.open(path, method=method)
        assert answer.status_code < 500, (method, path, answer.status_code)
        opened[method, path, permission] = was_let_in(answer.status_code, answer.headers.get("Location"))
    return opened


def test_every_page_of_the_desks_demands_a_permission_of_the_table(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("backoffice."):
            permission = getattr(app.view_functions[rule.endpoint], "required_permission", None)
            assert permission in PERMISSIONS, rule.endpoint


def test_the_matrix_is_not_empty(app):
    assert len(paths(app)) > 40
    assert {permission for _, _, permission in paths(app)} >= {"desk.open", "staff.manage", "consignee.unmask"}


@pytest.mark.clause("5.1.1e")
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_opens_exactly_what_the_table_says(app, role):
    person = an_account() if role == "buyer" else a_staff_member(role)
    client = signed_in(app.test_client(), person)
    for (method, path, permission), opened in answers(client, app).items():
        assert opened is (permission in ROLES[role]), (method, path, permission)


@pytest.mark.clause("5.1.1e")
def test_a_stranger_is_led_to_sign_in_and_never_in(app, client):
    for method, path, permission in paths(app):
        answer = client.open(path, method=method)
        assert answer.status_code == 302, (method, path, permission)
        assert "/login" in answer.headers["Location"], (method, path)


@pytest.mark.clause("5.1.1e")
@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_staff_without_second_factor_are_led_to_it_and_never_in(app, role):
    client = signed_in(app.test_client(), a_staff_member(role), second_factor=False)
    for (method, path, permission), opened in answers(client, app).items():
        assert not opened, (method, path, permission)
    assert "second-factor" in client.get("/en/desk").headers["Location"]


@pytest.mark.clause("5.1.1e")
def test_a_second_factor_proven_in_another_browser_does_not_open_this_one(app):
    clerk = a_staff_member("clerk")
    signed_in(app.test_client(), clerk)
    half_in = signed_in(app.test_client(), clerk, second_factor=False)
    assert half_in.get("/en/desk/orders").status_code == 302


@pytest.mark.clause("5.1.1e")
def test_no_page_gives_rights(app):
    """The only way to a role is the command line: no rule of the shop mentions one."""
    assert not [rule for rule in app.url_map.iter_rules() if re.search(r"role|grant|permission", rule.rule)]
