"""The Flask extension: what a site hands in, and what it gets back.

    analytics = Analytics()
    analytics.init_app(app, Wiring(database_url=..., journal_dir=..., signing keys ..., page_kinds={"home": 1, ...}))

Then, in each page, `analytics.picture(analytics.page_ticket("home", language="zh"))`; each second, in one background
process, `analytics.fold()`; and `analytics.dashboard(...)` makes the marketers' pages, for the host to mount and guard.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flask import Blueprint, Flask, Response, request, url_for
from markupsafe import Markup

from analytics.beacon import PATH, Answer, Beacon, BeaconDoor, Headers, is_prefetch
from analytics.campaign import NO_CAMPAIGN, Utm, campaign_of, utm_of
from analytics.codes import LeftOut, Mark, ProductMeasure, ShopMeasure, Step, language_code
from analytics.days import Days, number_of
from analytics.fold import Folder
from analytics.journal import SEGMENT_BYTES, Journal, Sync
from analytics.leaving import PATH as LEAVING_PATH
from analytics.leaving import SCRIPT, SCRIPT_FILE, SCRIPT_VERSION, Leaving, LeavingDoor
from analytics.mine import add_mine
from analytics.open_counts import add_open_counts
from analytics.open_weeks import release_open_weeks
from analytics.place import Places
from analytics.products import tell_products
from analytics.promo_cookie import PromoCookie
from analytics.promotion import Told, packed
from analytics.release import release_closed_weeks
from analytics.reports import Reports
from analytics.request_log import LogWiring, RequestLog
from analytics.simulation import Crowd, Room, simulate
from analytics.source import source_of
from analytics.store import Store, forget_minutes, last_closed, tell_day_total
from analytics.terms import Searched, tell_terms
from analytics.ticket import MEMBER, PREFETCHED, PROMOTIONS, Kind, Tickets
from analytics.visit_cookie import VisitCookie

PACKAGE = Path(__file__).parent
SCRIPT_KEPT_SECONDS = 365 * 86_400

_PICTURE = Markup(
    '<picture aria-hidden="true">'
    '<source media="(max-width: 599px)" srcset="{0}&amp;w=s">'
    '<source media="(max-width: 1023px)" srcset="{0}&amp;w=m">'
    '<source media="(max-width: 1439px)" srcset="{0}&amp;w=l">'
    '<img class="beacon" src="{0}&amp;w=x" width="1" height="1" alt="" loading="eager" referrerpolicy="no-referrer">'
    "</picture>"
)
_FORGET = Markup('<img src="{0}" width="1" height="1" alt="" loading="eager" referrerpolicy="no-referrer">')


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the host decides. Keys come newest first; `clock` gives seconds since 1970.

    `page_kinds` numbers the host's kinds of pages from 1 to 127; a number is never given to another kind later.
    `rooms` and `page_keys` describe the site to made-up visitors (`simulate`).
    `provinces` names a table of China's provinces (place.py); `campaigns` gives the registered UTM values and their
    numbers, `campaign_name` what such a number is called; `kind_name` what a kind of page is called in a language.
    `count_automated_browsers` lets headless browsers pass for people: for development alone.
    """

    database_url: str
    journal_dir: Path
    ticket_keys: Sequence[bytes]
    cookie_keys: Sequence[bytes]
    page_kinds: Mapping[str, int]
    promo_keys: Sequence[bytes] = field(default=())
    """Of the `promo` cookie; a site without promotions leaves them out."""
    timezone: str = "Asia/Shanghai"
    https: bool = False
    sync: Sync = "background"
    clock: Callable[[], float] = time.time
    partners: Collection[str] = field(default=())
    provinces: Path | None = None
    campaigns: Callable[[], Mapping[Utm, int]] = dict
    campaign_name: Callable[[int], str] = str
    kind_name: Callable[[str, str], str] = lambda kind, language: kind
    rooms: Sequence[Room] = field(default=())
    page_keys: Callable[[], Mapping[str, Sequence[str]]] = dict
    count_automated_browsers: bool = False
    log: LogWiring | None = None


