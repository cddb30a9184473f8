"""What the application needs of this slice when it starts: its tables, its notices, and texts that nobody altered."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.foundation.notices import register_notices
from app.foundation.personal_data import Keep
from app.foundation.unknown_fields import init_unknown_fields
from app.foundation.web_session import LoginSession
from app.privacy import (
    acceptance,
    closing,
    consenting,
    demanding,
    erasing,
    evidence_keeping,
    grounds,
    log_keeping,
    partners,
    personal_service,
    purposes,
)
from app.privacy.closed import serve_the_notice_alone
from app.privacy.commands import retention_commands
from app.privacy.keeping import rows_go
from app.privacy.news import SettledReaders
from app.privacy.policy import founding_versions
from app.privacy.publications import KnownPublications
from app.privacy.publishing_commands import policy_commands
from app.privacy.register import written
from app.privacy.service_end import KnownEnd
from app.privacy.texts import FOLDERS
from app.privacy.words import TITLES

__all__ = [
    "acceptance",
    "closing",
    "consenting",
    "demanding",
    "erasing",
    "evidence_keeping",
    "grounds",
    "init_slice",
    "log_keeping",
    "partners",
    "personal_service",
    "purposes",
]


# what foundation keeps: it knows no policy
rows_go("sessions", Keep.SESSIONS, LoginSession, LoginSession.ends_at)


def init_slice(app: Flask) -> None:
    """Read every founding version now. Raises PolicyAltered, so that a shop with a changed text does not start."""
    init_unknown_fields(app, written()["inputs"])
    register_notices(
        {
            "choices-saved": ("good", _l("Your choices are saved in this browser.")),
            "choices-not-kept": ("caution", _l("Your browser keeps no cookies, so your choices are not kept.")),
            "prove-first": ("caution", _l("You have been signed in for a while. Please sign out and in again first.")),
            "consent-given": ("good", _l("Your consent is written down. It holds from now on.")),
            "consent-withdrawn": ("good", _l("Your consent is withdrawn. From now on nothing more goes.")),
            "consent-reworded": (
                "caution",
                _l("The text has changed since you opened the page. Please read it again."),
            ),
            "terms-agreed": ("good", _l("Your agreement is written down.")),
            "terms-seen": ("good", _l("Thank you. You find this again under “My agreements”.")),
            "cookies-deleted": ("good", _l("All cookies of this site are deleted from this browser.")),
        }
    )
    app.extensions["publications"] = KnownPublications()
    app.extensions["service_end"] = KnownEnd(app)
    app.before_request(serve_the_notice_alone)
    app.extensions["settled_readers"] = SettledReaders()
    app.jinja_env.globals["document_titles"] = TITLES
    for group in (policy_commands, retention_commands):
        app.cli.add_command(group)
    with app.app_context():
        for document in FOLDERS:
            founding_versions(document)
