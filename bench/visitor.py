"""A visitor without script on one kept-alive connection: follows redirects, keeps cookies, fills forms in."""

import http.client
from urllib.parse import urlencode, urljoin, urlsplit

from bench.html_forms import HtmlForm, Page

AS_BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept": "text/html,application/xhtml+xml",
}


class Refused(RuntimeError):
    """An answer of 400 and more."""


class Visitor:
    """`get` and `submit` end at a page; `requests` counts every request on the way."""

    def __init__(self, host: str, port: int, cookies: dict[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection(host, port, timeout=20)
        self.origin = f"http://{host}:{port}"
        self.cookies = dict(cookies or {})
        self.at = "/"
        self.requests = 0

    def get(self, path: str) -> Page:
        return self._ask("GET", path, None)

    def submit(self, form: HtmlForm, **values: str) -> Page:
        """Send a form as its page would; `values` are what the visitor typed."""
        body = urlencode(form.filled(**values)).encode()
        if form.method == "get":
            return self._ask("GET", f"{form.action}?{body.decode()}", None)
        return self._ask("POST", form.action or self.at, body)

    def send(self, path: str, fields: list[tuple[str, str]]) -> str:
        """Post fields without following where that leads; gives the address. Raises Refused when it leads nowhere."""
        status, text, target = self._once("POST", path, urlencode(fields).encode())
        if not target:
            raise Refused(f"POST {path}: {status} {text[:300]}")
        return target

    def _ask(self, method: str, path: str, body: bytes | None) -> Page:
        for _ in range(6):
            self.at = urljoin(self.at, path)
            status, text, target = self._once(method, self.at, body)
            if not target:
                return Page(text)
            method, body, path = "GET", None, target
        raise Refused(f"{path} leads in circles")

    def _once(self, method: str, path: str, body: bytes | None) -> tuple[int, str, str]:
        """Status, body and, for a redirect, the path it leads to. Raises Refused for 400 and more."""
        headers = AS_BROWSER | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode(errors="replace")
        self.requests += 1
        self._keep(answer.headers.get_all("Set-Cookie") or [])
        if answer.status >= 400:
            raise Refused(f"{method} {path}: {answer.status} {text[:300]}")
        if answer.status not in (301, 302, 303, 307, 308):
            return answer.status, text, ""
        target = urlsplit(urljoin(self.origin + path, answer.headers["Location"]))
        return answer.status, text, target.path + (f"?{target.query}" if target.query else "")

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            name, _, rest = line.partition("=")
            value, _, attributes = rest.partition(";")
            if "max-age=0" in attributes.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
