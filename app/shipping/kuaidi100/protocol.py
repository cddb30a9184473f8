"""The wire protocol of Kuaidi100: what is signed, sent and answered. Pure; nothing here calls anybody.

Signatures are upper-case MD5 over the very bytes of `param` that are sent, so whoever signs a text sends that text.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.foundation.clock import SHANGHAI
from app.shipping import tracking
from app.shipping.tracking import Happening

QUERY_PATH, SUBSCRIBE_PATH = "/poll/query.do", "/poll"
PHONE_NEEDED = "408"
ALREADY_SUBSCRIBED = "501"
ACCEPTED = {"result": True, "returnCode": "200", "message": "成功"}
LONGEST_TEXT = 300
MOST_HAPPENINGS = 200

CARRIERS = {"sf": "shunfeng", "deppon": "debangkuaidi", "jd": "jd", "kuayue": "kuayue", "ems": "ems"}
"""Our codes and the service's."""
ASKS_FOR_PHONE = frozenset({"shunfeng"})
"""Carriers that tell nothing without the last four digits of the consignee's mobile number."""

STATES = {
    "0": tracking.UNDER_WAY, "1": tracking.COLLECTED, "2": tracking.PROBLEM, "3": tracking.SIGNED,
    "4": tracking.RETURNED, "5": tracking.DELIVERING, "6": tracking.RETURNING, "7": tracking.FORWARDED,
    "8": tracking.CUSTOMS, "14": tracking.REFUSED,
}  # fmt: skip
"""`state` in the service's numbers. With `resultv2` finer ones follow ("301"): their first digit counts."""
WORDS = {
    "在途": tracking.UNDER_WAY, "揽收": tracking.COLLECTED, "疑难": tracking.PROBLEM, "签收": tracking.SIGNED,
    "退签": tracking.RETURNED, "派件": tracking.DELIVERING, "退回": tracking.RETURNING, "转单": tracking.FORWARDED,
    "转投": tracking.FORWARDED, "清关": tracking.CUSTOMS, "拒签": tracking.REFUSED,
}  # fmt: skip
"""`status` of one line, in words."""


class Malformed(ValueError):
    """A message is not what the protocol says."""


class Refused(RuntimeError):
    """The service refused a question. `code` is its returnCode."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:20]


@dataclass(frozen=True)
class Track:
    """What the service knows of one parcel."""

    company: str
    number: str
    state: str
    happenings: tuple[Happening, ...]


@dataclass(frozen=True)
class Push:
    """A message to our address. `status` is polling, shutdown (the way has ended), abort (no news) or updateall."""

    status: str
    message: str
    track: Track | None


def compact(data: Mapping[str, Any]) -> str:
    """JSON text without spaces: what is signed and sent."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def sign_query(param: str, key: str, customer: str) -> str:
    return _md5(param + key + customer)


def sign_push(param: str, salt: str) -> str:
    return _md5(param + salt)


def is_signed(param: str, salts: list[str], sign: str) -> bool:
    """Whether a push was signed with one of these salts. In constant time."""
    given = sign.encode("utf-8", "replace")
    return any([hmac.compare_digest(sign_push(param, salt).encode(), given) for salt in salts])


def query_form(company: str, number: str, phone: str | None, *, key: str, customer: str) -> dict[str, str]:
    """The form of a question about one parcel."""
    asked = {"com": company, "num": number, **({"phone": phone} if phone else {}), "resultv2": "1"}
    param = compact(asked)
    return {"customer": customer, "sign": sign_query(param, key, customer), "param": param}


def subscribe_form(
    company: str, number: str, phone: str | None, *, key: str, callback: str, salt: str
) -> dict[str, str]:
    """The form that asks for pushes to `callback`, signed with `salt`."""
    parameters = {"callbackurl": callback, "salt": salt, "resultv2": "1", **({"phone": phone} if phone else {})}
    param = {"company": company, "number": number, "key": key, "parameters": parameters}
    return {"schema": "json", "param": compact(param)}


def read_query(answer: Any) -> Track:
    """The track in the answer to a question. Raises Refused, Malformed."""
    if not isinstance(answer, dict):
        raise Malformed("answer")
    if str(answer.get("status")) != "200" or "data" not in answer:
        raise Refused(str(answer.get("returnCode") or answer.get("status") or "none"))
    return _track(answer)


def check_subscribed(answer: Any) -> None:
    """Raises Refused, Malformed; being subscribed already is well."""
    if not isinstance(answer, dict) or "returnCode" not in answer:
        raise Malformed("answer")
    if str(answer["returnCode"]) not in ("200", ALREADY_SUBSCRIBED):
        raise Refused(str(answer["returnCode"]))


def read_push(param: str) -> Push:
    """A push whose signature was checked. Raises Malformed."""
    try:
        message = json.loads(param)
    except (ValueError, RecursionError):
        raise Malformed("json") from None
    if not isinstance(message, dict) or message.get("status") not in ("polling", "shutdown", "abort", "updateall"):
        raise Malformed("status")
    result = message.get("lastResult")
    track = _track(result) if isinstance(result, dict) and result.get("nu") else None
    return Push(message["status"], str(message.get("message") or "")[:LONGEST_TEXT], track)


def _track(result: Mapping[str, Any]) -> Track:
    lines = result.get("data")
    if not isinstance(lines, list):
        raise Malformed("data")
    overall = state_of(str(result.get("state")))
    happenings = [_happening(line, overall if first else None) for first, line in _newest_first(lines)]
    return Track(str(result.get("com")), str(result.get("nu")), overall, tuple(happenings))


def _newest_first(lines: list[Any]) -> list[tuple[bool, Any]]:
    return [(number == 0, line) for number, line in enumerate(lines[:MOST_HAPPENINGS])]


def state_of(number: str) -> str:
    """Our word for the service's number of a state; under way for what it does not list."""
    return STATES.get(number) or STATES.get(number[:1] if len(number) > 2 else "") or tracking.UNDER_WAY


def _happening(line: Any, overall: str | None) -> Happening:
    """One line; the newest one stands where the parcel as a whole stands, whatever word it carries itself."""
    if not isinstance(line, dict):
        raise Malformed("line")
    try:
        moment = datetime.strptime(str(line.get("ftime") or line.get("time")), "%Y-%m-%d %H:%M:%S")
        at = moment.replace(tzinfo=SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed("time") from None
    word = overall or WORDS.get(str(line.get("status")), tracking.UNDER_WAY)
    text = "".join(character for character in str(line.get("context") or "") if character.isprintable())
    return Happening(at, word, text[:LONGEST_TEXT])
