"""`/m/mine`: what the visitor's own two cookies say, in plain sentences, and the button that drops them. Clause 3.1.2b.

Nothing is looked up: the sentences are read from the cookies that this very request brought.
"""

from collections.abc import Callable, Iterator, Mapping

from flask import Blueprint, Response, redirect, render_template, request, url_for

from analytics.codes import Browser, Device, Step, System, Width, channel_of, kind_of_page, language_name
from analytics.days import date_of, first_day_of_week
from analytics.place import place_name
from analytics.promo_cookie import PromoCookie
from analytics.promotion import LIFE_DAYS, Arm, Exposure
from analytics.texts import LANGUAGES, Texts, duration, name_of, texts_in
from analytics.visit import State
from analytics.visit_cookie import VisitCookie


def add_mine(
    pages: Blueprint,
    cookie: VisitCookie,
    promo: PromoCookie,
    clock: Callable[[], float],
    kinds_in: Callable[[str], Mapping[int, str]],
) -> None:
    """Add the page and its button to the counting house's own routes. `kinds_in` names kinds of pages in a language."""

    @pages.get("/m/mine")
    def mine() -> Response:
        language = asked_language()
        text = texts_in(language)
        state = cookie.read(cookie.in_header(request.headers.get("Cookie", "")), clock())
        sentences = list(sentences_of(language, state, kinds_in(language))) if state else []
        if state:
            sentences.append(text("mine_life", days=cookie.seconds_left(state, clock()) // 86_400))
        exposures = promo.read(promo.in_header(request.headers.get("Cookie", "")))
        sentences += [promotion_sentence(text, exposure) for exposure in exposures]
        is_forgotten = request.args.get("forgotten") == "1"
        page = render_template(
            "analytics/mine.html", t=text, language=language, sentences=sentences, is_forgotten=is_forgotten
        )
        return Response(page, headers={"Cache-Control": "no-store", "Vary": "Accept-Language"})

    @pages.post("/m/mine")
    def forget() -> Response:
        answer = redirect(url_for("analytics.mine", lang=asked_language(), forgotten=1), 303)
        for value in cookie.forget_headers():
            answer.headers.add("Set-Cookie", value)
        return Response(answer.get_data(), answer.status_code, answer.headers)


def sentences_of(language: str, state: State, kinds: Mapping[int, str]) -> Iterator[str]:
    """Everything that the memory holds, said in words."""
    text = texts_in(language)
    week = date_of(first_day_of_week(state.issue_week)).isoformat()
    if state.pages == 0:
        yield text("mine_before_first", day=week)
    else:
        yield text("mine_first", day=week)
        yield text("mine_active", day=date_of(state.active_day).isoformat())
        began = date_of(state.visit_day).isoformat()
        yield text("mine_visit", day=began, pages=state.pages, time=duration(text, state.last))
        yield text("mine_source", last=_channel(text, state.source), first=_channel(text, state.first_source))
        yield _visit(text, language, state, kinds)
        yield text("mine_member") if state.member else text("mine_guest")
    yield text("mine_random")


def promotion_sentence(text: Texts, exposure: Exposure) -> str:
    """Everything that is remembered of one promotion, said in words."""
    first, last, end = (
        date_of(day).isoformat() for day in (exposure.first, exposure.last, exposure.last + LIFE_DAYS - 1)
    )
    return " ".join(
        text(name, number=exposure.campaign, principal=exposure.principal, first=first, last=last, end=end)
        for name in (
            "mine_promotion_withheld" if exposure.arm == Arm.WITHHELD else "mine_promotion_shown",
            "mine_promotion_outside" if exposure.arm == Arm.OUTSIDE else "mine_promotion_trial",
            "mine_promotion_repeated" if exposure.is_repeated else "mine_promotion_once",
            "mine_promotion_clicked" if exposure.is_clicked else "mine_promotion_not_clicked",
            "mine_promotion_bought" if exposure.is_bought else "mine_promotion_not_bought",
            "mine_promotion_end",
        )
    )


def _visit(text: Texts, language: str, state: State, kinds: Mapping[int, str]) -> str:
    """The coarse classes that the figures of the visit are cut by."""
    classes = state.classes
    return text(
        "mine_classes",
        entry=kinds.get(kind_of_page(state.entry), "-"),
        exit=kinds.get(kind_of_page(state.exit), "-"),
        device=name_of(text, "device", Device(classes.device).name.lower()),
        width=name_of(text, "width", Width(classes.width).name.lower()),
        browser=name_of(text, "browser", Browser(classes.browser).name.lower()),
        system=name_of(text, "system", System(classes.system).name.lower()),
        place=place_name(classes.place, language) or text("place.unknown"),
        campaign=state.campaign or "-",
        returning=name_of(text, "returning", "returning" if classes.returning else "new"),
        language=name_of(text, "language", language_name(classes.language)) or "-",
        step=name_of(text, "step", Step(state.step).name.lower()) if state.step else "-",
        member=name_of(text, "member", "member" if classes.member else "guest"),
    )


def _channel(text: Texts, source: int) -> str:
    return name_of(text, "channel", channel_of(source).name.lower())


def asked_language() -> str:
    """The language that the address asks for (`?lang=en`), else the one that the browser prefers."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, default="zh")