class Analytics:
    """One site's counting house."""

    def init_app(self, app: Flask, wiring: Wiring) -> None:
        """Open journal and store, answer /m/b.gif and /m/t before routing. The store may be down.

        `cli.py` adds the commands.
        """
        self.wiring = wiring
        self.days = Days(wiring.timezone)
        self.store = Store(wiring.database_url)
        self.journal = Journal(wiring.journal_dir, sync=wiring.sync)
        self.tickets = Tickets(wiring.ticket_keys)
        self.cookie = VisitCookie(wiring.cookie_keys, self.days, https=wiring.https)
        self.promo = PromoCookie(wiring.promo_keys or wiring.cookie_keys, self.days, https=wiring.https)
        self.beacon = Beacon(
            self.tickets,
            self.cookie,
            self.promo,
            self.journal,
            self.days,
            wiring.clock,
            Places(wiring.provinces),
            https=wiring.https,
            count_automated_browsers=wiring.count_automated_browsers,
        )
        self.leaving = Leaving(self.beacon, wiring.partners)
        self.folder = Folder(wiring.journal_dir, self.store, self.days, wiring.clock)
        kinds = {number: name for name, number in wiring.page_kinds.items()}
        self.reports = Reports(self.store, kinds, wiring.campaign_name)
        app.extensions["analytics"] = self
        app.register_blueprint(_counting_pages(self.beacon, self.leaving, self._kinds_in, self.store, self.today))
        app.wsgi_app = LeavingDoor(app.wsgi_app, self.leaving)  # type: ignore[method-assign]
        app.wsgi_app = BeaconDoor(app.wsgi_app, self.beacon)  # type: ignore[method-assign]
        self.log = wiring.log and RequestLog(wiring.log, self.journal, self.days, wiring.clock, wiring.page_kinds)
        if self.log:
            self.log.watch(app)

    def _kinds_in(self, language: str) -> Mapping[int, str]:
        return {number: self.wiring.kind_name(kind, language) for kind, number in self.wiring.page_kinds.items()}

    def page_ticket(
        self,
        kind: str,
        key: str = "",
        *,
        language: str = "",
        source: int = 0,
        campaign: int = 0,
        member: bool = False,
        promotions: bool = False,
        prefetched: bool = False,
        step: Step = Step.NONE,
        band: int = 0,
        mark: Mark = Mark.NONE,
        told: Told | None = None,
        nonce: int = 0,
    ) -> str:
        """A ticket for the page being made. `band` (1..255) says that an order of this band of amounts was placed.

        `told` is what the page did with promotions; it is left off unless promotion counting is allowed. A page that
        tells of one act, and may be shown again, gives the act's own `nonce` (63 bits): it counts once.
        """
        flags = MEMBER * member | PROMOTIONS * promotions | PREFETCHED * prefetched
        return self.tickets.issue(
            seconds=self.wiring.clock(),
            page_kind=self.wiring.page_kinds[kind],
            key=key,
            language=language_code(language),
            source=source,
            campaign=campaign,
            flags=flags,
            step=step,
            band=band,
            mark=mark,
            told=packed(told) if told and promotions else b"",
            nonce=nonce,
        )

    def picture(self, ticket: str) -> Markup:
        """The beacon: one image whose source tells the width class, without script."""
        return _PICTURE.format(f"{PATH}?t={ticket}")

    def leaving_script(self, ticket: str) -> Markup:
        """The script by which a page with this ticket tells how it was left; beside its picture, where a host wants it.

        The ticket that it bears is of a kind and a nonce of its own: the two cannot be joined. See leaving.py.
        """
        seconds = self.wiring.clock()
        page = self.tickets.read(ticket, seconds)
        key = "" if page.mark == Mark.IN_CART else page.key
        of_leaving = self.tickets.issue(seconds=seconds, kind=Kind.LEAVING, page_kind=page.page_kind, key=key)
        return SCRIPT.format(url_for("analytics.static", filename=SCRIPT_FILE, v=SCRIPT_VERSION), of_leaving)

    def forget_picture(self) -> Markup:
        """An image that makes the browser drop both cookies of the counting house. For the choices page."""
        ticket = self.tickets.issue(seconds=self.wiring.clock(), kind=Kind.FORGET)
        return _FORGET.format(f"{PATH}?t={ticket}")

    def source_of_request(self) -> int:
        """The coarse source of the page request being answered."""
        return source_of(
            request.headers.get("Referer", ""),
            own_host=request.host,
            partners=self.wiring.partners,
            utm_medium=request.args.get("utm_medium", ""),
            utm_source=request.args.get("utm_source", ""),
        )

    def campaign_of_request(self) -> int:
        """The number of the registered campaign by which the page request being answered came; NO_CAMPAIGN for none.

        The host is asked for its registrations only where the address has a UTM field.
        """
        return campaign_of(request.args, self.wiring.campaigns()) if any(utm_of(request.args)) else NO_CAMPAIGN

    def why_not_a_person(self) -> LeftOut | None:
        """Why the page request being answered is taken for a robot's or an AI agent's; None for a person's."""
        return self.beacon.why_not_a_person(request.environ)

    def is_prefetch_request(self) -> bool:
        """True where the page is asked for in case it should be wanted."""
        return is_prefetch(request.environ)

    def leave_out(self, reason: LeftOut) -> None:
        """Count a page request that will not be counted as a view, by its reason. Never raises."""
        self.beacon.leave_out(reason)

    def note_fault(self, where: str, error: BaseException) -> None:
        """Record a fault that the host has dealt with, by class and place. `where`: a route, or a name of the like."""
        if self.log:
            self.log.note_fault(where, error)

    def fold(self) -> int:
        """Count what waits in the journal. Safe to run twice at once and to stop at any instant.

        Where one process answers and folds, what it summed of its own answers is counted too.
        """
        if self.log:
            self.log.times.write_down()
        return self.folder.fold()

    def simulate(
        self,
        *,
        days: int,
        visits: int,
        seed: int,
        placed: Mapping[int, Sequence[int]] | None = None,
        after_day: Callable[[int], object] = lambda lines: None,
    ) -> int:
        """Send a made-up crowd through the journal and count it; how many lines that were. It may be stopped and begun
        anew. `placed` as in Crowd; `after_day` is told the lines of each day once they are counted, 0 for a closed one.
        """
        wiring, campaigns = self.wiring, sorted(self.wiring.campaigns().values())
        crowd = Crowd(
            wiring.page_kinds,
            wiring.rooms,
            wiring.page_keys(),
            self.days,
            visits=visits,
            seed=seed,
            campaigns=campaigns,
            placed=placed,
        )

        def fold_at(seconds: float) -> int:
            folder = Folder(self.wiring.journal_dir, self.store, self.days, lambda: seconds, batch_bytes=SEGMENT_BYTES)
            return folder.fold()

        with self.store.reading() as connection:
            closed = last_closed(connection)
        lines = 0
        for of_day in simulate(crowd, self.journal, fold_at, days=days, until=self.wiring.clock(), after=closed):
            lines += of_day
            after_day(of_day)
        forget_minutes(self.store)
        return lines

    def tell_day_total(self, day: date, measure: ShopMeasure, orders: int, amount: int) -> None:
        """What the host itself counted on a day, amount in the smallest unit. Safe to repeat: the last word stands."""
        tell_day_total(self.store, number_of(day), measure, orders, amount)

    def release(self, bands: int) -> int:
        """Release closed weeks, to everybody (`/m/counts`) and of promotions; how many of the latter that were.

        For the background process, every few minutes. Safe to repeat and to run twice at once. `bands` is how many
        bands of amounts the host has.
        """
        release_open_weeks(self.store, self.today())
        return release_closed_weeks(self.store, self.today(), bands)

    def tell_products(self, day: date, kind: str, measure: ProductMeasure, counted: Mapping[str, int]) -> None:
        """What the host itself counted of each of its products on a day, by page key. A repetition replaces."""
        tell_products(self.store, number_of(day), self.wiring.page_kinds[kind], measure, counted.items())

    def tell_terms(self, day: date, searched: Iterable[Searched]) -> None:
        """The search terms of a day that is over; see terms.py. Safe to repeat."""
        tell_terms(self.store, number_of(day), searched)

    def today(self) -> int:
        return self.days.of(self.wiring.clock())


def _counting_pages(
    beacon: Beacon,
    leaving: Leaving,
    kinds_in: Callable[[str], Mapping[int, str]],
    store: Store,
    today: Callable[[], int],
) -> Blueprint:
    """The routes under /m/. Those of the two doors are reached only where the host did not keep these in front."""
    pages = Blueprint(
        "analytics", __name__, static_folder="static", static_url_path="/m/static", template_folder="templates"
    )
    add_mine(pages, beacon.cookie, beacon.promo, beacon.clock, kinds_in)
    add_open_counts(pages, store, today)

    @pages.get(PATH)
    def image() -> Response:
        return _response(beacon.answer(request.environ))

    @pages.post(LEAVING_PATH)
    def left() -> Response:
        return _response(leaving.answer(request.environ))

    @pages.after_request
    def keep_script(response: Response) -> Response:
        if request.endpoint == f"{pages.name}.static" and request.args.get("v") == SCRIPT_VERSION:
            response.headers["Cache-Control"] = f"public, max-age={SCRIPT_KEPT_SECONDS}, immutable"
        return response

    return pages


def _response(answer: Answer) -> Response:
    headers: Headers = [header for header in answer.headers if header[0] != "Content-Length"]
    return Response(answer.body, status=answer.status, headers=headers)
