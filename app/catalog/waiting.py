"""Tell me when it is back: one row for a person and a SKU, gone once they were told. Clauses 2.1, 5.1.3a."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Account
from app.accounts.telling import tell
from app.catalog.models import Sku
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.errors import NotFound
from app.foundation.personal_data import impersonal

TOLD_AT_ONCE = 200


class BackInStockWish(IdMixin, db.Model):
    """A wish to be told. `subject_id` is the person's; without their account it says nothing about anybody."""

    __tablename__ = "back_in_stock_wishes"
    __table_args__ = (UniqueConstraint("account_id", "sku_id"),)

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("accounts.id", ondelete="CASCADE"), info=impersonal("link to the account")
    )
    subject_id: Mapped[int] = mapped_column(Id, index=True, info=impersonal("names the data key"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("skus.id"), index=True, info=impersonal("link to the catalogue"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("when it was asked for"))


def wish_for(account: Account, sku_id: int, at: datetime) -> Sku:
    """Remember that the person wants to be told. Asking twice is asking once. Raises NotFound."""
    with transaction() as session:
        sku = session.get(Sku, sku_id)
        if sku is None or not sku.product.is_published or sku.withdrawn:
            raise NotFound
        known = select(BackInStockWish.id).where(
            BackInStockWish.account_id == account.id, BackInStockWish.sku_id == sku_id
        )
        if session.scalar(known) is None:
            wish = BackInStockWish(account_id=account.id, subject_id=account.subject_id, sku_id=sku_id, created_at=at)
            session.add(wish)
    return sku


def tell_who_waited() -> int:
    """Tell everybody whose SKU can be bought again; how many were told. Each is told once, and forgotten here."""
    with transaction() as session:
        rows = session.execute(
            select(BackInStockWish, Account, Sku)
            .join(Account, Account.id == BackInStockWish.account_id)
            .join(Sku, Sku.id == BackInStockWish.sku_id)
            .where(Sku.available.is_(True), Sku.withdrawn.is_(False), Sku.price.is_not(None))
            .order_by(BackInStockWish.created_at)
            .limit(TOLD_AT_ONCE)
        ).all()
        for wish, account, sku in rows:
            if account.is_active and sku.is_on_sale:
                tell(session, account, "stock.back", machine=sku.full_name("en" if account.language == "en" else "zh"))
                session.delete(wish)
        return len(rows)
