"""Broken rules, named. A view catches one where the visitor can do something about it; else one handler shows it."""

from typing import ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class BusinessError(Exception):
    """A rule of the trade refused an act. `message` tells the visitor what to do next, in their language."""

    message: ClassVar[LazyString | str] = _l("This cannot be done as things stand.")
    status: ClassVar[int] = 409

    def __str__(self) -> str:
        return str(self.text)

    @property
    def text(self) -> LazyString | str:
        """What the visitor reads; a subclass with details overrides this."""
        return self.message


class NotFound(BusinessError):
    """There is no such thing, or it belongs to somebody else: the two look alike from outside."""

    message = _l("There is no such page or record.")
    status = 404
