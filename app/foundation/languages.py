"""Two languages, each page in both: addresses under /zh-cn and /en, texts by gettext, numbers by locale. Clause 2.2.

Messages are English in the code; each slice keeps its Chinese in `app/translations/zh/<slice>.po`, and the files are
merged when the process starts, so there is no compile step and no file that every change touches.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, current_app, g, request, url_for
from flask_babel import Babel, Domain, LazyString, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from app.foundation.clock import SHANGHAI
from app.foundation.counting import AtLeast
from app.foundation.money import Money

LANGUAGES = {"zh-cn": "zh", "en": "en"}
DEFAULT_LANGUAGE = "zh-cn"
OWN_PATH = re.compile(r"/(?:[A-Za-z0-9._+-]+(?:/[A-Za-z0-9._+-]+)*)?")
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


def N_(message: str) -> str:
    """Mark a text for translation that is looked up later, where it is shown."""
    return message


def _as_markup(text: LazyString) -> Markup:
    """A lazy text, escaped. Flask-Babel's own calls it safe markup, with whatever a visitor typed among its values."""
    return escape(str(text))


LazyString.__html__ = _as_markup


class LanguageConverter(BaseConverter):
    regex = "zh-cn|en"


class SliceCatalogue(NullTranslations):
    """The messages of all slices in one language; a message without translation stays as written."""

    def __init__(self, messages: dict[Any, str], plural: Any) -> None:
        super().__init__()
        self._messages, self._plural = messages, plural

    def ugettext(self, message: str) -> str:
        return self._messages.get(message, message)

    def ungettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._messages.get((msgid1, self._plural(n)), msgid1 if n == 1 else msgid2)

    def upgettext(self, context: str, message: str) -> str:
        return self._messages.get((context, message), message)


class SliceDomain(Domain):
    """Flask-Babel's source of translations, fed by the slices' PO files."""

    def get_translations(self) -> Any:
        locale = get_locale()
        return catalogue(locale.language if locale else LANGUAGES[DEFAULT_LANGUAGE])


class SliceBabel(Babel):
    """Flask-Babel over our one domain; `force_locale` and lazy texts work as ever."""

    domain_instance = SliceDomain()


@lru_cache
def catalogue(locale: str) -> Any:
    """All messages of a language; English is what the code says."""
    folder = TRANSLATIONS / locale
    if not folder.is_dir():
        return Translations()
    messages: dict[Any, str] = {}
    for file in sorted(folder.glob("*.po")):
        messages.update(_messages_of(file, locale))
    return SliceCatalogue(messages, lambda n: 0)


def _messages_of(file: Path, locale: str) -> Iterator[tuple[Any, str]]:
    """Pairs of look-up key and text: the message, (message, plural form) or (context, message)."""
    with file.open("rb") as stream:
        for message in read_po(stream, locale=locale):
            if message.id and message.string and "fuzzy" not in message.flags:
                yield from _pairs(message)


def _pairs(message: Message) -> Iterator[tuple[Any, str]]:
    if isinstance(message.id, str):
        yield (message.context, message.id) if message.context else message.id, str(message.string)
    else:
        for form, text in enumerate(message.string or ()):
            yield (message.id[0], form), text


def init_languages(app: Flask) -> None:
    """Wire addresses, gettext, filters and the template globals of languages."""
    app.url_map.converters["lang"] = LanguageConverter
    SliceBabel(app, locale_selector=_locale_of_request, default_timezone="Asia/Shanghai")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _texts().ugettext(text),
        ngettext=lambda one, many, n: _texts().ungettext(one, many, n),
        pgettext=lambda context, text: _texts().upgettext(context, text),
        newstyle=True,
    )
    app.jinja_env.globals.update(gettext=_text_in_page, _=_text_in_page)
    app.url_defaults(_add_language)
    app.url_value_preprocessor(_take_language)
    app.jinja_env.filters.update(money=money, number=number, date=format_day, datetime=format_moment)
    app.jinja_env.globals.update(
        canonical_url=canonical_url, alternate_urls=alternate_urls, other_language_url=other_language_url
    )


