"""The blueprint, and what several pages of accounts say in the same way."""

from collections.abc import Iterable
from typing import Any, cast

from flask import Blueprint, Response, make_response, redirect, render_template, request

from app.accounts.browsers import browser_family
from app.accounts.code_rules import CodeKind
from app.accounts.codes import TooManyCodes, address_key_of, send_code
from app.accounts.forms.fields import SEND, CodeForm
from app.foundation.clock import now
from app.foundation.cookies import Use, read_cookie, set_cookie
from app.foundation.errors import BusinessError
from app.foundation.http_edge import personal_page
from app.measurement.looking_up import place_of_address

bp = Blueprint("accounts", __name__)


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page that no cache may keep."""
    return personal_page(make_response(render_template(f"accounts/{template}.html", **values), status))


def wrong(form: Any, error: BusinessError, field: str) -> int:
    """Put a broken rule at its field; returns the status of the answer."""
    form[field].errors = [*form[field].errors, str(error.text)]
    return error.status if error.status == 429 else 422


def go_on(target: str, notices: Iterable[str] = ()) -> Response:
    """Redirect to a page, which shows these notices."""
    query = "&".join(f"done={code}" for code in notices)
    joint = ("&" if "?" in target else "?") if query else ""
    return cast(Response, redirect(target + joint + query, 303))


def address_key() -> str:
    return address_key_of(request.remote_addr or "", now())


def browser() -> str:
    return browser_family(request.headers.get("User-Agent", ""))


def place() -> str:
    """Where this sign-in comes from, for the person's own list. Clause 1.2.1(3)."""
    return place_of_address(request.remote_addr or "")


def wants_code() -> bool:
    """Whether the button that asks for the SMS was pressed."""
    return request.form.get("send") == SEND


def send_by(form: CodeForm, kind: CodeKind, language: str) -> int:
    """Send a code to the form's number; returns the status of the answer, errors at the field."""
    if not form.is_good_for_sending():
        return 422
    try:
        send_code(kind, form.number, language=language, address_key=address_key())
    except TooManyCodes as limit:
        return wrong(form, limit, "mobile")
    return 200


def device_cookie() -> str | None:
    return read_cookie(request, "device", Use.TRUSTED_DEVICE)


def set_device_cookie(response: Response, value: str) -> None:
    set_cookie(response, "device", value)
