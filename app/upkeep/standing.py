"""How the upkeep stands, for `/status`: backups, their rehearsal, the ledger, keeping times. Clause 5.1.5a.

Each line turns bad by itself when what it speaks of did not happen in time.
"""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.alarms import standing
from app.foundation.audit import LedgerEntry
from app.foundation.chain_check import CHECKED_EVERY, last_check
from app.foundation.status import Condition, status_line
from app.privacy.keeping import EVERY_SECONDS, last_look
from app.settings import current_settings
from app.upkeep.backing_up import MADE_EVERY, last_backup

SPARE = timedelta(hours=2)
"""What is done once a day may be late by so much."""
REHEARSED_EVERY = timedelta(days=35)
KEEPING_LOOKED_AT = timedelta(seconds=6 * EVERY_SECONDS)


@status_line("backup")
def backup(session: Session, at: datetime) -> Condition:
    settings = current_settings()
    made = last_backup(settings.backup_dir, settings.key_backup_dir)
    title = _l("Last backup")
    if made is None:
        return Condition(title, _("No backup has been made yet."), is_well=False)
    in_time = at - made <= MADE_EVERY + SPARE
    return Condition(title, _("Made in time.") if in_time else _("The next one is overdue."), in_time, made)


@status_line("rehearsal")
def rehearsal(session: Session, at: datetime) -> Condition:
    done = select(LedgerEntry).where(LedgerEntry.event == "backup.rehearsed").order_by(LedgerEntry.at.desc()).limit(1)
    last = session.scalars(done).first()
    title = _l("Last rehearsal of a restore")
    if last is None:
        return Condition(title, _("No restore has been rehearsed yet."), is_well=False)
    if not last.facts["sound"]:
        return Condition(title, _("What was restored was not whole."), is_well=False, at=last.at)
    in_time = at - last.at <= REHEARSED_EVERY
    text = _("Everything could be restored and read.") if in_time else _("The next one is overdue.")
    return Condition(title, text, in_time, last.at)


@status_line("ledger")
def ledger(session: Session, at: datetime) -> Condition:
    last = last_check(session)
    title = _l("Last walk along the ledger of evidence")
    if last is None:
        return Condition(title, _("It has not been walked yet."), is_well=False)
    if not last.is_sound:
        return Condition(title, _("The ledger is not what it was."), is_well=False, at=last.at)
    in_time = at - last.at <= CHECKED_EVERY + SPARE
    text = _("Every entry is where it was.") if in_time else _("The next one is overdue.")
    return Condition(title, text, in_time, last.at)


@status_line("retention")
def retention(session: Session, at: datetime) -> Condition:
    last, title = last_look(session), _l("Keeping times")
    if last is None:
        return Condition(title, _("Nobody has looked yet."), is_well=False)
    if last.late:
        text = _("%(count)s items are kept past their time.", count=last.late)
        return Condition(title, text, is_well=False, at=last.at)
    in_time = at - last.at <= KEEPING_LOOKED_AT
    text = _("Nothing is kept past its time.") if in_time else _("The next one is overdue.")
    return Condition(title, text, in_time, last.at)


@status_line("alarms")
def alarms(session: Session, at: datetime) -> Condition:
    count = len(standing(session))
    text = _("No alarm stands.") if not count else _("%(count)s alarms stand, and people look into them.", count=count)
    return Condition(_l("Alarms"), text, is_well=not count)
