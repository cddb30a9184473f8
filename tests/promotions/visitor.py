"""A visitor who reads pages with advertisements, presses their buttons and is counted where allowed."""

import re
from html import unescape

from flask import Flask
from sqlalchemy import select

from analytics.promotion import OF_NO_CAMPAIGN, Measure
from analytics.store import promotions
from tests.analytics.browsing import Surfer

HOME = "/en/"


class Visitor(Surfer):
    """`allows` counting; `sees` the advertisement of a page; `hides` it; `clicks` it."""

    def __init__(self, app: Flask, *, allows: bool = False) -> None:
        super().__init__(app)
        if allows:
            self.presses(HOME, "/en/offers/counting", answer="yes")

    def sees(self, path: str = HOME) -> str | None:
        """The line's text; the page's image is loaded too."""
        page = self.client.get(path, headers=self.headers).text
        if address := re.search(r'src="([^"]*/m/b\.gif\?t=[^"]*w=x)"', page):
            self.loads(unescape(address[1]))
        found = re.search(r'<aside class="offer.*?</aside>', page, re.S)
        return found[0] if found else None

    def clicks(self, path: str = HOME) -> None:
        line = self.sees(path)
        assert line
        self.sees(unescape(re.search(r'href="([^"]*offer=\d+)"', line)[1]))

    def presses(self, path: str, action: str, **fields: str):
        """Post a form of an advertisement as the browser would; on a page that shows none, with a token from one."""
        form = "promotions.counting" if action.endswith("counting") else "promotions.hide"
        with self.client.application.test_request_context():
            from app.foundation.forms import make_token

            token = make_token(form)
        data = {"form_token": token, "next": path, **fields}
        return self.client.post(action, data=data, headers={**self.headers, "Sec-Fetch-Site": "same-origin"})

    @property
    def promo_cookie(self) -> str | None:
        cookie = self.client.get_cookie("promo", path="/m/")
        return cookie.value if cookie else None


def counted(house) -> dict[str, int]:
    """Everything counted of single promotions, by measure."""
    house.fold()
    found: dict[str, int] = {}
    with house.store.reading() as connection:
        for row in connection.execute(select(promotions).where(promotions.c.campaign != OF_NO_CAMPAIGN)):
            name = Measure(row.measure).name.lower()
            found[name] = found.get(name, 0) + row.happened
    return found
