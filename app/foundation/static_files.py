"""Files of `static/`: an address that changes with the content, so that a browser fetches each version once.

A file asked for without its version (a module that another module imports) is checked for news each time instead.
"""

import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

KEPT_SECONDS = 365 * 24 * 3600
LOOK_AGAIN_SECONDS = 1
_versions: dict[str, tuple[float, str]] = {}
_addresses: dict[str, tuple[float, str]] = {}


def init_static_files(app: Flask) -> None:
    folder = Path(app.static_folder or "static")

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = version_of(folder / values["filename"])

    def asset(name: str) -> str:
        """The address of a file, with its version. A page asks for dozens, so the file is looked at once a second."""
        checked, address = _addresses.get(name, (0.0, ""))
        if (at := time.monotonic()) - checked > LOOK_AGAIN_SECONDS or not address:
            version = version_of(folder / name)
            address = f"{app.static_url_path}/{name}" + (f"?v={version}" if version else "")
            _addresses[name] = (at, address)
        return address

    app.jinja_env.globals["asset"] = asset
    app.url_defaults(add_version)
    app.after_request(_keep)


def version_of(file: Path) -> str | None:
    """Ten hex digits of the file's content, read again when the file changes; None where there is no file."""
    try:
        modified = file.stat().st_mtime
    except OSError:
        return None
    known = _versions.get(str(file))
    if known is None or known[0] != modified:
        known = _versions[str(file)] = (modified, sha256(file.read_bytes()).hexdigest()[:10])
    return known[1]


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        known = "v" in request.args
        response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}, immutable" if known else "no-cache"
    return response
