"""Components are called with plain arguments and say what they are told, in words and not by colour alone."""

import re
from types import SimpleNamespace

import pytest
from wtforms import BooleanField, FieldList, FileField, Form, RadioField, SelectField, StringField
from wtforms.validators import DataRequired

from tests.look.rendering import environment, macro, moment, yuan
from tests.look.sample_data import Values


class Sample(Form):
    name = StringField("Name", [DataRequired("Please write the name")])
    size = SelectField("Size", choices=[("s", "Small"), ("l", "Large")])
    way = RadioField("Way", [DataRequired("Please choose a way")], choices=[("a", "Air"), ("s", "Sea")])
    agreed = BooleanField("I agree", [DataRequired("Please tick the box")])
    paper = FileField("Paper")
    codes = FieldList(StringField("Code", [DataRequired("Please write the code")]), min_entries=2)


def wrong_form() -> Sample:
    form = Sample(Values({"name": "", "codes-0": "A1", "codes-1": ""}))
    form.validate()
    return form


def forms(name):
    return macro("forms.html", name)


def test_an_unknown_figure_is_a_dash_and_not_a_zero():
    assert "-</span>" in macro("figures.html", "quantity")(None, "W")
    assert "-</span>" in macro("figures.html", "money")(None)
    assert ">0 " in macro("figures.html", "quantity")(0, "W")


def test_money_keeps_its_fen_and_twelve_digits():
    printed = re.sub(r"<[^>]+>", "", macro("figures.html", "money")(yuan("1234567890.12"), "/T"))
    assert printed == "¥1,234,567,890.12/T"


def test_an_error_is_tied_to_its_field_and_linked_from_the_top():
    form = wrong_form()
    summary, field = forms("error_summary")(form), forms("field")(form.name)
    assert '<a href="#name">Please write the name</a>' in summary
    assert 'role="alert"' in summary
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="name-error"' in field
    assert 'id="name-error"' in field


def test_the_summary_leads_to_the_first_choice_and_into_lists():
    summary = forms("error_summary")(wrong_form())
    assert '<a href="#way-0">' in summary
    assert '<a href="#codes-1">Please write the code</a>' in summary
    assert "#codes-0" not in summary


def test_a_form_without_errors_has_no_summary():
    assert forms("error_summary")(Sample()).strip() == ""


def test_hint_and_error_are_both_read_with_the_field():
    assert 'aria-describedby="name-error name-hint"' in forms("field")(wrong_form().name, "As on the licence")


def test_what_was_typed_stays():
    form = Sample(Values({"name": "云商 <b>", "size": "l"}))
    assert 'value="云商 &lt;b&gt;"' in forms("field")(form.name)
    assert '<option selected value="l">' in forms("field")(form.size)


@pytest.mark.parametrize("name", ["name", "size", "way", "agreed", "paper", "codes"])
def test_every_kind_of_field_has_a_label_that_names_it(name):
    printed = forms("field")(Sample()[name])
    controls = re.findall(r"<(?:input|select|textarea)\b[^>]*\bid=\"([^\"]+)\"", printed)
    assert controls
    for control in controls:
        inside = re.search(rf'<label class="option"><input[^>]*id="{control}"', printed)
        assert f'for="{control}"' in printed or inside


def test_an_optional_field_says_so_and_a_required_one_does_not():
    assert "optional" in forms("field")(Sample().size)
    assert "optional" not in forms("field")(Sample().name)


def test_attributes_reach_the_control():
    assert 'autocomplete="name"' in forms("field")(Sample().name, autocomplete="name")


def test_a_button_that_changes_something_is_a_form_with_a_token():
    printed = forms("post_button")("Remove", "/cart", "cart", values={"sku": 7}, label="Remove S21")
    assert 'method="post"' in printed
    assert 'name="form_token" value="cart"' in printed
    assert 'name="sku" value="7"' in printed
    assert 'aria-label="Remove S21"' in printed


def test_pages_far_away_are_left_out_and_the_own_one_is_marked():
    pager = SimpleNamespace(page=6, pages=40, url=lambda n: f"?page={n}")
    printed = macro("pagination.html", "pagination")(pager)
    assert re.findall(r'href="\?page=(\d+)" aria', printed) == ["1", "4", "5", "6", "7", "8", "40"]
    assert 'aria-label="Page 6" aria-current="page"' in printed


def test_one_page_needs_no_numbers():
    pager = SimpleNamespace(page=1, pages=1, url=str)
    assert macro("pagination.html", "pagination")(pager).strip() == ""


def test_a_chip_says_what_removing_it_does():
    printed = macro("chips.html", "chips")([("Air", "?x")], "?")
    assert 'aria-label="Remove filter: Air"' in printed


def test_facets_past_the_shown_ones_fold_away_but_never_hide_a_tick():
    options = [(str(n), f"Brand {n}", n, n == 9) for n in range(10)]
    assert "<details" in macro("facets.html", "facet")("Brand", "brand", options, 8)
    assert '<details class="facet__more" open>' in macro("facets.html", "facet")("Brand", "brand", options, 8)


def test_a_sorted_head_tells_which_way():
    template = environment("en").from_string(
        '{% from "components/table.html" import table %}'
        '{% set heads = ["No.", {"text": "Amount", "url": "?s", "sorted": "descending"}] %}'
        '{% call table("Orders", heads) %}<tr></tr>{% endcall %}'
    )
    assert 'aria-sort="descending"' in template.render()
    assert "<caption>Orders</caption>" in template.render()


def test_the_timeline_marks_the_present_step():
    events = [("Placed", moment("2026-11-23T18:02:00"), None, "done"), ("Paid", None, None, "current")]
    printed = macro("timeline.html", "timeline")(events)
    assert "2026-11-23 18:02" in printed
    assert printed.count('aria-current="step"') == 1


def test_markup_in_a_name_stays_text():
    assert "&lt;b&gt;" in macro("breadcrumbs.html", "breadcrumbs")([("<b>", None)])
