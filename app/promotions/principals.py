"""Principals: who they are, which goods are theirs, and the signed link to their figures. Clauses 4.1.3(3), 4.1.3b."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.foundation import link_tokens
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import NotFound
from app.promotions.models import BRAND, MODEL, Principal, PrincipalGoods
from app.promotions.queries import principal_numbered

LINK_LIFE = timedelta(days=90)
KIND = "principal.link"


@dataclass(frozen=True)
class Profile:
    """A principal as the marketer writes it down: names, codes of brands, slugs of products."""

    name_zh: str
    name_en: str
    brands: Sequence[str] = ()
    products: Sequence[str] = ()


class LinkEnded(Exception):
    """The link was ours and its time is over."""


def add_principal(profile: Profile, *, actor: int | None = None) -> Principal:
    with transaction() as session:
        principal = Principal(name_zh=profile.name_zh, name_en=profile.name_en, link_version=0)
        principal.goods = _goods(profile)
        session.add(principal)
        session.flush()
        record("principal.added", actor=actor, principal=principal.id)
    return principal


def edit_principal(number: int, profile: Profile, *, actor: int | None = None) -> Principal:
    """Goods count from now on; purchases already counted stay counted. Raises NotFound."""
    with transaction() as session:
        principal = principal_numbered(session, number)
        principal.name_zh, principal.name_en = profile.name_zh, profile.name_en
        known = {(goods.kind, goods.code): goods for goods in principal.goods}
        principal.goods = [known.get((each.kind, each.code), each) for each in _goods(profile)]
        record("principal.edited", actor=actor, principal=number)
    return principal


def _goods(profile: Profile) -> list[PrincipalGoods]:
    pairs = [*((BRAND, code) for code in profile.brands), *((MODEL, slug) for slug in profile.products)]
    return [PrincipalGoods(kind=kind, code=code) for kind, code in dict.fromkeys(pairs)]


def make_link(number: int, on: date, *, actor: int | None = None) -> Principal:
    """A new link, good for 90 days; the one before it opens nothing from now on. Raises NotFound."""
    with transaction() as session:
        principal = principal_numbered(session, number)
        principal.link_version += 1
        principal.link_until = on + LINK_LIFE
        record("principal.link_made", actor=actor, principal=number, until=principal.link_until.isoformat())
    return principal


def withdraw_link(number: int, *, actor: int | None = None) -> Principal:
    """The link opens nothing from now on. Raises NotFound."""
    with transaction() as session:
        principal = principal_numbered(session, number)
        principal.link_version += 1
        principal.link_until = None
        record("principal.link_withdrawn", actor=actor, principal=number)
    return principal


def token_of(principal: Principal) -> str | None:
    """What stands in the link's address; None where there is no link. It names nothing but the principal."""
    return link_tokens.token_of(KIND, [principal.id, principal.link_version]) if principal.link_until else None


def principal_behind(session: Session, token: str, on: date) -> Principal:
    """Whose link this is. Raises NotFound for a forged or withdrawn one, LinkEnded for one whose time is over."""
    number, version = link_tokens.numbers_in(KIND, token)
    principal = session.get(Principal, number)
    if principal is None or principal.link_version != version or principal.link_until is None:
        raise NotFound
    if principal.link_until < on:
        raise LinkEnded
    return principal
