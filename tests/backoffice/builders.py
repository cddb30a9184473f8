"""People at desks, and orders in every state of their life, moved there by the real acts."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account
from app.catalog.models import Sku
from app.foundation.database import db
from app.foundation.forms import make_token
from app.foundation.web_session import LoginSession
from app.orders.lifecycle import Actor
from app.orders.models import Order
from tests.accounts.builders import a_staff_member, signed_in
from tests.checkout.builders import an_order
from tests.payments.builders import pay
from tests.shipping.builders import send_all

FINANCE, CLERK = Actor("finance", 1), Actor("clerk", 2)


class Desk:
    """A browser in which somebody of the staff is signed in with both factors: `get`, and `post` with a form token."""

    def __init__(self, app: Flask, role: str) -> None:
        self.app = app
        self.account: Account = a_staff_member(role)
        self.client: FlaskClient = signed_in(app.test_client(), self.account)

    def get(self, path: str, lang: str = "en") -> Any:
        return self.client.get(f"/{lang}/desk{path}")

    def post(self, path: str, form: str, fields: dict[str, Any] | None = None, prefix: str = "", **options: Any) -> Any:
        """Send a form (its class name, or the name of its button) as the page would."""
        data = {f"{prefix}{name}": value for name, value in (fields or {}).items()}
        data[f"{prefix}form_token"] = self.token(form)
        return self.client.post(f"/en/desk{path}", data=data, **options)

    def token(self, form: str) -> str:
        """A token of a form, bound to this browser's session."""
        with self.app.test_request_context(headers={"Cookie": self._cookie()}):
            self.app.session_interface.open_session(self.app, _request())
            return make_token(form)

    @property
    def session(self) -> LoginSession:
        return db.session.scalars(select(LoginSession).where(LoginSession.account_id == self.account.id)).one()

    def _cookie(self) -> str:
        cookie = self.client.get_cookie("sid")
        assert cookie
        return f"sid={cookie.value}"


def _request() -> Any:
    from flask import request

    return request


def a_paid_order(*skus: Sku, quantity: int = 1) -> Order:
    order = an_order(*skus, quantity=quantity)
    pay(order)
    return order


def a_shipped_order(*skus: Sku) -> Order:
    order = a_paid_order(*skus)
    send_all(order)
    return order
