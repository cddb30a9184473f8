"""Requests as browsers send them, and browsers with cookies of ours."""

from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from app.foundation.forms import make_token


def a_request(cookies: dict[str, str] | None = None, **headers: str) -> Request:
    """A GET with these cookies; header names take _ for -."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if cookies:
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return Request(EnvironBuilder(headers=sent).get_environ())


def cookies_of(response: Response) -> dict[str, str]:
    """The cookies that an answer sets, by name; a deleted one is empty."""
    pairs = (header.split(";")[0].partition("=") for header in response.headers.getlist("Set-Cookie"))
    return {name: value for name, _, value in pairs}


def save_choices_in(client: FlaskClient, *ticked: str, **options: object):
    """Post the switches as a browser does: a ticked one is sent, the others are not."""
    token = make_token_for_guest("ChoicesForm", client)
    return client.post("/en/privacy/choices", data={"form_token": token, **dict.fromkeys(ticked, "y")}, **options)


def make_token_for_guest(form: str, client: FlaskClient) -> str:
    with client.application.test_request_context():
        return make_token(form)
