"""Our own account for remittances: two people change it, buyers and managers are told, all can verify it. 2.4.

No setting holds it. Whoever wants to send buyers' money elsewhere needs two people with a desk, and leaves a history
that everybody reads.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Index, String, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.accounts.models import OPEN, Account
from app.accounts.telling import tell
from app.foundation.audit import record
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.permissions import ROLES
from app.foundation.two_people import NotWaiting, SamePerson
from app.notifications.notifying import Addressee
from app.orders.balancing import balances_awaited
from app.orders.lifecycle import REMITTANCE, Actor, MoveNotAllowed
from app.orders.messages import tell_buyer
from app.orders.models import Order
from app.orders.queries import awaiting_remittance

CHANGE = "payee.change"
PROPOSED, IN_FORCE, REPLACED, WITHDRAWN = "proposed", "in_force", "replaced", "withdrawn"
ANNOUNCED_FOR = timedelta(days=30)
_STANDS_ALONE = text("state IN ('proposed', 'in_force')")


class ProposedAlready(BusinessError):
    """One change at a time: two could cross each other."""

    message = _l("A change of the account waits already. Confirm or withdraw it first.")


class NothingChanges(BusinessError):
    """The account in force is this one."""

    message = _l("This is the account in force already.")
    status = 422


class PayeeAccount(IdMixin, db.Model):
    """An account of the operator's: proposed, in force, replaced or withdrawn. People are audit references."""

    __tablename__ = "payee_accounts"
    __personal__ = False
    __table_args__ = (
        Index("lone_payee_accounts", "state", unique=True, sqlite_where=_STANDS_ALONE, postgresql_where=_STANDS_ALONE),
    )

    name: Mapped[str] = mapped_column(String(100))
    bank: Mapped[str] = mapped_column(String(100))
    number: Mapped[str] = mapped_column(String(34))
    state: Mapped[str] = mapped_column(String(9))
    proposed_by: Mapped[int] = mapped_column(Id)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it is in force, or when the proposal was withdrawn."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def spoken_number(self) -> str:
        """In groups of four, as it is printed."""
        return " ".join(re.findall(".{1,4}", self.number))

    @property
    def number_end(self) -> str:
        """The last four characters, by which a payer knows an account that is no longer ours."""
        return self.number[-4:]


@dataclass(frozen=True)
class Details:
    """Whose account it is, at which bank, and its number without spaces."""

    name: str
    bank: str
    number: str


@dataclass(frozen=True)
class Payee:
    """The account in force, None before the first was confirmed, and those before it, the last one first."""

    account: PayeeAccount | None
    former: list[PayeeAccount]

    def is_new(self, at: datetime) -> bool:
        """Whether another account was in force within the last 30 days."""
        return any(each.ended_at and each.ended_at > at - ANNOUNCED_FOR for each in self.former)


def account_number_in(typed: str) -> str | None:
    """The number as typed or copied, without spaces and hyphens; None if it cannot be one."""
    found = re.sub(r"[\s-]", "", typed[:80]).upper()
    return found if re.fullmatch(r"[0-9A-Z]{8,34}", found) else None


def our_payee(session: Session) -> Payee:
    """The account that remittances go to, and its history."""
    shown = select(PayeeAccount).where(PayeeAccount.state.in_((IN_FORCE, REPLACED)))
    accounts = session.scalars(shown.order_by(PayeeAccount.decided_at.desc(), PayeeAccount.id)).all()
    in_force = next((each for each in accounts if each.state == IN_FORCE), None)
    return Payee(in_force, [each for each in accounts if each.state == REPLACED])


def proposed_payee(session: Session) -> PayeeAccount | None:
    """The change that waits for a second person."""
    return session.scalars(select(PayeeAccount).where(PayeeAccount.state == PROPOSED)).one_or_none()


def propose_payee(details: Details, by: Actor, at: datetime) -> PayeeAccount:
    """The first person asks for another account; nothing changes yet, and managers are told.

    Raises ProposedAlready, NothingChanges, MoveNotAllowed.
    """
    person = _who_may(by)
    with transaction() as session:
        current = our_payee(session).account
        if current and Details(current.name, current.bank, current.number) == details:
            raise NothingChanges
        proposal = PayeeAccount(**vars(details), state=PROPOSED, proposed_by=person, proposed_at=at)
        try:
            with session.begin_nested():
                session.add(proposal)
        except IntegrityError:
            raise ProposedAlready from None
        record("payee.proposed", actor=person, bank=details.bank, ends_in=proposal.number_end)
        _tell_managers(session, "payee.proposed")
    return proposal


def approve_payee(proposal_id: int, by: Actor, at: datetime) -> PayeeAccount:
    """Another person confirms: the account is in force from `at`, buyers who still remit and managers are told.

    Raises SamePerson, NotWaiting, MoveNotAllowed, NotFound.
    """
    person = _who_may(by)
    with transaction() as session:
        proposal = _lock(session, proposal_id)
        if proposal.proposed_by == person:
            raise SamePerson
        if before := our_payee(session).account:
            before.state, before.ended_at = REPLACED, at
            session.flush()
        proposal.state, proposal.decided_by, proposal.decided_at = IN_FORCE, person, at
        record("payee.changed", actor=person, bank=proposal.bank, ends_in=proposal.number_end)
        _announce(session)
        _tell_managers(session, "payee.changed")
    return proposal


def withdraw_payee(proposal_id: int, by: Actor, at: datetime) -> None:
    """Either person takes the proposal back. Raises NotWaiting, MoveNotAllowed, NotFound."""
    person = _who_may(by)
    with transaction() as session:
        proposal = _lock(session, proposal_id)
        proposal.state, proposal.decided_by, proposal.decided_at = WITHDRAWN, person, at
        record("payee.withdrawn", actor=person, bank=proposal.bank, ends_in=proposal.number_end)


def _who_may(by: Actor) -> int:
    """The audit reference of a person who may change the account. Raises MoveNotAllowed."""
    if by.audit_ref is None or CHANGE not in ROLES.get(by.role, frozenset()):
        raise MoveNotAllowed
    return by.audit_ref


def _lock(session: Session, proposal_id: int) -> PayeeAccount:
    wanted = select(PayeeAccount).where(PayeeAccount.id == proposal_id).with_for_update()
    proposal = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if proposal is None:
        raise NotFound
    if proposal.state != PROPOSED:
        raise NotWaiting
    return proposal


def _announce(session: Session) -> None:
    """Tell the buyer of each order that waits for a remittance, in one query for all of them."""
    unpaid, firm = (
        query.with_only_columns(Order.id).order_by(None) for query in (awaiting_remittance(), balances_awaited())
    )
    remitted = (Order.payment_method == REMITTANCE, or_(Order.id.in_(unpaid), Order.id.in_(firm)))
    waiting = select(Order, Account).join(Account, Account.id == Order.account_id).where(*remitted)
    for order, buyer in session.execute(waiting):
        to = Addressee(buyer.subject_id, buyer.language, account_id=buyer.id, audit_ref=buyer.audit_ref)
        tell_buyer(session, order, "order.payee_changed", to=to)


def _tell_managers(session: Session, code: str) -> None:
    """Whoever answers for the staff learns of it on the site and by SMS, whoever did it."""
    roles = [role for role, rights in ROLES.items() if "staff.manage" in rights]
    managers = select(Account).where(Account.role.in_(roles), Account.state == OPEN).order_by(Account.id)
    for manager in session.scalars(managers).all():
        tell(session, manager, code)