def _language_of_texts() -> str:
    """The language of this request, without Flask-Babel's detour: a page asks for some hundred texts."""
    forced = getattr(g.get("_flask_babel"), "forced_babel_locale", None)
    return str(forced.language if forced else g.get("locale", LANGUAGES[DEFAULT_LANGUAGE]))


def _texts() -> Any:
    return catalogue(_language_of_texts())


@pass_eval_context
def _text_in_page(evaluation: EvalContext, message: str, **values: Any) -> str:
    """`_("...")` in a template, as Jinja's own: safe markup whose values are escaped; `%%` is a per cent sign."""
    if evaluation.autoescape and not values:
        return _fixed_text(_language_of_texts(), message)
    text = _texts().ugettext(message)
    return (Markup(text) if evaluation.autoescape else text) % values  # noqa: S704 # nosec B704 - a text of ours


@lru_cache(maxsize=4096)
def _fixed_text(language: str, message: str) -> Markup:
    """A text without values; made once, because it stands on every page."""
    return Markup(catalogue(language).ugettext(message)) % {}  # noqa: S704 # nosec B704 - a text of ours


def register_localised(app: Flask, blueprint: Blueprint) -> None:
    """Serve a slice's pages in both languages."""
    prefix = blueprint.url_prefix or ""
    app.register_blueprint(blueprint, url_prefix=f"/<lang:lang>{prefix}")


def page_at(path: str) -> tuple[str, Mapping[str, Any]]:
    """The endpoint and the arguments of a page whose path is given without its language; "" where there is none."""
    if not OWN_PATH.fullmatch(path):
        return "", {}
    try:
        return current_app.url_map.bind("").match(f"/{DEFAULT_LANGUAGE}{path}", method="GET")
    except HTTPException:
        return "", {}


def _take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.lang = (values or {}).pop("lang", None) or language_of_path(request.path)
    g.locale = LANGUAGES[g.lang]


def _add_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = g.get("lang", DEFAULT_LANGUAGE)


def language_of_path(path: str) -> str:
    """The language a path asks for, the default one where it asks for none."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in LANGUAGES else DEFAULT_LANGUAGE


def best_language(accept: LanguageAccept) -> str:
    """The better of the two for an Accept-Language header; Chinese where it prefers neither."""
    match = accept.best_match(["zh-cn", "zh", "en"], default="zh")
    return "en" if match == "en" else DEFAULT_LANGUAGE


def _locale_of_request() -> str:
    return str(g.get("locale", LANGUAGES[DEFAULT_LANGUAGE]))


def is_chinese() -> bool:
    return _locale_of_request() == "zh"


def alternate_urls() -> dict[str, str]:
    """This page's address in every language, for hreflang; empty on pages without language."""
    if not request.endpoint or "/<lang:" not in str(request.url_rule):
        return {}
    return {lang: url_for(request.endpoint, **{**(request.view_args or {}), "lang": lang}) for lang in LANGUAGES}


def canonical_url() -> str:
    """This page's address without anything that only steers or counts; listings add what they index."""
    return request.path


def other_language_url(lang: str) -> str:
    """This very page, with its filters, in another language; the home page where the page has no other."""
    if request.method != "GET" or request.routing_exception or "/<lang:" not in str(request.url_rule):
        return f"/{lang}/"
    query = request.query_string.decode("ascii", "replace")
    address = url_for(str(request.endpoint), **{**(request.view_args or {}), "lang": lang})
    return f"{address}?{query}" if query else address


def money(amount: Money | None) -> str:
    """¥13,999.00 in both languages; "-" where there is no price."""
    if amount is None:
        return "-"
    sign = "-" if amount.fen < 0 else ""
    return f"{sign}¥{abs(amount.fen) // 100:,}.{abs(amount.fen) % 100:02d}"


def number(value: int | float | Decimal | None) -> str:
    """A number as the reader's locale writes it, "-" for an unknown one."""
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,}+" if isinstance(value, AtLeast) else f"{value:,}"
    return str(format_decimal(value, locale=_locale_of_request()))


def format_day(value: date | datetime | None) -> str:
    """2026-11-23, in China time."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return "-" if value is None else value.isoformat()


def format_moment(value: datetime | None) -> str:
    """2026-11-23 14:05, in China time."""
    return "-" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
