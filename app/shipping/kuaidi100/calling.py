"""Our calls to the tracking service, used inside the share gate: what goes out is what the gate let through."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.foundation.encryption import signing_keys
from app.foundation.languages import N_
from app.foundation.outbound import TIMEOUT_SECONDS, Answer, Ground, Http, Recipient, declare_recipient
from app.foundation.personal_data import Purpose
from app.settings import Settings
from app.shipping.kuaidi100.protocol import CARRIERS, QUERY_PATH, SUBSCRIBE_PATH, query_form, subscribe_form

RECIPIENT = declare_recipient(
    Recipient(
        code="kuaidi100",
        name="快递100",
        name_en="Kuaidi100",
        kind=N_("tracking of deliveries"),
        fields={
            "carrier": N_("which carrier"),
            "tracking_number": N_("tracking number"),
            "mobile_last_four": N_("last four digits of the mobile number, where the carrier asks for them"),
        },
        purposes=frozenset({Purpose.SERVICE}),
        grounds=frozenset({Ground.CORE}),
        use_days=90,
        draws_on=frozenset({"orders.consignee"}),
    )
)


@dataclass(frozen=True)
class TrackingService:
    """Where the service is, and who we are there."""

    url: str
    customer: str
    key: str
    site_url: str

    @classmethod
    def of(cls, settings: Settings) -> "TrackingService | None":
        """None where no account with the service is set: then parcels are followed by hand alone."""
        if not (settings.tracking_customer and settings.tracking_key):
            return None
        url = settings.tracking_url.rstrip("/")
        return cls(url, settings.tracking_customer, settings.tracking_key, settings.site_url)

    def ask(self, http: Http, fields: Mapping[str, Any]) -> Answer:
        """Where is it? Raises NoAnswer."""
        form = query_form(*_named(fields), key=self.key, customer=self.customer)
        return http.post(self.url + QUERY_PATH, data=form, timeout=TIMEOUT_SECONDS, allow_redirects=False)

    def subscribe(self, http: Http, fields: Mapping[str, Any], parcel_id: int) -> Answer:
        """Tell us of every change, at the parcel's own address under its own salt."""
        callback = f"{self.site_url}/carrier/kuaidi100/{parcel_id}"
        form = subscribe_form(*_named(fields), key=self.key, callback=callback, salt=salts_of(parcel_id)[0])
        return http.post(self.url + SUBSCRIBE_PATH, data=form, timeout=TIMEOUT_SECONDS, allow_redirects=False)


def salts_of(parcel_id: int) -> list[str]:
    """What messages about a parcel are signed with, the newest first: made from our keys, so that nothing is stored."""
    return [hmac.digest(key, str(parcel_id).encode(), "sha256").hex()[:32] for key in signing_keys("kuaidi100.salt")]


def _named(fields: Mapping[str, Any]) -> tuple[str, str, str | None]:
    return CARRIERS[fields["carrier"]], fields["tracking_number"], fields.get("mobile_last_four")
