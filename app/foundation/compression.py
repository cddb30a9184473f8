"""Compressed answers for browsers that take them: pages at a cheap level each time, files of `static/` once per file.

Compression beside secrets can leak them where an attacker's text and a secret share a page that other sites can have
fetched with the visitor's cookies. Ours are SameSite=Lax, so such a fetch is a guest's, whose form tokens hold no
secret. nginx in front does the same and then this has nothing to do.
"""

import gzip

from flask import Flask, Response, request

PAGE_LEVEL, FILE_LEVEL = 2, 9
SMALLEST_BYTES = 800
TEXT_TYPES = frozenset(
    {"text/html", "text/css", "text/javascript", "text/plain", "image/svg+xml", "application/xml", "application/json"}
)


_files: dict[str, tuple[str | None, bytes]] = {}


def init_compression(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in TEXT_TYPES or response.status_code != 200 or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if "gzip" not in request.headers.get("Accept-Encoding", "") or request.range is not None:
        return response
    if request.endpoint == "static":
        body = _compressed_file(response)
    elif response.is_streamed or (response.content_length or 0) < SMALLEST_BYTES:
        return response
    else:
        body = gzip.compress(response.get_data(), PAGE_LEVEL, mtime=0)
    return _with_body(response, body)


def _compressed_file(response: Response) -> bytes:
    """Compress a file hard, and only when it is new: there are some dozens, all small."""
    name = str(request.view_args["filename"]) if request.view_args else ""
    version = response.get_etag()[0]
    if name not in _files or _files[name][0] != version:
        response.direct_passthrough = False
        _files[name] = (version, gzip.compress(response.get_data(), FILE_LEVEL, mtime=0))
    else:
        response.close()
    return _files[name][1]


def _with_body(response: Response, body: bytes) -> Response:
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
    if etag := response.get_etag()[0]:
        response.set_etag(etag, weak=True)
    return response
