"""Registered links as this process knows them, so that a page asks no store which links there are."""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.foundation.database import db
from app.marketing.models import RegisteredLink
from app.measurement.beside import Utm

LOOK_AGAIN_SECONDS = 5


class Registered(NamedTuple):
    """`live`: the numbers by UTM values. `names`: what each is called, retired ones too."""

    live: Mapping[Utm, int]
    names: Mapping[int, str]


class KnownLinks:
    """At most five seconds old, and at once after an act of this process (`forget`). `clock` gives seconds.

    A store that does not answer breaks no page: what was known stays known until it does.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known = Registered({}, {})
        self._good_until = float("-inf")

    def now(self) -> Registered:
        if (at := self._clock()) >= self._good_until:
            self._good_until = at + LOOK_AGAIN_SECONDS
            self._known = self._read()
        return self._known

    def forget(self) -> None:
        self._good_until = float("-inf")

    def _read(self) -> Registered:
        try:
            links = db.session.scalars(select(RegisteredLink)).all()
        except SQLAlchemyError:
            return self._known
        return Registered(
            {link.utm: link.id for link in links if link.retired_at is None}, {link.id: link.name for link in links}
        )
