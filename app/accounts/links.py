"""Words of the account's pages: where the overview leads, what events are called, what notices say."""

from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.accounts import events

_LINKS: tuple[tuple[str, LazyString, LazyString], ...] = (
    ("orders.listing", _l("Orders"), _l("What you ordered, what is to be paid, what is on its way.")),
    ("notifications.messages", _l("Messages"), _l("What happened to your orders and your account.")),
    ("checkout.addresses", _l("Addresses"), _l("Receiving warehouses you ship to.")),
    ("companies.company", _l("Company"), _l("The company you buy for: its remittance is known by the payer's name.")),
    ("accounts.profile", _l("Profile"), _l("Picture, manager, landline and postal address, if you want to add them.")),
    ("accounts.mail", _l("Mail address"), _l("Notices of major changes by mail as well, if you want them.")),
    ("invoices.titles", _l("Invoice titles"), _l("To whom your invoices are made out.")),
    ("testimonials.mine", _l("My words for customers"), _l("What you published about yourself, and taking it back.")),
    ("accounts.devices", _l("Devices"), _l("Where you are signed in, and recent sign-ins.")),
    ("accounts.password", _l("Password"), _l("Set another password.")),
    ("accounts.phone", _l("Mobile number"), _l("Use another mobile number.")),
    ("privacy.data", _l("My data"), _l("What we keep about you, and your rights.")),
    ("search.history", _l("Search history"), _l("What you searched for: repeat it, delete it, switch it off.")),
    ("disputes.listing", _l("Disputes"), _l("Have us help to settle a dispute with somebody outside.")),
    ("privacy.terms", _l("My agreements"), _l("Which versions you agreed to, and which apply to you.")),
    ("privacy.consents", _l("My consents"), _l("What you agreed to: see it with its date, and withdraw it.")),
    ("privacy.choices", _l("Privacy choices"), _l("Counting, promotion and personal service.")),
    ("accounts.closure", _l("Close the account"), _l("Ends the account; everything about you is then erased.")),
)

EVENT_WORDS: dict[str, LazyString] = {
    events.SIGNED_IN: _l("Signed in"),
    events.PASSWORD_CHANGED: _l("Password changed"),
    events.PHONE_CHANGED: _l("Mobile number changed"),
    events.SECOND_FACTOR_SET: _l("Second factor set up"),
    events.RECOVERY_CODE_USED: _l("Recovery code used"),
    events.DEVICES_REVOKED: _l("Devices signed out"),
    events.FROZEN_BY_OWNER: _l("Account frozen"),
}

NOTICES: dict[str, tuple[str, LazyString]] = {
    "registered": ("good", _l("Your account is open and you are signed in.")),
    "signed_out": ("info", _l("You are signed out.")),
    "password_set": ("good", _l("The new password is set. Please sign in with it.")),
    "password_changed": ("good", _l("The password is changed. All other devices are signed out.")),
    "phone_changed": ("good", _l("The mobile number is changed. All other devices are signed out.")),
    "frozen": (
        "caution",
        _l("The account is frozen and all devices are signed out. Set a new password to use it again."),
    ),
    "closure_applied": ("good", _l("Your application is here. You are told as soon as it is decided.")),
    "closure_waiting": ("info", _l("You have applied already. The application is being reviewed.")),
    "closure_withdrawn": ("good", _l("Withdrawn. Nothing was changed.")),
    "closure_decided": ("caution", _l("This application is no longer waiting.")),
    "mail_given": ("good", _l("If the address was not confirmed yet, a code is on its way there.")),
    "mail_confirmed": ("good", _l("The mail address is confirmed.")),
    "mail_removed": ("good", _l("The mail address is deleted.")),
    "profile_kept": ("good", _l("Your profile is kept, encrypted.")),
    "device_ended": ("good", _l("That device is signed out.")),
    "devices_ended": ("good", _l("All other devices are signed out.")),
    "device_forgotten": ("good", _l("That device is no longer trusted.")),
}


@dataclass(frozen=True)
class AccountLink:
    """One way from the overview."""

    url: str
    text: LazyString
    note: LazyString


def account_links() -> list[AccountLink]:
    """The pages that this build has, in their order."""
    here = current_app.view_functions
    return [AccountLink(url_for(endpoint), text, note) for endpoint, text, note in _LINKS if endpoint in here]
