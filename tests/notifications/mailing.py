"""A real mail relay on free ports, the application told where it is, and mails waiting for it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from app.notifications.mail.simulator import Simulator, serve, serve_books
from app.notifications.models import OutboxMessage
from tests.notifications.builders import an_addressee, told
from tests.standing_in import listening

ELSEWHERE = "127.0.0.2"
"""An address of this machine that counts as another one's."""


@contextmanager
def a_running_relay(app: Flask, host: str = "127.0.0.1", scheme: str = "smtp", **options: Any) -> Iterator[Simulator]:
    """The stand-in behind real SMTP. `options` of the simulator; those that begin with `mail_` are settings."""
    settings = {name: options.pop(name) for name in list(options) if name.startswith("mail_")}
    simulator = Simulator(**options)
    relay, books = serve(simulator, 0, host), serve_books(simulator, 0)
    settings.setdefault("mail_relay", f"{scheme}://{host}:{relay.server_address[1]}")
    with listening(app, relay, books, mail_inbox=f"http://localhost:{books.server_address[1]}/inbox", **settings):
        yield simulator


def a_mail(to: str = "wang@example.com", code: str = "service.ends", /, **values: str) -> OutboxMessage:
    """One mail waiting in the outbox; who it is for has no number and no page."""
    someone = an_addressee(number=None, account_id=None, mail=to, language=values.pop("language", "zh-cn"))
    return told(someone, code, **(values or {"day": "2027-03-12"}))[-1]


def a_certificate(folder: Path, host: str = ELSEWHERE, *, days: int = 1) -> tuple[Path, ssl.SSLContext]:
    """A certificate that signs itself, as a file to trust, and a server's context with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    begins = datetime.now(UTC) - timedelta(days=30)
    builder = builder.serial_number(7).not_valid_before(begins).not_valid_after(begins + timedelta(days=30 + days))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    public, private = folder / "relay.pem", folder / "relay.key"
    public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context
