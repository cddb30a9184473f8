"""A buyer says for which company the account buys, changes it, or takes it back. Clause 1.1.1c.

The shop checks that the code can be one; that the company is the buyer's is for a clerk to see when it matters.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.companies.models import Company
from app.companies.names import as_on_licence, name_key_of
from app.companies.numbers import company_code
from app.foundation.audit import record
from app.foundation.database import transaction


def company_of(session: Session, account_id: int) -> Company | None:
    return session.scalars(select(Company).where(Company.account_id == account_id)).one_or_none()


def company_key_of(session: Session, account_id: int) -> bytes | None:
    """By which all accounts that declared the same company are known to belong together; None without a company."""
    return session.scalar(select(Company.name_key).where(Company.account_id == account_id))


def lock_company(session: Session, key: bytes) -> None:
    """One act at a time for all accounts of a company, until the caller's transaction ends (no-op on SQLite)."""
    if session.connection().dialect.name != "sqlite":
        rows = select(Company.id).where(Company.name_key == key).order_by(Company.id)
        session.execute(rows.with_for_update(key_share=True)).all()


def declare_company(account: Account, name: str, code: str, at: datetime) -> None:
    """Keep name and code in place of those before. Raises NotACompanyCode."""
    code = company_code(code)
    with transaction() as session:
        company = company_of(session, account.id)
        if company is None:
            company = Company(account_id=account.id, subject_id=account.subject_id)
            session.add(company)
        company.name, company.code, company.changed_at = as_on_licence(name), code, at
        company.name_key = name_key_of(name)
        record("company.declared", actor=account.audit_ref, subject=account.audit_ref)


def withdraw_company(account: Account) -> None:
    """Empty both fields. Safe to repeat."""
    with transaction() as session:
        if company := company_of(session, account.id):
            session.delete(company)
            record("company.withdrawn", actor=account.audit_ref, subject=account.audit_ref)
