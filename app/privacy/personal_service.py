"""Personal service reads what another service kept only where its switch is on in this browser. Clauses 2.5, 2.8.

The purpose gate itself asks the switch: with it off, a field that was given for something else does not open for a
recommendation, whoever asks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from app.foundation.personal_data import PersonalData, Purpose, ask_before_reading, purpose
from app.privacy.choices import Choices

_is_on: ContextVar[bool] = ContextVar("personal_service", default=False)


@contextmanager
def personal_service(choices: Choices) -> Iterator[None]:
    """Read personal fields for recommendations inside the block, as far as these choices allow it."""
    token = _is_on.set(choices.personal)
    try:
        with purpose(Purpose.RECOMMENDATION):
            yield
    finally:
        _is_on.reset(token)


@ask_before_reading
def is_switched_on(row: PersonalData, wanted: Purpose) -> bool:
    """Whether a field may be opened, as far as the switch of personal service goes."""
    return wanted is not Purpose.RECOMMENDATION or _is_on.get()
