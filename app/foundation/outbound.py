"""The share gate: the only code that can send anything out of the system. Clauses 4.1.1, 4.1.3a-b, 4.1.4, 4.2, 5.2.1.

A recipient is declared once and is active with its papers (`recipients`). A share names recipient, ground, purpose and
subject, and brings what its ground rests on (`grounds`); the disclosure ledger is committed before the first byte
leaves. With each share go its purpose, the end of its use, and a mark by which a copy is known.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import SMTP as Smtp
from smtplib import SMTP_SSL, SMTPException, SMTPServerDisconnected
from smtplib import SMTPResponseException as MailRefused
from typing import Any

from requests import RequestException as NoAnswer
from requests import Response as Answer
from requests import Session as Http
from requests.exceptions import JSONDecodeError as NotJson
from sqlalchemy import JSON, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.appending import append
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI, now
from app.foundation.database import Id, IdMixin, Model, UtcDateTime, new_id, transaction
from app.foundation.grounds import (
    AcceptedClause,
    Case,
    Share,
    ShareRefused,
    Sums,
    check_ground,
    check_of,
    declare_request,
    is_request,
)
from app.foundation.personal_data import Purpose
from app.foundation.recipients import (
    INSIDE,
    RECIPIENTS,
    Ground,
    Papers,
    Recipient,
    declare_recipient,
    papers_of,
    recipient_of,
)
from app.settings import current_settings

__all__ = [
    "RECIPIENTS",
    "AcceptedClause",
    "Answer",
    "Case",
    "Disclosure",
    "Ground",
    "Http",
    "MailRefused",
    "NoAnswer",
    "NotJson",
    "Recipient",
    "Relay",
    "RelayAway",
    "Share",
    "ShareRefused",
    "Smtp",
    "Sums",
    "Terms",
    "check_of",
    "declare_recipient",
    "declare_request",
    "disclose",
    "disclosures_about",
    "is_request",
    "look_at_stand_in",
    "send",
    "send_mail",
]

TIMEOUT_SECONDS = (3.05, 10)
MAIL_TIMEOUT_SECONDS = 10
"""For each answer of a mail relay."""
ON_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


class Disclosure(IdMixin, Model):
    """One share: who got which fields of whom, why, when and until when. Values are never kept here."""

    __tablename__ = "disclosures"
    __personal__ = False

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recipient: Mapped[str] = mapped_column(String(40))
    ground: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(String(10))
    fields: Mapped[list[str]] = mapped_column(JSON)
    subject: Mapped[int | None] = mapped_column(Id, index=True)
    """Audit reference of the person whose data it is; None where there is no account yet."""
    about: Mapped[str | None] = mapped_column(String(40))
    """The order or request that a "core" share serves."""
    basis: Mapped[str | None] = mapped_column(String(60))
    """The case, or the accepted clause, that another ground rests on."""
    agreement: Mapped[int | None] = mapped_column(Id)
    """The confidentiality agreement that bound the recipient, or what it signed for the case."""
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Terms:
    """What goes with a share: for what it may be used, until when, and by which mark a copy is known. Clause 4.1.3b."""

    purpose: Purpose
    until: datetime
    mark: str

    def headers(self) -> dict[str, str]:
        return {
            "X-Data-Purpose": self.purpose,
            "X-Data-Use-Until": self.until.isoformat(timespec="seconds"),
            "X-Data-Mark": self.mark,
        }

    def line(self) -> str:
        """The first line of a file."""
        return f"mark={self.mark} purpose={self.purpose} use-until={self.until.isoformat(timespec='seconds')}"


def disclose(share: Share) -> Terms:
    """Check a share and commit its ledger rows. Raises ShareRefused. For what leaves on paper or by hand."""
    at = now()
    with transaction() as session:
        recipient, agreement = _checked(session, share, at)
        until = share.until or at + timedelta(days=recipient.use_days)
        row = Disclosure(
            id=new_id(),
            at=at,
            recipient=recipient.code,
            ground=share.ground,
            purpose=share.purpose,
            fields=sorted(share.fields),
            subject=share.subject,
            about=share.about,
            basis=share.basis.number[:60] if share.basis else None,
            agreement=agreement,
            until=until,
        )
        append(session, row)
        facts: dict[str, Any] = {"recipient": row.recipient, "ground": row.ground, "fields": row.fields}
        if row.basis:
            facts["basis"] = row.basis
        record("data.disclosed", subject=share.subject, **facts)
    return Terms(share.purpose, until, f"{recipient.code}/{at:%Y%m%dT%H%M%SZ}/{row.id:x}")


def send(share: Share, deliver: Callable[[Http, Mapping[str, Any]], Answer]) -> Answer:
    """Disclose, then let `deliver` send the fields over HTTP. Raises ShareRefused, NoAnswer.

    Redirects are not followed and the environment's proxies are not used: the bytes go where the adapter says.
    """
    terms = disclose(share)
    with Http() as http:
        http.trust_env = False
        http.max_redirects = 0
        http.headers.update(terms.headers())
        return deliver(http, share.fields)


class RelayAway(ConnectionError):
    """No mail can be handed over now: the relay does not answer, is busy, or will not encrypt. Holds no text of its."""


@dataclass(frozen=True)
class Relay:
    """The server that takes our mail. It is spoken to encrypted, from the first byte or by STARTTLS, unless it runs on
    this machine and no `authority` is named: a file with the certificate by which it is known, where that is not a
    public one. `domain` is how we greet it."""

    host: str
    port: int
    domain: str
    user: str = ""
    password: str = ""
    is_encrypted: bool = False
    authority: Path | None = None

    @property
    def may_be_plain(self) -> bool:
        return self.host in ON_THIS_MACHINE and self.authority is None


def send_mail(share: Share, relay: Relay, deliver: Callable[[Smtp, Mapping[str, Any], Terms], None]) -> None:
    """Disclose, then let `deliver` hand the mail over to the relay, encrypted on its way.

    Raises ShareRefused, RelayAway, and MailRefused as `deliver` raises it.
    """
    terms = disclose(share)
    with _connected(relay) as smtp:
        deliver(smtp, share.fields, terms)


@contextmanager
def _connected(relay: Relay) -> Iterator[Smtp]:
    """Raises RelayAway for whatever fails before the mail itself is spoken of, and where the line breaks later."""
    smtp: Smtp | None = None
    try:
        try:
            smtp = _greeted(relay)
        except (SMTPException, ssl.SSLError, OSError, ValueError) as problem:
            raise RelayAway(_named(problem)) from None
        yield smtp
        with suppress(SMTPException, OSError):  # it has the mail; whether it says goodbye changes nothing
            smtp.quit()
    except (SMTPServerDisconnected, TimeoutError, ssl.SSLError) as problem:
        raise RelayAway(_named(problem)) from None
    finally:
        if smtp:
            smtp.close()


def _greeted(relay: Relay) -> Smtp:
    tls, wait = ssl.create_default_context(cafile=relay.authority), MAIL_TIMEOUT_SECONDS
    if relay.is_encrypted:
        smtp: Smtp = SMTP_SSL(relay.host, relay.port, relay.domain, timeout=wait, context=tls)
    else:
        smtp = Smtp(relay.host, relay.port, relay.domain, timeout=wait)
    try:
        smtp.ehlo_or_helo_if_needed()
        if not relay.is_encrypted and not relay.may_be_plain:
            smtp.starttls(context=tls)
            smtp.ehlo_or_helo_if_needed()
        if relay.user:
            smtp.login(relay.user, relay.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _named(problem: Exception) -> str:
    """Its kind and code; what a relay says besides may repeat an address."""
    return f"{type(problem).__name__} {getattr(problem, 'smtp_code', '')}".strip()


def look_at_stand_in(address: str) -> Answer:
    """A page of a stand-in of development, asked for without giving it anything. Raises ShareRefused, NoAnswer."""
    if not current_settings().simulators:
        raise ShareRefused("there are no stand-ins in production")
    with Http() as http:
        http.trust_env = False
        return http.get(address, timeout=(1, 3), allow_redirects=False)


def disclosures_about(subject: int) -> Select[Disclosure]:
    """Every share of one person's data, the newest first: who got what, why, when."""
    return select(Disclosure).where(Disclosure.subject == subject).order_by(Disclosure.at.desc(), Disclosure.id)


