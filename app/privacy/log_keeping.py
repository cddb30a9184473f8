"""The service log and the sealed log go when Annex 1 says so. Clauses 1.2.1(3), 5.1.3b."""

from flask import current_app

from app.foundation.clock import SHANGHAI, now, today
from app.foundation.day_files import DayFiles
from app.foundation.jobs import every
from app.privacy.policy import current_policy


@every(seconds=60, name="privacy.forget_logs")
def forget_logs() -> int:
    """Delete each file whose last line is past its time; how many there were."""
    kept = current_policy(today()).manifest.keep("security_events")
    logs: list[DayFiles] = current_app.extensions["kept_logs"]
    if kept is None:
        return 0
    before = kept.before(now()).astimezone(SHANGHAI).date()
    return sum(files.forget(before) for files in logs)
