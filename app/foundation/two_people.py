"""What two people do together: neither alone, and never one person twice. Clauses P.3, 1.1.5a, 2.4."""

from typing import Protocol

from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError
from app.foundation.permissions import ROLES


class Person(Protocol):
    """Whoever acts: a role of the permissions table, and the audit reference by which evidence knows them."""

    @property
    def role(self) -> str: ...

    @property
    def audit_ref(self) -> int | None: ...


class NotAllowed(BusinessError):
    """The role does not carry the permission."""

    message = _l("Your role does not allow this.")
    status = 403


class SamePerson(BusinessError):
    """Whoever asked cannot confirm."""

    message = _l("You asked for this yourself: another person must confirm it.")
    status = 403


class NotWaiting(BusinessError):
    """It was confirmed or withdrawn in the meantime."""

    message = _l("This was confirmed or withdrawn in the meantime.")


def who_may(by: Person, permission: str) -> int:
    """The audit reference of a person whose role carries the permission. Raises NotAllowed."""
    if by.audit_ref is None or permission not in ROLES.get(by.role, frozenset()):
        raise NotAllowed
    return by.audit_ref
