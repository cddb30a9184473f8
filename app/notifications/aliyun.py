"""Aliyun's SMS service, SendSms of 2017-05-25, signed with ACS3-HMAC-SHA256 . Used inside the share gate."""

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from app.foundation.outbound import TIMEOUT_SECONDS, Answer, Http
from app.notifications.delivering import NotSent

# its lines at level DEBUG would hold the query, and so number and code
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

ACTION, VERSION, ALGORITHM = "SendSms", "2017-05-25", "ACS3-HMAC-SHA256"
SIGNED_HEADERS = (
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
)
EMPTY_BODY_SHA256 = hashlib.sha256(b"").hexdigest()
NEVER_AGAIN = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.INVALID_PARAMETERS",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.INVALID_JSON_PARAM",
    }
)


class SmsNotSent(NotSent):
    """The SMS service did not take the message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.is_final = code in NEVER_AGAIN


@dataclass(frozen=True)
class SmsService:
    """Where the service is and who we are there."""

    endpoint: str
    access_key: str
    secret: str
    sign_name: str
    templates: Mapping[str, str] = field(default_factory=dict)
    """The service's names of our templates, where they differ."""

    def deliver(self, http: Http, fields: Mapping[str, object], *, out_id: str, at: datetime, nonce: str) -> Answer:
        """Hand one message over: `fields` are number, template and values, as the share gate let them through."""
        query = canonical_query(
            {
                "PhoneNumbers": str(fields["number"]).removeprefix("+86"),
                "SignName": self.sign_name,
                "TemplateCode": self.templates.get(str(fields["template"]), str(fields["template"])),
                "TemplateParam": json.dumps(fields["values"], ensure_ascii=False, separators=(",", ":")),
                "OutId": out_id,
            }
        )
        address = urlsplit(self.endpoint)
        headers = {
            "host": address.netloc,
            "x-acs-action": ACTION,
            "x-acs-content-sha256": EMPTY_BODY_SHA256,
            "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": nonce,
            "x-acs-version": VERSION,
        }
        signature = sign(self.secret, canonical_request("POST", address.path or "/", query, headers))
        headers["Authorization"] = (
            f"{ALGORITHM} Credential={self.access_key},SignedHeaders={';'.join(SIGNED_HEADERS)},Signature={signature}"
        )
        url = f"{address.scheme}://{address.netloc}{address.path or '/'}?{query}"
        return http.post(url, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)


def canonical_query(parameters: Mapping[str, str]) -> str:
    """RFC 3986 encoding, sorted by name; `~` stays."""
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(parameters.items()))


def canonical_request(method: str, path: str, query: str, headers: Mapping[str, str]) -> str:
    """What the signature covers. Header values are trimmed; the body's digest comes from its own header."""
    lines = [f"{name}:{headers[name].strip()}" for name in SIGNED_HEADERS]
    return "\n".join([method, path, query, *lines, "", ";".join(SIGNED_HEADERS), headers["x-acs-content-sha256"]])


def sign(secret: str, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return hmac.new(secret.encode(), f"{ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()


def check_answer(answer: Answer) -> None:
    """Raises SmsNotSent unless the service said OK; an answer that is not its JSON counts as its being away."""
    try:
        code = answer.json()["Code"]
    except (ValueError, KeyError, TypeError):
        raise SmsNotSent(f"http.{answer.status_code}") from None
    if code != "OK":
        raise SmsNotSent(str(code))
