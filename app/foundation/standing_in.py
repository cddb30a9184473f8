"""What every stand-in for an outside party shares: a small HTTP server on the loopback address, and faults on demand.

A party's simulator speaks its real protocol and is a program of its own; none runs in production (DESIGN 8).
"""

import json
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SLOW_SECONDS = 15.0
NO_FAULT = "none"


@dataclass(kw_only=True)
class Faults:
    """The fault that is on, and for how many more times; 0 means until it is taken back."""

    mode: str = NO_FAULT
    times: int = 0
    slow_seconds: float = SLOW_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, *kinds: str) -> str:
        """The fault for this answer if it is one of `kinds` (of any kind where none is named); counts it."""
        with self._lock:
            mode = self.mode
            if mode == NO_FAULT or (kinds and mode not in kinds):
                return NO_FAULT
            if self.times:
                self.times -= 1
                self.mode = mode if self.times else NO_FAULT
            return mode


class Handler(BaseHTTPRequestHandler):
    """A party's answers. Silent: its log would hold what only the two parties may know."""

    protocol_version = "HTTP/1.1"
    simulator: Any

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def say(self, status: int, answer: Any) -> None:
        self.write(status, json.dumps(answer, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def write(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def has_failed(self, fault: str) -> bool:
        """Be slow, be dead or talk garbage where the fault says so; True where nothing more is to be answered."""
        if fault == "slow":
            time.sleep(self.simulator.slow_seconds)
        if fault == "dead":
            self.close_connection = True
            self.connection.close()
        if fault == "garbage":
            self.write(502, b"<html>Bad Gateway</html>", "text/html")
        return fault in ("dead", "garbage")

    def set_fault(self, given: Mapping[str, str], modes: Collection[str]) -> None:
        mode, times = given.get("mode", NO_FAULT), given.get("times", "0")
        if mode not in modes or not times.isdigit():
            return self.say(400, {"error": f"mode is one of {', '.join(modes)}, times a whole number"})
        self.simulator.mode, self.simulator.times = mode, int(times)
        self.say(200, {"mode": mode, "times": times})

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


def serve(handler: type[Handler], simulator: Any, port: int) -> ThreadingHTTPServer:
    """A server on the loopback address, ready for `serve_forever`; port 0 takes a free one."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (handler,), {"simulator": simulator}))
    server.daemon_threads = True
    return server


def serve_until_stopped(server: ThreadingHTTPServer) -> None:
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
