"""A stand-in for the SMS service: `python -m app.notifications.simulator [--port N]`.

It speaks the service's real wire protocol, checks the V3 signature, time and nonce for real, answers with its JSON, and
keeps what it "delivered" in memory: `GET /inbox` gives it as JSON, newest first. `POST /faults?mode=M&times=N` makes
the next N requests go wrong (M one of slow, dead, refused, limit, garbage; N 0 means until `mode=none`).
"""

import argparse
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from app.foundation import standing_in
from app.foundation.clock import SHANGHAI, application_clock, now
from app.notifications.aliyun import ACTION, ALGORITHM, EMPTY_BODY_SHA256, VERSION, canonical_query, sign
from app.notifications.texts import registered_templates
from app.settings import Settings

INBOX_HOLDS = 500
CLOCKS_MAY_DIFFER = timedelta(minutes=15)
CODES_PER_HOUR, CODES_PER_DAY = 10, 40
MODES = ("none", "slow", "dead", "refused", "limit", "garbage")
Answer = tuple[int, dict[str, str]]


@dataclass
class Simulator(standing_in.Faults):
    """The service's books: who may send, what was sent, which fault is on."""

    access_key: str
    secret: str
    sign_name: str
    inbox: list[dict[str, Any]] = field(default_factory=list)
    _nonces: set[str] = field(default_factory=set)

    def send_sms(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Check the signature and the message as the service does, and deliver."""
        if problem := self._distrusts(method, path, query, headers, body):
            return 400, _answer(problem)
        parameters = dict(parse_qsl(query, keep_blank_values=True))
        with self._lock:
            code = self._refuses(parameters)
            if code == "OK":
                self.inbox.insert(0, self._delivered(parameters))
                del self.inbox[INBOX_HOLDS:]
        return 200, _answer(code)

    def _distrusts(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> str | None:
        """The error code of a request that is not signed by us, now, and for the first time."""
        if headers.get("x-acs-action") != ACTION or headers.get("x-acs-version") != VERSION:
            return "InvalidAction.NotFound"
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        given = dict(part.partition("=")[::2] for part in rest.split(","))
        if scheme != ALGORITHM or given.get("Credential") != self.access_key:
            return "InvalidAccessKeyId.NotFound"
        digest = hashlib.sha256(body).hexdigest() if body else EMPTY_BODY_SHA256
        names = given.get("SignedHeaders", "").split(";")
        if names != sorted(names) or not {"host", "x-acs-date", "x-acs-signature-nonce"} <= set(names):
            return "IncompleteSignature"
        lines = [f"{name}:{headers.get(name, '').strip()}" for name in names]
        encoded = canonical_query(dict(parse_qsl(query, keep_blank_values=True)))
        canonical = "\n".join([method, path, encoded, *lines, "", ";".join(names), digest])
        if not hmac.compare_digest(sign(self.secret, canonical), given.get("Signature", "")):
            return "SignatureDoesNotMatch"
        return self._is_late_or_repeated(headers)

    def _is_late_or_repeated(self, headers: Mapping[str, str]) -> str | None:
        try:
            sent_at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return "InvalidTimeStamp.Format"
        if abs(now() - sent_at) > CLOCKS_MAY_DIFFER:
            return "InvalidTimeStamp.Expired"
        with self._lock:
            nonce = headers["x-acs-signature-nonce"]
            if nonce in self._nonces:
                return "SignatureNonceUsed"
            self._nonces.add(nonce)
        return None

    def _refuses(self, parameters: Mapping[str, str]) -> str:
        number, name = parameters.get("PhoneNumbers", ""), parameters.get("TemplateCode", "")
        if not (number.isascii() and number.isdigit() and len(number) == 11 and number.startswith("1")):
            return "isv.MOBILE_NUMBER_ILLEGAL"
        if parameters.get("SignName") != self.sign_name:
            return "isv.SMS_SIGNATURE_ILLEGAL"
        if name not in registered_templates():
            return "isv.SMS_TEMPLATE_ILLEGAL"
        try:
            values = json.loads(parameters.get("TemplateParam") or "{}")
        except ValueError:
            return "isv.INVALID_JSON_PARAM"
        template, _ = registered_templates()[name]
        if not isinstance(values, dict) or set(values) != set(template.values):
            return "isv.TEMPLATE_MISSING_PARAMETERS"
        return "isv.BUSINESS_LIMIT_CONTROL" if self._is_over_limit(number) else "OK"

    def _is_over_limit(self, number: str) -> bool:
        """The service's own backstop against floods of codes to one number."""
        at = now()
        ages = [at - each["moment"] for each in self.inbox if each["number"] == number and each["is_code"]]
        hour, day = timedelta(hours=1), timedelta(days=1)
        return sum(age < hour for age in ages) >= CODES_PER_HOUR or sum(age < day for age in ages) >= CODES_PER_DAY

    def _delivered(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        template, language = registered_templates()[parameters["TemplateCode"]]
        values = json.loads(parameters.get("TemplateParam") or "{}")
        moment = now()
        return {
            "number": parameters["PhoneNumbers"],
            "text": f"【{self.sign_name}】{template.text_in(language, values)}",
            "language": language,
            "at": moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            "out_id": parameters.get("OutId", ""),
            "moment": moment,
            "is_code": template.is_code,
        }

    def listed(self) -> list[dict[str, Any]]:
        """The inbox as it is shown, newest first."""
        shown = ("number", "text", "language", "at", "out_id")
        with self._lock:
            return [{name: each[name] for name in shown} for each in self.inbox]


def _answer(code: str) -> dict[str, str]:
    answer = {"Code": code, "Message": "OK" if code == "OK" else code, "RequestId": secrets.token_hex(16).upper()}
    return {**answer, "BizId": f"{secrets.randbits(60)}^0"} if code == "OK" else answer


class _Handler(standing_in.Handler):
    simulator: Simulator

    def do_POST(self) -> None:
        body = self.body()
        address = urlsplit(self.path)
        if address.path == "/faults":
            return self.set_fault(dict(parse_qsl(address.query)), MODES)
        fault = self.simulator.fault()
        if self.has_failed(fault):
            return
        if fault in ("refused", "limit"):
            code = "isv.OUT_OF_SERVICE" if fault == "refused" else "isv.BUSINESS_LIMIT_CONTROL"
            return self.say(200, _answer(code))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.say(*self.simulator.send_sms("POST", address.path, address.query, headers, body))

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/inbox":
            return self.say(200, self.simulator.listed())
        self.write(200 if path == "/" else 404, b"SMS simulator: see /inbox\n", "text/plain")


def serve(simulator: Simulator, port: int) -> ThreadingHTTPServer:
    return standing_in.serve(_Handler, simulator, port)


def main() -> None:
    settings = Settings.from_environment()
    parser = argparse.ArgumentParser(description="A stand-in for the SMS service.")
    parser.add_argument("--port", type=int, default=urlsplit(settings.sms_endpoint).port or settings.port + 1)
    port = parser.parse_args().port
    application_clock.follow(settings.clock_file)
    simulator = Simulator(settings.sms_access_key, settings.sms_secret, settings.sms_sign_name)
    standing_in.serve_until_stopped(serve(simulator, port))


if __name__ == "__main__":
    main()
