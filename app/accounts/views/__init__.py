"""The pages of accounts. Each module adds its own to the one blueprint."""

from app.accounts.views import (
    account,
    closing,
    devices,
    entering,
    leaks,
    mail,
    new_password,
    profile,
    registration,
    second_factor,
)
from app.accounts.views.blueprint import bp

__all__ = [
    "account", "bp", "closing", "devices", "entering", "leaks", "mail", "new_password", "profile", "registration",
    "second_factor",
]  # fmt: skip
