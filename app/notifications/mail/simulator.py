"""A stand-in for the mail relay: `python -m app.notifications.mail.simulator [--port N]`.

It speaks SMTP (RFC 5321) with STARTTLS where it has a certificate, and AUTH PLAIN where it asks for a login, and keeps
what it "delivered" in memory: on the next port `GET /inbox` gives it as JSON, newest first, and
`POST /faults?mode=M&times=N` makes the next N conversations go wrong (see MODES; N 0 means until `mode=none`).
"""

import argparse
import base64
import ssl
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from app.foundation import standing_in
from app.foundation.clock import SHANGHAI, application_clock, now
from app.settings import Settings

INBOX_HOLDS = 500
LONGEST_LINE = 1000
MODES = ("none", "slow", "dead", "busy", "greylisted", "unknown", "full", "relaying", "spam", "silent")
"""Slow to greet; gone at once; 421; turned away for now; nobody there; mailbox full; not ours; content refused; taken
and gone before saying so."""
_TO_RECIPIENT = {
    "greylisted": "451 4.7.1 Please try again later",
    "unknown": "550 5.1.1 <{to}>: no such user here",
    "full": "552 5.2.2 <{to}>: mailbox is full",
    "relaying": "554 5.7.1 <{to}>: relay access denied",
}


@dataclass
class Simulator(standing_in.Faults):
    """The relay's books. `tls` makes it offer STARTTLS; `login` is user and password where it wants them."""

    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    inbox: list[dict[str, Any]] = field(default_factory=list)

    def deliver(self, sender: str, to: str, content: bytes, *, encrypted: bool) -> None:
        mail = message_from_bytes(content, policy=policy.default)
        body = mail.get_body(("plain",))
        delivered = {
            "from": str(mail["From"]),
            "envelope": sender,
            "to": to,
            "subject": str(mail["Subject"]),
            "text": body.get_content() if body else "",
            "language": str(mail["Content-Language"]),
            "message_id": str(mail["Message-ID"]),
            "at": now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            "encrypted": encrypted,
            "content": content.decode("latin-1"),
        }
        with self._lock:
            self.inbox.insert(0, delivered)
            del self.inbox[INBOX_HOLDS:]

    def listed(self) -> list[dict[str, Any]]:
        """The inbox as it is shown, newest first."""
        with self._lock:
            return [{name: value for name, value in each.items() if name != "content"} for each in self.inbox]


class _Conversation(StreamRequestHandler):
    simulator: Simulator

    def handle(self) -> None:
        fault = self.simulator.fault()
        if fault == "dead":
            return
        if fault == "slow":
            time.sleep(self.simulator.slow_seconds)
        self.fault, self.sender, self.to = fault, "", ""
        self.encrypted = self.logged_in = False
        self.say("421 4.3.2 busy" if fault == "busy" else "220 mail simulator")
        while fault != "busy" and (line := self.rfile.readline(LONGEST_LINE)):
            word, _, rest = line.decode("latin-1").strip().partition(" ")
            if not self.answer(word.upper(), rest):
                return

    def answer(self, word: str, rest: str) -> bool:
        """One command; False where the conversation is over."""
        if word == "QUIT":
            self.say("221 2.0.0 bye")
            return False
        if word == "DATA":
            return self.content()
        handler = {
            "EHLO": self.ehlo, "STARTTLS": self.starttls, "AUTH": self.auth, "MAIL": self.mail, "RCPT": self.rcpt,
        }.get(word)  # fmt: skip
        if handler:
            handler(rest)
        else:
            self.say("250 2.0.0 ok" if word in ("NOOP", "RSET", "HELO") else "502 5.5.1 unknown command")
        return True

    def ehlo(self, rest: str) -> None:
        offered = ["STARTTLS"] * bool(self.simulator.tls and not self.encrypted)
        offered += ["AUTH PLAIN"] * bool(self.simulator.login)
        lines = ["mail simulator", "ENHANCEDSTATUSCODES", *offered]
        for line in lines[:-1]:
            self.say(f"250-{line}")
        self.say(f"250 {lines[-1]}")

    def starttls(self, rest: str) -> None:
        if self.simulator.tls is None:
            return self.say("502 5.5.1 no TLS here")
        self.say("220 2.0.0 go on")
        self.connection = self.simulator.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.encrypted = True

    def auth(self, rest: str) -> None:
        _, _, given = rest.partition(" ")
        try:
            _, user, password = base64.b64decode(given, validate=True).decode().split("\0")
        except ValueError:
            return self.say("501 5.5.2 cannot read that")
        self.logged_in = (user, password) == self.simulator.login
        self.say("235 2.7.0 welcome" if self.logged_in else "535 5.7.8 wrong credentials")

    def mail(self, rest: str) -> None:
        if self.simulator.login and not self.logged_in:
            return self.say("530 5.7.0 who are you?")
        self.sender = _address_in(rest)
        self.say("250 2.1.0 ok")

    def rcpt(self, rest: str) -> None:
        self.to = _address_in(rest)
        self.say(_TO_RECIPIENT.get(self.fault, "250 2.1.5 ok").format(to=self.to))

    def content(self) -> bool:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.fault == "spam":
            self.say("554 5.6.0 we do not like this")
            return True
        self.simulator.deliver(self.sender, self.to, b"".join(lines), encrypted=self.encrypted)
        if self.fault == "silent":
            return False
        self.say("250 2.0.0 taken")
        return True

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _address_in(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


class _Books(standing_in.Handler):
    simulator: Simulator

    def do_POST(self) -> None:
        self.body()
        address = urlsplit(self.path)
        if address.path == "/faults":
            return self.set_fault(dict(parse_qsl(address.query)), MODES)
        self.say(404, {"error": "see /inbox"})

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/inbox":
            return self.say(200, self.simulator.listed())
        self.write(200, b"Mail simulator: see /inbox\n", "text/plain")


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that broke: the other side went away, or did not like our certificate."""


def serve(simulator: Simulator, port: int, host: str = "127.0.0.1") -> ThreadingTCPServer:
    """The relay, ready for `serve_forever`; port 0 takes a free one."""
    return _Server((host, port), type("Conversation", (_Conversation,), {"simulator": simulator}))


def serve_books(simulator: Simulator, port: int) -> ThreadingHTTPServer:
    """Its inbox and its faults, over HTTP."""
    return standing_in.serve(_Books, simulator, port)


def main() -> None:
    settings = Settings.from_environment()
    parser = argparse.ArgumentParser(description="A stand-in for the mail relay.")
    parser.add_argument("--port", type=int, default=urlsplit(settings.mail_relay).port or settings.port + 4)
    port = parser.parse_args().port
    application_clock.follow(settings.clock_file)
    simulator = Simulator()
    relay = serve(simulator, port)
    threading.Thread(target=relay.serve_forever, daemon=True).start()
    standing_in.serve_until_stopped(serve_books(simulator, port + 1))


if __name__ == "__main__":
    main()
