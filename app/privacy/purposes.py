"""A purpose that is new to the policy opens nothing of a person who has not agreed to it. Clause 2b.

A purpose that every published version names is nobody's question. Of a newer one it is asked which version the person
runs under; a purpose added is a reduction, so that is one they accepted. Who has no account has agreed to none.
"""

from sqlalchemy.orm import object_session

from app.foundation.clock import today
from app.foundation.database import db
from app.foundation.personal_data import PersonalData, Purpose, ask_before_reading
from app.privacy.agreed_terms import manifest_for
from app.privacy.people import people
from app.privacy.policy import versions


@ask_before_reading
def has_agreed(row: PersonalData, purpose: Purpose) -> bool:
    """Whether a person's fields may be read for a purpose, as far as agreement goes."""
    if all(purpose.value in version.manifest.purposes.values() for version in versions()):
        return True
    session = object_session(row) or db.session()
    with session.no_autoflush:
        ref = people().ref_of_subject(session, row.subject_id)  # type: ignore[attr-defined]
        return ref is not None and purpose.value in manifest_for(session, ref, today()).purposes.values()
