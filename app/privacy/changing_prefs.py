"""Changes to the settings in this browser while a page is made: several of one request add up to one cookie."""

from collections.abc import Callable

from flask import after_this_request, g, request
from werkzeug.wrappers import Response

from app.privacy.prefs import Preferences, prefs_of, save_prefs


def change_prefs(change: Callable[[Preferences], Preferences]) -> None:
    """Change what this browser remembers; it goes out with the answer to the present request."""
    if "prefs" not in g:
        g.prefs = prefs_of(request)
        after_this_request(_keep)
    g.prefs = change(g.prefs)


def _keep(response: Response) -> Response:
    if g.prefs != prefs_of(request):
        save_prefs(response, g.prefs)
    return response
