"""What people may add to their account, and take away again: picture, manager, landline, address. Clause 1.1.1c.

Nothing of it is needed for anything; each field says beside its input what it is used for, and is emptied by leaving it
empty. The certified company has a page of its own (`app/companies`).
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.accounts.models import Account
from app.foundation.audit import record
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.errors import NotFound
from app.foundation.idempotency import Sending, once
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal, purpose
from app.foundation.uploads import read_private, reencoded, remove_private, shrunk, uploading

AVATAR_SIDE = 256


class Profile(PersonalData, IdMixin, db.Model):
    """One for each account that added something."""

    __tablename__ = "profiles"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("accounts.id"), unique=True, info=impersonal("whose profile it is")
    )
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key it is sealed"))
    avatar = personal(
        clause="1.1.1c", kind=Kind.SECRET, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED,
        why=N_("your picture: so that you know your account at a glance; only you see it"),
    )  # fmt: skip
    manager_name = personal(
        clause="1.1.1c", kind=Kind.NAME, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED,
        why=N_("whom we ask for when we call about your orders"),
    )  # fmt: skip
    landline = personal(
        clause="1.1.1c", kind=Kind.CONTACT, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED,
        why=N_("reaching you about an order when your mobile number does not answer"),
    )  # fmt: skip
    address = personal(
        clause="1.1.1c", kind=Kind.ADDRESS, purposes={Purpose.SERVICE}, keep=Keep.UNTIL_CLOSED,
        why=N_("letters and papers about your orders; goods go to the addresses of your orders"),
    )  # fmt: skip
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("a moment"))


@dataclass(frozen=True)
class Added:
    """What a person adds; None is nothing. `landline` is as `numbers.landline_number` gives it."""

    manager_name: str | None = None
    landline: str | None = None
    address: str | None = None


def profile_of(session: Session, account_id: int) -> Profile | None:
    return session.scalars(select(Profile).where(Profile.account_id == account_id)).one_or_none()


def added_by(session: Session, account_id: int) -> Added:
    """What the person added so far, for their own form."""
    row = profile_of(session, account_id)
    if row is None:
        return Added()
    with purpose(Purpose.SERVICE):
        return Added(row.manager_name, row.landline, row.address)


def keep_profile(
    account: Account, added: Added, at: datetime, sending: Sending | None = None, picture: bytes | None = None
) -> None:
    """Put this in place of what was added before; a new picture in place of the old. Raises BadPicture, FormSentBefore.

    Without a picture the old one stays; `remove_avatar` takes it away.
    """
    small = [shrunk(reencoded(picture), AVATAR_SIDE)[0]] if picture else []
    replaced = None
    with uploading(account.subject_id, small) as uploads:

        def keeping() -> str:
            nonlocal replaced
            replaced = _write(account, added, uploads.names, at)
            uploads.keep()
            return "kept"

        once(sending, keeping, at)
    if replaced:
        remove_private(replaced)


def remove_avatar(account: Account, at: datetime) -> None:
    """Delete the picture. Safe to repeat."""
    with transaction() as session, purpose(Purpose.SERVICE):
        row = profile_of(session, account.id)
        if row is None or row.avatar is None:
            return
        name, row.avatar, row.changed_at = row.avatar, None, at
        record("profile.changed", actor=account.audit_ref, subject=account.audit_ref, fields=["avatar"])
    remove_private(name)


def avatar_of(session: Session, account: Account) -> bytes:
    """One's own picture. Raises NotFound."""
    row = profile_of(session, account.id)
    with purpose(Purpose.SERVICE):
        name = row.avatar if row else None
    if name is None:
        raise NotFound
    return read_private(account.subject_id, name)


def _write(account: Account, added: Added, pictures: list[str], at: datetime) -> str | None:
    """The fields and the picture, if there is a new one; returns the name of a picture that is not needed any more."""
    with transaction() as session, purpose(Purpose.SERVICE):
        row = profile_of(session, account.id)
        if row is None:
            row = Profile(account_id=account.id, subject_id=account.subject_id, changed_at=at)
            session.add(row)
        changed = [name for name, value in asdict(added).items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, getattr(added, name))
        before = row.avatar
        for picture in pictures:
            row.avatar, changed = picture, [*changed, "avatar"]
        row.changed_at = at
        record("profile.changed", actor=account.audit_ref, subject=account.audit_ref, fields=sorted(changed))
        return before if pictures else None
