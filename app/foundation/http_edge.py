"""The edge of HTTP: who may come in, what goes out with each answer, and what every error page says.

Strict headers and CSP without inline (clauses 1.1.2a, 1.2.1(1)), request ids, body limits, the origin check that takes
the place of a guest's session, error pages in both languages, rate limits on posts and sign-ins only.
"""

import hmac
import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, render_template, request
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix

from app.foundation import faults
from app.foundation.clock import epoch_seconds
from app.foundation.cookie_firewall import CookieFirewall
from app.foundation.encryption import signing_keys
from app.foundation.errors import BusinessError
from app.foundation.languages import LANGUAGES, language_of_path
from app.foundation.sealed_log import init_sealed_log
from app.settings import Settings

log = logging.getLogger(__name__)
LARGEST_BODY_BYTES = 12 * 1024 * 1024
LARGEST_FORM_BYTES = 256 * 1024
LIMIT_KEY_SECONDS = 15 * 60
PAGES_WITH_TEXT = (400, 403, 404, 405, 413, 429, 500, 503)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
}
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)


def _limit_key() -> str:
    """The caller's address under a key that changes every 15 minutes: a limit works, an address is not kept (A.5)."""
    period = int(epoch_seconds() // LIMIT_KEY_SECONDS)
    text = f"{period}/{request.remote_addr}".encode()
    return hmac.digest(signing_keys("limits")[0], text, "sha256").hex()[:24]


limiter = Limiter(key_func=_limit_key, default_limits=[], headers_enabled=False)
_foreign_origin_allowed: set[str] = set()


def from_anywhere(view: Callable[..., Any]) -> Callable[..., Any]:
    """Exempt a view from the origin check: for outside parties that carry a signature of their own."""
    _foreign_origin_allowed.add(f"{view.__module__}.{view.__qualname__}")
    return view


def init_http_edge(app: Flask, settings: Settings) -> None:
    """Wire the edge, without the firewall for cookies, which goes in front of what other parts add (guard_cookies)."""
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_BYTES,
        MAX_FORM_PARTS=200,
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
    )
    limiter.init_app(app)
    app.before_request(_begin)
    app.before_request(_refuse_foreign_origin)
    app.after_request(_add_headers)
    init_sealed_log(app, settings)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(BusinessError, _show_business_error)
    app.register_error_handler(OperationalError, _show_store_error)
    app.register_error_handler(Exception, _show_fault)


def guard_cookies(app: Flask, settings: Settings) -> None:
    """Put the firewall in front of all that reads cookies: the beacon's door, which answers before routing, too."""
    app.wsgi_app = CookieFirewall(app.wsgi_app, https=settings.is_https)  # type: ignore[method-assign]


def trust_proxies(app: Flask, hops: int) -> None:
    """Believe the word of so many proxies about address and scheme; before everything else that looks at them."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LARGEST_FORM_BYTES  # only uploads may be larger


def request_id() -> str:
    """The name of this request in both logs and on its error page."""
    found: str = g.get("request_id", "-")
    return found


def _refuse_foreign_origin() -> None:
    """Unsafe requests must come from our own pages: the browser says so in Sec-Fetch-Site or Origin."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    view = request.endpoint and _view_of(request.endpoint)
    if view and f"{view.__module__}.{view.__qualname__}" in _foreign_origin_allowed:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site and site not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        abort(403)
    if origin == "null" and site != "same-origin":
        abort(403)


def came_from_our_pages() -> bool:
    """Whether somebody came here from one of our own pages: not by a link elsewhere, and not fetched in advance.

    A browser that says nothing of it (plain http) is believed by the referring address, which only our pages send us
    whole.
    """
    if request.headers.get("Sec-Purpose") or request.headers.get("Purpose"):
        return False
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Referer", "").startswith(request.host_url)


def _view_of(endpoint: str) -> Any:
    from flask import current_app

    return current_app.view_functions.get(endpoint)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers["X-Request-ID"] = g.get("request_id", "-")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if "lang" in g:
            response.headers.setdefault("Content-Language", "zh-CN" if g.lang == "zh-cn" else g.lang)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def personal_page(response: Response) -> Response:
    """Mark an answer about one person: no cache may keep it, not even the browser's."""
    response.headers["Cache-Control"] = "no-store"
    return response


def personal_download(content: bytes, mimetype: str, name: str) -> Response:
    """A file about one person, to be saved and never shown under our address. `name` is ours: plain ASCII."""
    disposition = {"Content-Disposition": f"attachment; filename={name}"}
    return personal_page(Response(content, mimetype=mimetype, headers=disposition))


def let_forms_go_to(response: Response, origin: str) -> Response:
    """Let the forms of this one page post to a site that is not ours, which the content policy forbids elsewhere."""
    policy = CONTENT_POLICY.replace("form-action 'self'", f"form-action 'self' {origin}")
    response.headers["Content-Security-Policy"] = policy
    return response


def error_page(status: int, message: Any = None) -> tuple[str, int]:
    """The page of an error in the language of the path, with the request's id to quote."""
    lang = language_of_path(request.path)
    g.lang, g.locale = lang, LANGUAGES[lang]
    shown = status if status in PAGES_WITH_TEXT else (500 if status >= 500 else 400)
    page = render_template(f"errors/{shown}.html", message=message, request_id=g.get("request_id", "-"))
    return page, status


def _show_http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, RateLimitExceeded):
        return error_page(429)
    page, status = error_page(error.code)
    response = Response(page, status, mimetype="text/html")
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _show_business_error(error: BusinessError) -> tuple[str, int]:
    return error_page(error.status, error.text)


def _show_store_error(error: OperationalError) -> tuple[str, int]:
    """A store that is locked or away is a pause, not a fault of the visitor's request."""
    log.error("store unavailable in %s: %s", request.endpoint, type(error.orig).__name__)
    return error_page(503)


def _show_fault(error: Exception) -> tuple[str, int]:
    """Tell class and place of a fault, without values (clause 2.3), and show the generic page with a reference."""
    faults.tell(request.endpoint or "-", error, g.get("request_id", "-"))
    return error_page(InternalServerError.code)
