"""What a page tells of itself, in the one image that counts it. Clauses 3.2, 3.1.2b."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import g, request
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from analytics.codes import LeftOut, Mark, Step
from analytics.promotion import Told
from app.foundation.clock import now
from app.measurement.house import counting_house
from app.measurement.pages import PAGES, Page, error_page
from app.measurement.purchases import Bought, bought_in
from app.privacy.choices import choices_of

JUST_PLACED = timedelta(minutes=25)
"""As long as an order is this young its page tells of the placing: shorter than a visit can pause, so once a visit."""


@pass_context
def beacon(context: Context) -> Markup:
    """The image that counts this page, or nothing: for uncounted pages, refusals and robots. Clause 3.1.2b."""
    page = _page(context)
    is_thanks = page is not None and page.kind == "placed" and request.method == "GET"
    bought = bought_in(context) if is_thanks else Bought()
    if page is None or request.method != "GET":
        return Markup()
    choices = choices_of(request)
    if not choices.audience:
        return Markup()
    house = counting_house()
    if reason := house.why_not_a_person():
        house.leave_out(reason)
        return Markup()
    if prefetched := house.is_prefetch_request():
        house.leave_out(LeftOut.PREFETCHED)
    ticket = house.page_ticket(
        page.kind,
        page.key,
        language=str(g.locale),
        source=house.source_of_request(),
        campaign=house.campaign_of_request(),
        member=page.kind != "error" and bool(current_user.is_authenticated),
        promotions=choices.promotion,
        prefetched=prefetched,
        step=page.step,
        band=bought.band,
        told=Told(tuple(g.get("campaigns_told", ())), tuple(bought.principals), bought.band),
        mark=page.mark,
        nonce=page.nonce,
    )
    return house.picture(ticket) + house.leaving_script(ticket)


def _page(context: Context) -> Page | None:
    """What the page being made is, its key filled in. An error page tells its status and asks no store for anybody."""
    folder, _, name = (context.name or "").partition("/")
    if folder == "errors":
        return error_page(name.removesuffix(".html"), request.path)
    page = PAGES.get(request.endpoint or "")
    if page is None or _just_placed(context):
        return page and Page("placed", step=Step.PLACED)
    if put_in := context.get("put_in"):
        return replace(page, key=put_in.slug, mark=Mark.IN_CART, nonce=put_in.nonce)
    arguments: dict[str, Any] = request.view_args or {}
    key = str(arguments[page.key]) if page.key in arguments else ""
    return replace(page, key=key, mark=Mark.OUT_OF_STOCK if context.get("sold_out") else Mark.NONE)


def _just_placed(context: Context) -> bool:
    """True for the page that a buyer comes to from placing an order; of the order only its age is looked at."""
    if request.args.get("done") != "placed":
        return False
    placed_at = getattr(context.get("order"), "placed_at", None)
    return placed_at is not None and now() - placed_at < JUST_PLACED


def forget_beacon() -> Markup:
    """The image that makes a browser which refuses counting drop what it remembered of its visits."""
    return counting_house().forget_picture()


def may_be_counted() -> bool:
    """Whether the browser being answered may be counted: it does not refuse, is no robot, and will show the answer."""
    house = counting_house()
    return (
        request.method != "HEAD"
        and choices_of(request).audience
        and not house.why_not_a_person()
        and not house.is_prefetch_request()
    )
