"""A browser as the beacon knows it: it keeps cookies, reads pages, loads their image and follows redirects."""

import re
from html import unescape

from flask.testing import FlaskClient

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"  # noqa: E501
)


class Surfer:
    """`opens` a page and loads its beacon; the answers are what the test looks at."""

    def __init__(self, app, *, cookies: bool = True, **headers: str) -> None:
        self.client: FlaskClient = app.test_client(use_cookies=cookies)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.headers = {"User-Agent": CHROME, "Accept-Language": "zh-CN,en;q=0.8", **given}

    def opens(self, path: str = "/", width: str = "x", **headers: str):
        """The beacon's last answer, or None where the page has no beacon."""
        address = self.beacon_of(path, width, **headers)
        return self.loads(address) if address else None

    def beacon_of(self, path: str = "/", width: str = "x", **headers: str) -> str | None:
        page = self.client.get(path, headers={**self.headers, **headers})
        found = re.search(rf'(?:src|srcset)="([^"]*/m/b\.gif\?t=[^"]*w={width})"', page.text)
        return unescape(found.group(1)) if found else None

    def loads(self, address: str, **headers: str):
        answer = self.client.get(address, headers={**self.headers, **headers})
        if answer.status_code == 302:
            answer = self.client.get(answer.headers["Location"], headers={**self.headers, **headers})
        return answer

    @property
    def visit_cookie(self) -> str | None:
        cookie = self.client.get_cookie("visit", path="/m/")
        return cookie.value if cookie else None


def is_counted(answer) -> bool:
    """Acknowledged: the image with a new visit cookie."""
    return answer.status_code == 200 and answer.headers.get("Set-Cookie", "").startswith("visit=")