def _checked(session: Session, share: Share, at: datetime) -> tuple[Recipient, int | None]:
    """The recipient, and the key of the agreement that binds it. Raises ShareRefused."""
    recipient = recipient_of(session, share.recipient)
    if recipient is None:
        raise ShareRefused(f"{share.recipient} is not a recipient")
    if recipient.region != INSIDE:
        raise ShareRefused(f"{share.recipient} is outside the country")
    if share.ground not in recipient.grounds:
        raise ShareRefused(f"{share.recipient} may not be given anything on ground {share.ground}")
    if share.purpose not in recipient.purposes:
        raise ShareRefused(f"{share.recipient} may not be given anything for purpose {share.purpose}")
    if extra := set(share.fields) - recipient.allowed(share.purpose):
        raise ShareRefused(f"{share.recipient} may not be given {', '.join(sorted(extra))}")
    agreement = None if recipient.by_case else _bound_by(session, share, recipient, at)
    check_ground(share.ground, session, share, recipient, at)
    return recipient, agreement


def _bound_by(session: Session, share: Share, recipient: Recipient, at: datetime) -> int:
    """The agreement in force. A purpose that came later needs the person's consent besides (4.1.2)."""
    papers, on = papers_of(session, share.recipient), at.astimezone(SHANGHAI).date()
    if recipient.signs_each_case:
        return _signed_for_its_case(share, papers)
    agreement = papers.agreement_on(on)
    fault = papers.fault(on)
    if agreement is None or fault:
        raise ShareRefused(f"{share.recipient} {fault}")
    if share.purpose not in agreement.purposes:
        raise ShareRefused(f"the agreement of {share.recipient} does not cover purpose {share.purpose}")
    if share.purpose not in papers.first_purposes:
        check_ground(Ground.CONSENT, session, share, recipient, at)
    return agreement.id


def _signed_for_its_case(share: Share, papers: Papers) -> int:
    """What the recipient signed for the case that the share rests on. Raises ShareRefused."""
    undertaking = None if isinstance(share.basis, AcceptedClause | None) else share.basis.undertaking
    if undertaking is None:
        raise ShareRefused(f"{share.recipient} has not signed for confidentiality in this case")
    if papers.risk:
        raise ShareRefused(f"{share.recipient} {papers.risk}")
    return undertaking
