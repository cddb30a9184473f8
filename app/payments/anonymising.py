"""What payments keep when their order becomes anonymous: amounts and the numbers of bank and institution. 5.2.2c.

Receipts, allocations, attempts and rows of statements are books that accounting law asks for (Annex 1); they name no
person, and a payer in a statement stands under the statement's own key.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.foundation.data_keys import KeyDestroyed
from app.foundation.uploads import remove_private
from app.orders.anonymising import when_anonymised
from app.orders.numbers import new_remittance_code
from app.payments.chinabank.models import PaymentAttempt
from app.payments.models import Remittance, Voucher


@when_anonymised
def cut_payments(session: Session, order_ids: Sequence[int], at: datetime) -> None:
    """The code that the buyer knows is replaced, the picture of the slip goes, nobody is asked any more."""
    for voucher in session.scalars(select(Voucher).where(Voucher.order_id.in_(order_ids))):
        with suppress(KeyDestroyed):
            remove_private(Voucher.file.read(voucher))
    session.execute(delete(Voucher).where(Voucher.order_id.in_(order_ids)))
    for remittance in session.scalars(select(Remittance).where(Remittance.order_id.in_(order_ids))):
        remittance.code = new_remittance_code()
    session.execute(update(PaymentAttempt).where(PaymentAttempt.order_id.in_(order_ids)).values(next_ask_at=None))
