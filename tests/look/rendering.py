"""Renders layouts and components without the shop: real templates, real translations, sample pages beside this file."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from app.foundation.languages import catalogue, format_day, format_moment, money
from app.foundation.money import Money

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
SAMPLES = Path(__file__).resolve().parent / "samples"
STATIC = ROOT / "static"


def environment(lang: str = "zh-cn", **further: Any) -> Environment:
    """A Jinja environment that treats templates as the shop does, for one language."""
    env = Environment(
        loader=FileSystemLoader([TEMPLATES, SAMPLES]),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    messages = catalogue({"zh-cn": "zh", "en": "en"}[lang])
    env.install_gettext_translations(messages, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(money=money, number=plain_number, date=format_day, datetime=format_moment)
    env.globals.update(
        g=SimpleNamespace(lang=lang, locale={"zh-cn": "zh", "en": "en"}[lang]),
        url_for=lambda endpoint, **values: f"/{endpoint}/{values.get('filename', '')}".replace("//", "/"),
        asset=lambda name: f"/static/{name}",
        button_token=lambda name: Markup('<input type="hidden" name="form_token" value="{}">').format(name),
        **further,
    )
    return env


def plain_number(value: Any) -> str:
    return "-" if value is None else f"{value:,}"


def macro(file: str, name: str, lang: str = "en") -> Callable[..., Markup]:
    """A macro of templates/components, ready to be called with plain arguments."""
    found: Callable[..., Markup] = getattr(environment(lang).get_template(f"components/{file}").module, name)
    return found


def yuan(text: str) -> Money:
    return Money.yuan(text)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def day(text: str) -> date:
    return date.fromisoformat(text)
