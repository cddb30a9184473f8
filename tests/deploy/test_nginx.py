"""`deploy/nginx.conf` in front of the running shop, as on more than one machine. DESIGN.md 6."""

import gzip
import http.client
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.engines import Nginx
from bench.live import ROOT, LiveShop
from deploy.processes import free_port

pytestmark = pytest.mark.part("nginx")


def a_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "private.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, private


class Front:
    """nginx with our file, and the shop behind it."""

    def __init__(self, nginx: Nginx, folder: Path) -> None:
        self.plain, self.secure = free_port(), free_port()
        chain, private = a_certificate(folder)
        self.trust_file = str(chain)
        self.trust = ssl.create_default_context(cafile=self.trust_file)
        settings = {"TRUSTED_PROXIES": "1", "SITE_URL": f"https://127.0.0.1:{self.secure}", "DEMO": "off"}
        self.shop = LiveShop(folder, settings)
        self.shop.start()
        given = (ROOT / "deploy" / "nginx.conf").read_text()
        for written, here in {
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{self.shop.port};",
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ssl": f"listen 127.0.0.1:{self.secure} ssl",
            "/etc/ssl/shop/fullchain.pem": str(chain),
            "/etc/ssl/shop/privkey.pem": str(private),
        }.items():
            assert written in given
            given = given.replace(written, here)
        nginx.start("return 404;", outside=given)

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection("127.0.0.1", self.secure, context=self.trust, timeout=20)
        connection.request(method, path, body or None, {"Accept-Encoding": "gzip", **headers})
        return connection.getresponse()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with Nginx() as nginx:
        front = Front(nginx, tmp_path_factory.mktemp("front"))
        yield front
        front.shop.stop()


def test_the_home_page_comes_through_compressed_and_with_the_headers_of_the_shop(front: Front) -> None:
    answer = front.ask("/zh-cn/")
    page = gzip.decompress(answer.read()).decode()
    assert answer.status == 200
    assert "矿机" in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert len(answer.headers.get_all("Content-Security-Policy") or []) == 1


def test_plain_http_leads_to_https(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=20)
    connection.request("GET", "/en/cart")
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"].startswith("https://")
    assert answer.headers["Location"].endswith("/en/cart")


def test_figures_for_machines_are_not_public(front: Front) -> None:
    assert front.ask("/metrics", Authorization="Bearer x").status == 404


def test_a_body_that_is_too_large_is_refused(front: Front) -> None:
    assert front.ask("/zh-cn/login", "POST", b"x" * 13_000_000).status == 413


def test_the_shop_knows_that_the_visitor_came_by_https(front: Front) -> None:
    """Every cookie is then Secure and bound to the host by its prefix."""
    answer = front.ask("/language/en?next=/zh-cn/")
    cookies = answer.headers.get_all("Set-Cookie") or []
    assert cookies and all("Secure" in cookie and cookie.startswith("__") for cookie in cookies)


@pytest.mark.clause("5.1.1b")
def test_plain_http_gives_no_page_and_no_cookie(front: Front) -> None:
    for path in ("/zh-cn/", "/zh-cn/login", "/m/b.gif"):
        connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=20)
        connection.request("POST" if path.endswith("login") else "GET", path, headers={"Cookie": "cart=1"})
        answer = connection.getresponse()
        assert answer.status == 301
        assert answer.headers.get_all("Set-Cookie") is None


@pytest.mark.clause("5.1.1b")
def test_browsers_are_told_for_a_year_to_come_by_https_only(front: Front) -> None:
    assert "max-age=31536000" in front.ask("/zh-cn/").headers["Strict-Transport-Security"]


def handshake(front: Front, version: ssl.TLSVersion) -> str | None:
    """The protocol that comes of it when nothing but this version is offered."""
    only = ssl.create_default_context(cafile=front.trust_file)
    only.set_ciphers("ALL:@SECLEVEL=0")
    only.minimum_version = only.maximum_version = version
    with (
        socket.create_connection(("127.0.0.1", front.secure), timeout=20) as plain,
        only.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        return secure.version()


@pytest.mark.clause("5.1.1b")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_present_protocols_are_spoken(front: Front, version: ssl.TLSVersion) -> None:
    assert handshake(front, version) == version.name.replace("_", ".")


@pytest.mark.clause("5.1.1b")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_protocols_are_refused(front: Front, version: ssl.TLSVersion) -> None:
    with pytest.raises(ssl.SSLError, match="(?i)protocol.version"):
        handshake(front, version)
