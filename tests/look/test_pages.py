"""Whole pages: they render in both languages, say who they are, and keep to the content policy."""

import re

import pytest

from tests.look.rendering import SAMPLES, STATIC, TEMPLATES, environment
from tests.look.sample_data import sample_context, sample_globals

PAGES = sorted(path.name for path in SAMPLES.glob("*.html"))
ERRORS = [400, 403, 404, 405, 413, 429, 500, 503]
INLINE = re.compile(
    r"<style\b|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)", re.IGNORECASE
)


def page(name: str, lang: str) -> str:
    return environment(lang, **sample_globals(lang)).get_template(name).render(**sample_context(lang))


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_to_the_content_policy(name, lang):
    assert INLINE.findall(page(name, lang)) == []


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_heading_one_main_and_no_id_twice(name, lang):
    html = page(name, lang)
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    identifiers = re.findall(r'\sid="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))


def test_a_page_names_its_whole_address_in_every_language():
    html = page("home.html", "en")
    assert '<link rel="canonical" href="https://shop.example/en/">' in html
    for code, path in [("zh-CN", "/zh-cn/"), ("en", "/en/"), ("x-default", "/zh-cn/")]:
        assert f'<link rel="alternate" hreflang="{code}" href="https://shop.example{path}">' in html


@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize(("lang", "code"), [("zh-cn", "zh-CN"), ("en", "en")])
def test_an_error_page_stands_without_database_and_speaks_the_language(status, lang, code):
    html = environment(lang, language_switch_url=lambda to: f"/{to}").get_template(f"errors/{status}.html").render()
    assert f'<html lang="{code}">' in html
    assert f">{status}<" in html
    chinese = re.findall(r"[\u4e00-\u9fff]", re.sub(r"<span[^>]*>矿机云商</span>|>中文<", "", html))
    assert bool(chinese) == (lang == "zh-cn")


def test_an_error_page_passes_on_what_the_rule_said():
    env = environment("en", language_switch_url=lambda to: f"/{to}")
    html = env.get_template("errors/400.html").render(message="Only 3 are left.", request_id="7f3a")
    assert "Only 3 are left." in html
    assert "7f3a" in html


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.relative_to(TEMPLATES).as_posix()
)
def test_no_template_carries_style_or_script_of_its_own(path):
    assert INLINE.findall(path.read_text()) == []


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.relative_to(TEMPLATES).as_posix()
)
def test_each_template_can_be_read(path):
    env = environment("en")
    env.parse(path.read_text())


def test_every_macro_of_the_components_is_in_the_guide():
    guide = (TEMPLATES.parent / "docs" / "look.md").read_text()
    for path in (TEMPLATES / "components").glob("*.html"):
        for name in re.findall(r"{%-? macro ([a-z]\w*)\(", path.read_text()):
            assert re.search(rf"\b{name}\(", guide), f"{name} of {path.name} is missing in docs/look.md"


def test_scripts_and_styles_stay_light():
    assert sum(path.stat().st_size for path in (STATIC / "js").glob("*.js")) <= 15_000
    assert sum(path.stat().st_size for path in (STATIC / "css").glob("*.css")) <= 60_000
