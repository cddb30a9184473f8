"""Wires the checkout: its notices."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.foundation.notices import register_notices
from app.privacy.my_data import is_changed_at


def init_slice(app: Flask) -> None:
    is_changed_at("addresses", "checkout.addresses")
    register_notices(
        {
            "placed": ("good", _l("Your order is placed and the goods are held for you.")),
            "address_added": ("good", _l("The address is in your address book.")),
            "address_changed": ("good", _l("The address book was changed. Orders already placed keep their address.")),
            "address_removed": ("good", _l("The address was deleted. Orders already placed keep theirs.")),
        }
    )
