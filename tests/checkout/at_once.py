"""Acts at the same moment, each in a thread and an application context of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from app.catalog.models import Sku
from app.checkout.placing import place_order
from app.checkout.reviewing import review
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from tests.accounts.builders import an_account
from tests.checkout.builders import an_address, as_buyer, in_cart

Act = Callable[[], Any]


def all_at_once(app: Flask, acts: list[Act], most: int = 100) -> list[Any]:
    """What each act gave; a refusal by name is its result, any other fault ends the test."""

    def run(act: Act) -> Any:
        with app.app_context():
            try:
                return act()
            except BusinessError as refusal:
                return type(refusal)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(min(len(acts), most)) as threads:
        return list(threads.map(run, acts))


def buyers_about_to_press(count: int, *skus: Sku) -> list[Act]:
    """Acts of that many members who all read the review page before any of them presses the button."""
    acts = []
    for number in range(count):
        account = an_account()
        address = an_address(account)
        for sku in skus[:: 1 if number % 2 else -1]:
            in_cart(account, sku)
        offer = review(db.session(), account.id, None).offer
        assert offer
        order = (as_buyer(account), address.id, f"form{number}", offer.fingerprint)
        acts.append(lambda order=order: place_order(*order, now()).number)
    return acts
