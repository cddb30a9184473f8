"""Who may do what: one readable table. A view says `@requires("orders.ship")`. Clauses 5.1.1e, 1.1.6."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import abort, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.foundation.errors import BusinessError

P = ParamSpec("P")
R = TypeVar("R")

ROLES: dict[str, frozenset[str]] = {
    "buyer": frozenset(),
    "clerk": frozenset(
        {
            "desk.open",
            "orders.read",
            "orders.ship",
            "orders.cancel",
            "orders.check",
            "refunds.read",
            "refunds.ask",
            "remittances.read",
            "consignee.unmask",
            "goods.edit",
            "tickets.answer",
            "calls.take",
            "after_sales.read",
            "after_sales.handle",
            "closures.decide",
            "disclosures.record",
            "disputes.settle",
            "testimonials.decide",
        }
    ),
    "finance": frozenset(
        {"desk.open", "orders.read", "remittances.read", "remittances.confirm", "payee.change"}
        | {"refunds.read", "refunds.ask", "refunds.approve", "refunds.pay"}
        | {"invoices.read", "invoices.issue", "after_sales.read"}
    ),
    "marketer": frozenset({"dashboard.read", "campaigns.manage"}),
    "manager": frozenset(
        {"desk.open", "orders.read", "orders.ship", "orders.cancel", "orders.check"}
        | {"remittances.read", "remittances.confirm"}
        | {
            "consignee.unmask",
            "goods.edit",
            "tickets.answer",
            "calls.take",
            "staff.manage",
            "dashboard.read",
            "audit.read",
        }
        | {
            "campaigns.manage",
            "payee.change",
            "policy.publish",
            "service.end",
            "breaches.manage",
            "news.publish",
            "refunds.read",
            "refunds.ask",
            "refunds.approve",
        }
        | {"testimonials.decide"}
        | {"refunds.pay", "closures.decide", "recipients.manage", "disclosures.record", "disclosures.decide"}
        | {"transfers.record", "transfers.decide"}
        | {"invoices.read", "invoices.issue", "after_sales.read", "after_sales.handle", "after_sales.decide"}
        | {"disputes.settle"}
    ),
}
STAFF_ROLES = frozenset(ROLES) - {"buyer"}
SEE_PERSONS = frozenset(
    {"consignee.unmask", "remittances.read", "tickets.answer", "calls.take", "refunds.pay", "invoices.read"}
    | {"after_sales.read", "disclosures.record", "disclosures.decide", "transfers.record", "transfers.decide"}
    | {"disputes.settle", "testimonials.decide"}
)
"""Permissions that show whole personal data: nobody has them without an undertaking in force (5.1.2b)."""


class NotUndertaken(BusinessError):
    """A member of the staff who has not signed for what they would see, or whose signature has ended."""

    message = _l(
        "Your confidentiality undertaking is missing or has ended, so personal data stays masked. "
        "Please ask a manager to record a new one."
    )
    status = 403


def may(person: Any, permission: str) -> bool:
    """Whether this signed-in person's role carries the permission; staff must have passed the second factor.

    What shows whole personal data takes an undertaking of confidentiality in force besides.
    """
    role = getattr(person, "role", None)
    if role not in ROLES or permission not in ROLES[role]:
        return False
    if not getattr(person, "has_passed_second_factor", False):
        return False
    return permission not in SEE_PERSONS or bool(getattr(person, "has_undertaken", False))


def requires(permission: str) -> Callable[[Callable[P, R]], Callable[P, Any]]:
    """Let only people with the permission in: guests are led to sign in, others get 403."""

    def wrap(view: Callable[P, R]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if not current_user.is_authenticated:
                return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")))
            if not may(current_user, permission):
                if needs_second_factor(current_user):
                    return redirect(url_for("accounts.second_factor", next=request.full_path.rstrip("?")))
                if permission in ROLES.get(current_user.role, ()):
                    raise NotUndertaken
                abort(403)
            return view(*args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return wrap


def needs_second_factor(person: Any) -> bool:
    """Staff who gave the password and not yet the second factor."""
    is_staff = getattr(person, "role", None) in STAFF_ROLES
    return is_staff and not getattr(person, "has_passed_second_factor", False)
