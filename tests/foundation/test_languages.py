"""Two languages: addresses, choice, texts."""

import pytest
from flask import Flask, render_template_string
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import LanguageAccept
from wtforms import IntegerField, StringField, ValidationError

from app.foundation.forms import Form
from app.foundation.languages import best_language, language_of_path, money, other_language_url
from app.foundation.money import Money


@pytest.fixture
def site_with_a_page(site: Flask):
    @site.get("/<lang:lang>/thing/<code>")
    def thing(code: str) -> str:
        return render_template_string("{{ url_for('thing', code='next') }} {{ canonical_url() }}")

    return site


def test_links_stay_in_the_language_of_the_page(site_with_a_page):
    client = site_with_a_page.test_client()
    assert client.get("/en/thing/a").text.startswith("/en/thing/next")
    assert client.get("/zh-cn/thing/a").text.startswith("/zh-cn/thing/next")


def test_there_is_no_third_language(site_with_a_page):
    assert site_with_a_page.test_client().get("/fr/thing/a").status_code == 404


@pytest.mark.clause("2.2")
def test_switching_language_keeps_page_and_filters(site_with_a_page):
    with site_with_a_page.test_request_context("/zh-cn/thing/a?coin=BTC&page=2"):
        assert other_language_url("en") == "/en/thing/a?coin=BTC&page=2"


@pytest.mark.parametrize(
    ("header", "language"),
    [("en-US,en;q=0.9", "en"), ("zh-TW", "zh-cn"), ("zh-CN,en;q=0.5", "zh-cn"), ("fr", "zh-cn"), ("", "zh-cn")],
)
def test_the_browsers_languages_choose(header, language):
    accept = LanguageAccept([(part.partition(";")[0], 0.5 if ";" in part else 1) for part in header.split(",") if part])
    assert best_language(accept) == language


def test_a_path_without_language_is_chinese():
    assert language_of_path("/healthz") == "zh-cn"
    assert language_of_path("/en/products") == "en"


def test_money_looks_the_same_in_both_languages():
    assert money(Money(1_399_900)) == "¥13,999.00"
    assert money(Money(-5)) == "-¥0.05"
    assert money(None) == "-"


def test_a_template_follows_the_language_of_the_page_and_a_forced_one(site):
    from flask_babel import force_locale, lazy_gettext

    @site.get("/<lang:lang>/words")
    def words() -> str:
        here = render_template_string('{{ _("Please fill in this field.") }}')
        with force_locale("en"):
            there = render_template_string('{{ _("Please fill in this field.") }}')
        return f"{here}|{there}|{lazy_gettext('Please fill in this field.')}"

    chinese, english = "请填写此项。", "Please fill in this field."
    client = site.test_client()
    assert client.get("/zh-cn/words").text == f"{chinese}|{english}|{chinese}"
    assert client.get("/en/words").text == "|".join([english] * 3)


class Quantity(Form):
    """A form whose only message is the library's own."""

    units = IntegerField()


@pytest.mark.clause("2.2")
@pytest.mark.parametrize(("lang", "said"), [("zh-cn", "不是有效的整数。"), ("en", "Not a valid integer value.")])
def test_a_message_of_the_form_library_is_in_the_language_of_the_page(app, lang, said):
    with app.test_request_context(f"/{lang}/cart", method="POST", data={"units": "many"}):
        app.preprocess_request()
        form = Quantity()
        form.validate()
        assert form.units.errors == [said]


def in_template(site: Flask, source: str, **values: object) -> str:
    with site.test_request_context("/zh-cn/"):
        return render_template_string(source, **values)


def test_values_in_a_text_are_escaped_and_the_text_itself_is_not(site):
    assert in_template(site, '{{ _("<b>%(name)s</b>", name=name) }}', name="<i>") == "<b>&lt;i&gt;</b>"
    assert in_template(site, '{{ _("<b>100 %%</b>") }}') == "<b>100 %</b>"


def test_a_text_outside_of_a_page_is_plain(site):
    assert in_template(site, '{% autoescape false %}{{ _("%(name)s & more", name="<i>") }}{% endautoescape %}') == (
        "<i> & more"
    )


class OneOfOurs(Form):
    code = StringField("Code")

    def validate_code(self, field: StringField) -> None:
        raise ValidationError(_l("There is no %(code)s.", code=field.data))


def test_what_somebody_typed_is_escaped_in_the_message_that_repeats_it(site):
    page = (
        "{% from 'components/forms.html' import field, error_summary %}{{ error_summary(form) }}{{ field(form.code) }}"
    )
    with site.test_request_context("/en/", method="POST", data={"code": '<b>"x'}):
        form = OneOfOurs()
        form.validate()
        html = render_template_string(page, form=form)
    assert "<b>" not in html
    assert html.count("There is no &lt;b&gt;&#34;x.") == 2


def test_what_somebody_typed_cannot_leave_an_attribute_through_a_lazy_text(site):
    with site.test_request_context("/en/"):
        html = render_template_string('<p title="{{ text }}">', text=_l("Not %(typed)s", typed='" onclick="go()'))
    assert html == '<p title="Not &#34; onclick=&#34;go()">'
