"""The carriers that parcels are handed to, and what a tracking number of any of them looks like."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    """A delivery partner, named on the order and in the checkout (clause 1.1.5b)."""

    code: str
    zh: str
    en: str

    def name(self, locale: str) -> str:
        return self.zh if locale == "zh" else self.en


CARRIERS: dict[str, Carrier] = {
    carrier.code: carrier
    for carrier in (
        Carrier("sf", "顺丰速运", "SF Express"),
        Carrier("deppon", "德邦快递", "Deppon"),
        Carrier("jd", "京东物流", "JD Logistics"),
        Carrier("kuayue", "跨越速运", "KYE"),
        Carrier("ems", "中国邮政 EMS", "China Post EMS"),
    )
}

_TRACKING = re.compile(r"[A-Z0-9-]{6,40}")


def tracking_number_in(text: str) -> str | None:
    """The number as carriers print it: capitals, no spaces. None where it cannot be one."""
    number = re.sub(r"\s", "", text).upper()
    return number if _TRACKING.fullmatch(number) else None
