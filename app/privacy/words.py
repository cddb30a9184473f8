"""What the documents are called."""

from flask_babel import lazy_gettext as _l

from app.privacy.texts import AGREEMENT, POLICY, RULES

TITLES = {POLICY: _l("Privacy policy"), AGREEMENT: _l("User agreement"), RULES: _l("Rules of the platform")}
