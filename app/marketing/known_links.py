"""Registered links as this process knows them, so that a page asks no store which links there are."""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlalchemy import select

from app.foundation.database import db
from app.foundation.remembering import Remembered
from app.marketing.models import RegisteredLink
from app.measurement.beside import Utm


class Registered(NamedTuple):
    """`live`: the numbers by UTM values. `names`: what each is called, retired ones too."""

    live: Mapping[Utm, int]
    names: Mapping[int, str]


class KnownLinks(Remembered[Registered]):
    """The registered links of the campaigns."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(Registered({}, {}), clock)

    def _read(self) -> Registered:
        links = db.session.scalars(select(RegisteredLink)).all()
        return Registered(
            {link.utm: link.id for link in links if link.retired_at is None}, {link.id: link.name for link in links}
        )
