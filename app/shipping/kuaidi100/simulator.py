"""A stand-in for Kuaidi100: `python -m app.shipping.kuaidi100.simulator [--port N]`.

It speaks the real wire protocol: checks the signature over the very bytes of `param`, wants the four digits for SF,
takes subscriptions and pushes to their addresses, signed with their salt, until it hears `"result":true`. A parcel goes
its way by the application's clock from the moment it is first heard of. `GET /parcels` shows what it knows.
`POST /faults?mode=M&times=N` makes the next N answers or pushes go wrong (N 0: until `mode=none`):
slow, dead, garbage, phone (408), refused, unsigned (push with a wrong signature), repeated, shuffled, abort, other.
"""

import argparse
import json
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import requests

from app.foundation import standing_in
from app.foundation.clock import SHANGHAI, application_clock, now
from app.settings import Settings
from app.shipping.kuaidi100.protocol import (
    ASKS_FOR_PHONE,
    CARRIERS,
    PHONE_NEEDED,
    QUERY_PATH,
    SUBSCRIBE_PATH,
    compact,
    sign_push,
    sign_query,
)

MODES = (
    "none", "slow", "dead", "garbage", "phone", "refused", "unsigned", "repeated", "shuffled", "abort", "other",
)  # fmt: skip
PUSH_TIMEOUT_SECONDS = 5
PUSH_TRIES = 4
WAY = (
    (0, "1", "揽收", "【深圳市】快件已揽收"),
    (3, "0", "在途", "【深圳市】快件已发往下一站"),
    (20, "0", "在途", "【呼和浩特市】快件到达转运中心"),
    (44, "5", "派件", "【鄂尔多斯市】快件正在派送，请保持电话畅通"),
    (50, "3", "签收", "【鄂尔多斯市】快件已签收"),
)
"""Hours after the start, state, its word, text."""
Answer = tuple[int, Any]


@dataclass
class Subscription:
    """Where news of one parcel goes, and how much of its way was told already."""

    company: str
    number: str
    callback: str
    salt: str
    told: int = 0
    tries: int = 0


