"""Titles of invoices (抬头), and keeping them. The owner check stands in `title_of`, once. 1.1.1c; WCAG 3.3.7."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.companies.declaring import company_of
from app.companies.names import comparable
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.personal_data import Kind, Purpose, mask, purpose
from app.invoices.models import InvoiceTitle

COMPANY, ORGANISATION, PERSON = "company", "organisation", "person"
HOLDERS: dict[str, LazyString] = {
    COMPANY: _l("A company"),
    ORGANISATION: _l("Another organisation"),
    PERSON: _l("A person"),
}
MOST_TITLES = 20


class TooManyTitles(BusinessError):
    """Another title is not kept."""

    message = _l("You can keep 20 titles. Please delete or edit one.")


@dataclass(frozen=True)
class Title:
    """To whom an invoice is made out. A company has a tax number; a special invoice needs every field."""

    holder: str
    name: str
    tax_number: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    account_number: str = ""

    @classmethod
    def of(cls, block: dict[str, str]) -> "Title":
        return cls(**block)

    def block(self) -> dict[str, str]:
        """As it is sealed: without what is empty."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def fits_special(self) -> bool:
        """Whether a special invoice can be made out to it: a company with all that such an invoice prints."""
        return self.holder == COMPANY and all(asdict(self).values())

    @property
    def holder_text(self) -> LazyString:
        return HOLDERS[self.holder]

    @property
    def masked_name(self) -> str:
        return mask(Kind.COMPANY if self.holder != PERSON else Kind.NAME, self.name)


def titles_of(session: Session, account_id: int) -> Sequence[InvoiceTitle]:
    """The default one first, then the last changed."""
    mine = select(InvoiceTitle).where(InvoiceTitle.account_id == account_id)
    by_use = (InvoiceTitle.is_default.desc(), InvoiceTitle.changed_at.desc(), InvoiceTitle.id)
    return session.scalars(mine.order_by(*by_use)).all()


def title_of(session: Session, account_id: int, title_id: int) -> InvoiceTitle:
    """One's own title. Raises NotFound for anybody else's alike."""
    mine = select(InvoiceTitle).where(InvoiceTitle.id == title_id, InvoiceTitle.account_id == account_id)
    found = session.scalars(mine).one_or_none()
    if found is None:
        raise NotFound
    return found


def add_title(account_id: int, subject_id: int, title: Title, at: datetime) -> InvoiceTitle:
    """Keep a title, no two alike; the first one is the default. Raises TooManyTitles."""
    with transaction() as session, purpose(Purpose.SERVICE):
        present = titles_of(session, account_id)
        for each in present:
            if each.details == title.block():
                return each
        if len(present) >= MOST_TITLES:
            raise TooManyTitles
        kept = InvoiceTitle(
            account_id=account_id,
            subject_id=subject_id,
            details=title.block(),
            is_default=not present,
            changed_at=at,
        )
        session.add(kept)
    return kept


def edit_title(account_id: int, title_id: int, title: Title, at: datetime) -> None:
    """Invoices keep the title that they were applied for with. Raises NotFound."""
    with transaction() as session:
        kept = title_of(session, account_id, title_id)
        kept.details, kept.changed_at = title.block(), at


def remove_title(account_id: int, title_id: int) -> None:
    """Delete a title; another becomes the default where it was it. Raises NotFound."""
    with transaction() as session:
        session.delete(title_of(session, account_id, title_id))
        session.flush()
        rest = titles_of(session, account_id)
        if rest and not rest[0].is_default:
            rest[0].is_default = True


def make_default(account_id: int, title_id: int) -> None:
    """Offer this title first from now on. Raises NotFound."""
    with transaction() as session:
        kept = title_of(session, account_id, title_id)
        mine = update(InvoiceTitle).where(InvoiceTitle.account_id == account_id)
        session.execute(mine.values(is_default=False))
        kept.is_default = True


def title_from_company(session: Session, account_id: int) -> Title | None:
    """What the account declares of its company, as a title to begin with."""
    company = company_of(session, account_id)
    if company is None:
        return None
    with purpose(Purpose.SERVICE):
        return Title(COMPANY, company.name, company.code)


def is_declared_company(session: Session, account_id: int, title: Title) -> bool:
    """Whether the title is that of the company for which the account says it buys."""
    declared = title_from_company(session, account_id)
    if declared is None or title.tax_number != declared.tax_number:
        return False
    return comparable(title.name) == comparable(declared.name)
