"""Wires messages: the sweeper's duties, the unread count for pages, and the simulator's inbox in development."""

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.foundation.database import db
from app.foundation.notices import register_notices
from app.notifications import dev_inbox, sweeping
from app.notifications.commands import sms_commands
from app.notifications.mail import sending
from app.notifications.queries import how_many_unread
from app.settings import Settings

__all__ = ["init_slice", "sending", "sweeping"]


def init_slice(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    if settings.simulators:
        app.register_blueprint(dev_inbox.bp)
    app.cli.add_command(sms_commands)
    app.jinja_env.globals["unread_messages"] = unread_messages
    register_notices({"messages_read": ("good", _l("All messages are marked as read."))})


def unread_messages() -> int:
    """How many messages the signed-in person has not read; 0 for a guest, without a query."""
    return how_many_unread(db.session(), current_user.id) if current_user.is_authenticated else 0