@dataclass
class Simulator(standing_in.Faults):
    """The service's books: our account, every parcel it has heard of, and which fault is on."""

    customer: str
    key: str
    started: dict[str, datetime] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    """What we were sent, oldest first: the form of each request."""

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        """What the service says to a form sent to one of its two addresses."""
        with self._lock:
            self.asked.append({"path": path, **form})
            del self.asked[:-500]
        try:
            param = json.loads(form.get("param", ""))
        except ValueError:
            return 200, _refusal("400", "参数错误")
        if path == SUBSCRIBE_PATH:
            return 200, self._subscribe(form, param)
        return 200, self._query(form, param)

    def _query(self, form: Mapping[str, str], param: dict[str, Any]) -> dict[str, Any]:
        if form.get("customer") != self.customer or form.get("sign") != sign_query(
            form["param"], self.key, self.customer
        ):
            return _refusal("503", "验证签名失败")
        fault = self.fault("phone", "refused", "other")
        lacks_phone = param.get("com") in ASKS_FOR_PHONE and not re.fullmatch(r"\d{4}", str(param.get("phone", "")))
        if lacks_phone or (fault == "phone" and not param.get("phone")):
            return _refusal(PHONE_NEEDED, "验证码错误")
        if fault == "refused" or param.get("com") not in CARRIERS.values():
            return _refusal("500", "查询无结果，请隔段时间再查")
        number = "OTHER00000" if fault == "other" else str(param["num"])
        self._start(str(param["num"]))
        return self.track(str(param["com"]), number, self._passed(str(param["num"])))

    def _subscribe(self, form: Mapping[str, str], param: dict[str, Any]) -> dict[str, Any]:
        more = param.get("parameters") or {}
        if form.get("schema") != "json" or param.get("key") != self.key:
            return _refusal("601", "KEY已过期")
        if self.fault("refused") == "refused" or not str(more.get("callbackurl", "")).startswith("http"):
            return _refusal("700", "订阅方的订阅数据存在错误")
        number = str(param["number"])
        with self._lock:
            if number in self.subscriptions:
                return _refusal("501", "重复订阅")
            self.subscriptions[number] = Subscription(
                str(param["company"]), number, more["callbackurl"], str(more.get("salt", ""))
            )
        self._start(number)
        return {"result": True, "returnCode": "200", "message": "提交成功"}

    def _start(self, number: str) -> None:
        with self._lock:
            self.started.setdefault(number, now())

    def _passed(self, number: str) -> int:
        """How many steps of its way a parcel has made by now."""
        hours = (now() - self.started[number]) / timedelta(hours=1)
        return sum(step[0] <= hours for step in WAY)

    def track(self, company: str, number: str, steps: int) -> dict[str, Any]:
        """The service's own form of a track; the newest line first."""
        begun = self.started.get(number) or now()
        lines = [
            {
                "time": (moment := (begun + timedelta(hours=hours)).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")),
                "ftime": moment,
                "context": text,
                "status": word,
            }
            for hours, _, word, text in WAY[:steps]
        ]
        state = WAY[max(steps, 1) - 1][1]
        return {
            "message": "ok", "state": state, "status": "200", "ischeck": "1" if state == "3" else "0",
            "com": company, "nu": number, "data": lines[::-1],
        }  # fmt: skip

    def push_news(self) -> int:
        """Push to every address that has not heard the newest; says how many heard it."""
        return sum(self._push(each) for each in list(self.subscriptions.values()))

    def _push(self, to: Subscription) -> bool:
        steps = self._passed(to.number)
        if steps <= to.told or to.tries >= PUSH_TRIES:
            return False
        fault = self.fault("unsigned", "repeated", "shuffled", "abort", "other")
        track = self.track(to.company, "OTHER00000" if fault == "other" else to.number, steps)
        rounds = [track]
        if fault == "repeated":
            rounds = [track, track]
        elif fault == "shuffled":
            rounds = [track, *(self.track(to.company, to.number, step) for step in range(1, steps))]
        heard = [self._send(to, each, fault) for each in rounds]
        if all(heard):
            to.told, to.tries = steps, 0
        else:
            to.tries += 1
        return all(heard)

    def _send(self, to: Subscription, track: dict[str, Any], fault: str) -> bool:
        status = "shutdown" if track["state"] == "3" else "polling"
        message = {"status": status, "message": "", "lastResult": track}
        if fault == "abort":
            message = {"status": "abort", "message": "3天查询无记录", "lastResult": {**track, "data": []}}
        param = compact(message)
        sign = sign_push(param, "another salt" if fault == "unsigned" else to.salt)
        try:
            with requests.Session() as http:
                http.trust_env = False
                answer = http.post(to.callback, data={"sign": sign, "param": param}, timeout=PUSH_TIMEOUT_SECONDS)
            return bool(answer.json().get("result"))
        except (requests.RequestException, ValueError):
            return False

    def known(self) -> list[dict[str, Any]]:
        """What it knows, for people who look."""
        return [
            {"number": number, "steps": self._passed(number), "subscribed": number in self.subscriptions}
            for number in self.started
        ]


def _refusal(code: str, message: str) -> dict[str, Any]:
    return {"result": False, "returnCode": code, "message": message}


class _Handler(standing_in.Handler):
    simulator: Simulator

    def do_POST(self) -> None:
        body = self.body().decode("utf-8", "replace")
        address = urlsplit(self.path)
        if address.path == "/faults":
            return self.set_fault(dict(parse_qsl(address.query)), MODES)
        if address.path not in (QUERY_PATH, SUBSCRIBE_PATH):
            return self.write(404, b"nothing here", "text/plain")
        if self.has_failed(self.simulator.fault("slow", "dead", "garbage")):
            return
        form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        self.say(*self.simulator.answer(address.path, form))

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/parcels":
            return self.say(200, self.simulator.known())
        self.write(200, b"Kuaidi100 simulator: see /parcels\n", "text/plain")


def serve(simulator: Simulator, port: int) -> ThreadingHTTPServer:
    return standing_in.serve(_Handler, simulator, port)


def main() -> None:
    settings = Settings.from_environment()
    parser = argparse.ArgumentParser(description="A stand-in for the tracking service Kuaidi100.")
    parser.add_argument("--port", type=int, default=urlsplit(settings.tracking_url).port or settings.port + 3)
    port = parser.parse_args().port
    application_clock.follow(settings.clock_file)
    simulator = Simulator(settings.tracking_customer, settings.tracking_key)
    server = serve(simulator, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        while True:
            simulator.push_news()
            time.sleep(1)
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
