"""Nonsense in every field of every form of these slices, by guests, buyers and half signed-in staff: never a fault."""

import pytest

from app.accounts.second_factor import give_second_factor
from bench.html_forms import Page
from tests.accounts.builders import a_staff_member, an_account, signed_in

NONSENSE = [
    "", "0", "-1", "9" * 40, "１２３", "😀👩‍👩‍👧", "a\x00b\x1b\r\nX: y", "' OR 1=1 --\"", "<b>{{7*7}}%(x)s%s",
    "../../etc", "长" * 3000, "%zz", "\u202e", "NaN",
]  # fmt: skip
GUESTS = ["/register", "/login", "/password", "/account/leak"]
MEMBERS = ["/account", "/account/devices", "/account/password", "/account/phone", "/messages"]


def shoot(client, path, typed):
    for form in Page(client.get(f"/en{path}").text).forms:
        if form.method != "post":
            continue
        fields = {name: value if name == "form_token" else typed for name, value in form.fields}
        for more in ({}, {"send": "code"}, {"send": typed, "unknown": typed}):
            data = {**fields, **{name: typed for name in form.typed}, **more}
            answer = client.post(form.action, data=data)
            assert answer.status_code < 500, (form.action, typed, more)
            data = {name: [value, typed] for name, value in data.items()}
            assert client.post(form.action, data=data).status_code < 500


@pytest.mark.parametrize("typed", NONSENSE)
def test_nonsense_is_answered_in_every_form(app, typed):
    guest, buyer, staff, fresh = (app.test_client() for _ in range(4))
    signed_in(buyer, an_account())
    clerk = a_staff_member("clerk")
    give_second_factor(clerk)
    signed_in(staff, clerk, second_factor=False)
    signed_in(fresh, a_staff_member("finance"), second_factor=False)
    for path in GUESTS:
        shoot(guest, path, typed)
    shoot(staff, "/login/second-factor", typed)
    shoot(fresh, "/login/second-factor/enrol", typed)
    for path in MEMBERS:
        shoot(buyer, path, typed)


@pytest.mark.parametrize("path", ["/register", "/login", "/password", "/account/leak", "/messages/read", "/logout"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "image/png"])
def test_a_body_that_is_no_form_is_refused(client, path, kind):
    answer = client.post(f"/en{path}", data=b'{"name": "x"}', content_type=kind)
    assert 300 <= answer.status_code < 500


def test_a_body_of_ten_megabytes_is_refused(client):
    answer = client.post("/en/register", data={"name": "x" * 10_000_000})
    assert answer.status_code == 413
