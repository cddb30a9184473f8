"""What the views of the desks share: who acts, how a page and how a refusal is answered."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from app.backoffice import words
from app.backoffice.paging import page_wanted
from app.backoffice.unmasking import Reader
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.forms import Form, button_pressed
from app.foundation.http_edge import personal_page
from app.foundation.idempotency import once, this_sending
from app.foundation.web_session import current_session
from app.orders.lifecycle import Actor


def page(template: str, status: int = 200, **facts: Any) -> Response:
    """A page of a desk: nobody's cache keeps it."""
    return personal_page(make_response(render_template(f"backoffice/{template}.html", words=words, **facts), status))


def done(code: str, endpoint: str, **values: Any) -> Any:
    """After an act: back to a page that says what was done."""
    return redirect(where_done(code, endpoint, **values), 303)


def where_done(code: str, endpoint: str, **values: Any) -> str:
    """The address of a page that says what was done."""
    return url_for(endpoint, done=f"desk_{code}", **values)


def do_once(act: Callable[[], object], code: str, endpoint: str, **values: Any) -> Any:
    """Do what the present form asks for, once; back to a page that says what was done. For views that answer once."""

    def acting() -> str:
        act()
        return where_done(code, endpoint, **values)

    return redirect(once(this_sending(), acting, now()), 303)


Show = Callable[[str, int, dict[str, Form], Any], Any]


class Acts:
    """What is done on the page of one thing: once for each form that is sent; what is refused stands beside its form.

    `endpoint` is the page and `key` the name of the part of its address. `show` gives the page of a thing with a
    status, the forms that were sent by their names, and the refusal.
    """

    def __init__(self, endpoint: str, show: Show, key: str = "number") -> None:
        self._endpoint, self._show, self._key = endpoint, show, key

    def typed(self, thing: str, name: str, form: Form, act: Callable[[], object], code: str) -> Any:
        """By a form of the page."""
        if not form.validate_on_submit():
            return self._show(thing, 422, {name: form}, None)
        return self.done(thing, act, code, {name: form})

    def pressed(self, thing: str, button: str, act: Callable[[], object], code: str) -> Any:
        """By a button alone."""
        if not button_pressed(button):
            abort(400)
        return self.done(thing, act, code, {})

    def done(self, thing: str, act: Callable[[], object], code: str, forms: dict[str, Form]) -> Any:
        """By something that the view has looked at itself."""
        try:
            return do_once(act, code, self._endpoint, **{self._key: thing})
        except NotFound:
            raise
        except BusinessError as refusal:
            db.session.expire_all()
            return self._show(thing, refusal.status, forms, refusal.text)


def actor() -> Actor:
    """Whoever presses the button, as the lifecycle knows them."""
    return Actor(current_user.role, current_user.audit_ref)


def reader() -> Reader:
    """Whoever asks to see a consignee, and when they last proved who they are."""
    session = current_session()
    return Reader(current_user.audit_ref, session.proven_at if session else None)


def wanted_page() -> int:
    return page_wanted(request.args.get("page"))


def url_of_page(n: int) -> str:
    """This very list, filters kept, at page `n`."""
    kept: dict[str, Any] = {name: values for name, values in request.args.lists() if name not in ("page", "done")}
    return url_for(str(request.endpoint), **(request.view_args or {}), **kept, page=n if n > 1 else None)


def sealed_file(content: bytes, name: str) -> Response:
    """A file that was sealed, to keep and not to look at in the browser."""
    answer = make_response(content)
    answer.mimetype = "application/octet-stream"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return personal_page(answer)
