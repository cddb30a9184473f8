"""The people of the demonstration shop, with published passwords and authenticators. Development only."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import click
from sqlalchemy import select

from app.accounts.models import Account, name_key_of
from app.accounts.opening import open_account
from app.accounts.second_factor import give_second_factor, has_second_factor
from app.accounts.telling import tell
from app.checkout.addresses import Consignee, add_address, addresses_of
from app.foundation.clock import at, now, today
from app.foundation.database import db, transaction
from app.foundation.languages import LANGUAGES
from app.orders.lifecycle import Actor
from app.privacy.acceptance import accept, accept_all
from app.privacy.agreed_terms import standing_of
from app.privacy.policy import current_policy

PASSWORD = "Kuangji-2026-shiyong"  # noqa: S105  # nosec B105 - published on purpose, development only
OPENED_DAYS_AGO = 64


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in to the demonstration shop."""

    name: str
    phone: str
    role: str
    says: str
    language: str = "zh-cn"

    @property
    def secret(self) -> str:
        """The authenticator's secret, the same on every machine."""
        return base64.b32encode(hashlib.sha256(f"yunshang demo {self.name}".encode()).digest())[:32].decode()


PEOPLE = (
    Person("buyer", "+8613900000001", "buyer", "a buyer"),
    Person("company", "+8613900000002", "buyer", "a company buyer", "en"),
    Person("clerk", "+8613900000011", "clerk", "a clerk"),
    Person("finance", "+8613900000012", "finance", "a finance clerk"),
    Person("marketer", "+8613900000013", "marketer", "a marketer"),
    Person("manager", "+8613900000014", "manager", "a manager"),
    Person("deputy", "+8613900000015", "manager", "a second manager"),
)
CUSTOMERS = tuple(
    Person(f"customer{n}", f"+861390000002{n}", "buyer", "a customer", "en" if n % 3 == 0 else "zh-cn")
    for n in range(1, 7)
)
"""Those who ordered most of what the shop sold so far; nobody has to be one of them."""
ADDRESSES = {
    "buyer": (
        Consignee("成都托管一号仓", "李明", "四川省成都市双流区示例大道 18 号 3 栋", "+8613900000001"),
        Consignee("鄂尔多斯矿场收货处", "王强", "内蒙古自治区鄂尔多斯市东胜区示例路 8 号", "+8613900000003"),
    ),
    "company": (
        Consignee("新疆昌吉数据中心", "陈晓", "新疆维吾尔自治区昌吉市示例工业园 2 号", "+8613900000002"),
        Consignee("深圳周转仓", "周海", "广东省深圳市宝安区示例街 66 号", "+8613900000004"),
    ),
    **{
        each.name: (Consignee(f"示例矿场 {number} 号", "张伟", f"云南省昆明市示例路 {number} 号", each.phone),)
        for number, each in enumerate(CUSTOMERS, 1)
    },
}


def open_accounts(start: datetime) -> int:
    """Everybody of both lists, customers a day later, with agreement, authenticator and addresses."""
    opened = 0
    for people, days_ago in ((PEOPLE, OPENED_DAYS_AGO - 1), (CUSTOMERS, OPENED_DAYS_AGO - 2)):
        with at(start - timedelta(days=days_ago)):
            opened += sum(_open(person) for person in people)
    return opened


def _open(person: Person) -> bool:
    account = account_of(person.name)
    is_new = account is None
    if account is None:
        account = open_account(
            name=person.name, phone=person.phone, password=PASSWORD, role=person.role, language=person.language
        )
        _agree(account)
    if account.is_staff and not has_second_factor(account):
        give_second_factor(account, person.secret)
    if not addresses_of(db.session(), account.id):
        for consignee in ADDRESSES.get(person.name, ()):
            add_address(account.id, account.subject_id, consignee, now())
    return is_new


def _agree(account: Account) -> None:
    """As registering does: the agreement to the version in force, and the welcome."""
    with transaction() as session:
        accept_all(session, account.audit_ref, LANGUAGES[account.language], now())
        tell(session, account, "account.welcome", version=current_policy(today()).version)


def agree_to_later_versions(start: datetime) -> int:
    """Everybody but one agrees to what took effect since they opened their account; that one still runs under the terms
    of before. Safe to repeat.
    """
    session, agreed = db.session(), 0
    for person in (*PEOPLE, *CUSTOMERS[:-1]):
        account = account_of(person.name)
        if account is None:
            continue
        waiting = [each for each in standing_of(session, account.audit_ref, today()) if each.needs_agreement]
        with transaction():
            for each in waiting:
                document, newest, lang = each.newest.document, each.newest, LANGUAGES[account.language]
                accept(session, account.audit_ref, newest.version, lang, newest.hash(lang), start, document)
        agreed += len(waiting)
    return agreed


def account_of(name: str) -> Account | None:
    return db.session.scalars(select(Account).where(Account.name_key == name_key_of(name))).one_or_none()


def actor_of(name: str) -> Actor:
    """The demo's person of this name as the lifecycle knows them."""
    account = account_of(name)
    if account is None:
        raise click.ClickException(f"the demo account {name} is missing")
    return Actor(account.role, account.audit_ref)
