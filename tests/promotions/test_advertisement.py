"""The line on the page: what it says, who sees it, hiding it, and the question beside it. 3.1.1e, 3.1.2b, 2.6."""

from datetime import timedelta

import pytest

from app.foundation.clock import now, today
from app.foundation.database import db
from app.measurement.campaigns import effect_of_campaign
from app.promotions.drafting import draft_campaign, end_campaign
from tests.privacy.builders import save_choices_in
from tests.promotions.builders import a_campaign, a_wording
from tests.promotions.visitor import HOME, Visitor, counted


@pytest.mark.parametrize(("lang", "label"), [("zh-cn", "广告"), ("en", "Ad")])
def test_it_is_labelled_and_names_who_pays_in_the_language_of_the_page(app, house, lang, label):
    campaign = a_campaign()
    line = Visitor(app).sees(f"/{lang}/")
    locale, text = ("zh", campaign.text_zh) if lang == "zh-cn" else ("en", campaign.text_en)
    assert f'<span class="offer__label">{label}</span>' in line
    assert text in line and campaign.principal.name(locale) in line
    assert f'href="/{lang}/help?offer={campaign.id}"' in line


def test_it_stands_in_its_slots_and_in_its_period_alone(app, house, clock):
    campaign = a_campaign(on_home=False, starts_on=today() + timedelta(days=1), ends_on=today() + timedelta(days=2))
    visitor = Visitor(app)
    assert visitor.sees("/en/products") is None
    clock.travel(days=1)
    assert visitor.sees("/en/products") and not visitor.sees(HOME)
    end_campaign(campaign.id, now())
    assert visitor.sees("/en/products") is None


def test_the_page_that_it_leads_to_does_not_show_it_once_more(app, house):
    a_campaign(target="/products")
    visitor = Visitor(app)
    assert visitor.sees(HOME) and not visitor.sees("/en/products")


def test_a_draft_is_shown_to_nobody(app, house):
    draft_campaign(a_wording())
    assert Visitor(app).sees() is None


@pytest.mark.clause("3.1.1e")
def test_hidden_it_stays_away_on_twenty_pages_and_for_thirty_days_and_comes_back(app, house, clock):
    campaign, visitor = a_campaign(ends_on=today() + timedelta(days=60)), Visitor(app)
    assert visitor.sees()
    answer = visitor.presses("/en/products?page=2", f"/en/offers/{campaign.id}/dismissal")
    assert answer.headers["Location"] == "/en/products?page=2&done=offer_hidden"
    assert not any(visitor.sees(path) for path in [HOME, "/en/products"] * 10)
    clock.travel(days=29)
    assert visitor.sees() is None
    clock.travel(days=1)
    assert visitor.sees()


@pytest.mark.clause("3.1.1e")
def test_it_is_shown_three_times_a_day_in_one_browser(app, house, clock):
    a_campaign()
    visitor = Visitor(app)
    assert [bool(visitor.sees()) for _ in range(5)] == [True, True, True, False, False]
    clock.travel(days=1)
    assert visitor.sees()


@pytest.mark.clause("3.1.1e")
def test_that_somebody_hid_it_stands_in_no_table(app, house):
    campaign, visitor = a_campaign(), Visitor(app)
    before = {table.name: db.session.execute(table.select()).all() for table in db.metadata.sorted_tables}
    visitor.presses(HOME, f"/en/offers/{campaign.id}/dismissal")
    db.session.expire_all()
    assert before == {table.name: db.session.execute(table.select()).all() for table in db.metadata.sorted_tables}


def test_the_question_is_asked_once_and_a_refusal_is_kept(app, house):
    a_campaign()
    visitor = Visitor(app)
    assert "Count this offer anonymously?" in visitor.sees()
    assert visitor.presses(HOME, "/en/offers/counting", answer="no").status_code == 303
    line = visitor.sees()
    assert line and "Count this offer" not in line


@pytest.mark.clause("3.1.2b")
@pytest.mark.parametrize("signal", ["Sec-GPC", "DNT"])
def test_a_browser_with_a_signal_is_shown_the_line_and_never_asked(app, house, signal):
    a_campaign()
    visitor = Visitor(app)
    visitor.headers[signal] = "1"
    line = visitor.sees()
    assert line and "Count this offer" not in line
    assert counted(house) == {}


@pytest.mark.clause("2.6")
def test_without_agreement_it_is_shown_and_nothing_about_it_is_counted(app, house):
    a_campaign()
    visitor = Visitor(app)
    visitor.clicks()
    assert counted(house) == {} and visitor.promo_cookie is None


@pytest.mark.clause("2.6")
def test_once_agreed_reach_showings_and_the_click_are_counted_once_each(app, house):
    a_campaign()
    visitor = Visitor(app, allows=True)
    visitor.sees()
    visitor.clicks()
    visitor.clicks()
    assert counted(house) == {"shown": 3, "reached": 1, "clicked": 1}
    assert visitor.promo_cookie


@pytest.mark.clause("3.1.2b")
def test_a_later_refusal_drops_the_cookie_and_the_arm_and_ends_the_counting(app, house):
    a_campaign()
    visitor = Visitor(app, allows=True)
    visitor.sees()
    before = counted(house)
    save_choices_in(visitor.client, "audience", headers={"Origin": "http://localhost"})
    assert visitor.promo_cookie is None
    visitor.sees()
    assert counted(house) == before and visitor.promo_cookie is None
    cookies = visitor.client.get("/en/privacy/cookies").text
    assert "compared with others" not in cookies and "Advertisement no." in cookies


def test_an_address_with_a_mark_that_nobody_was_shown_counts_nothing(app, house):
    campaign = a_campaign(on_home=False, on_listing=False, on_product=True)
    visitor = Visitor(app, allows=True)
    for mark in (campaign.id, campaign.id + 1, "x", "٣", "9" * 40, "-1", ""):
        visitor.sees(f"/en/products?offer={mark}")
    assert counted(house) == {}


@pytest.mark.clause("2.6")
def test_the_arm_from_which_it_is_withheld_sees_nothing_and_is_counted_apart(app, house, clock, monkeypatch):
    monkeypatch.setattr("app.promotions.banner.secrets.randbelow", lambda n: 0)
    a_campaign(on_home=False)
    visitor = Visitor(app, allows=True)
    assert visitor.sees("/en/products")
    clock.travel(days=1)
    later = a_campaign(on_listing=False, holds_back=True)
    assert visitor.sees(HOME) is None
    house.fold()
    effect = effect_of_campaign(later.id)
    assert (effect.reached, effect.showings, effect.trial) == (0, 0, [("shown", 0, 0), ("withheld", 1, 0)])


@pytest.mark.clause("3.1.2b")
def test_what_is_remembered_is_told_in_plain_sentences(app, house):
    campaign = a_campaign()
    visitor = Visitor(app, allows=True)
    visitor.clicks()
    text = visitor.client.get("/m/mine?lang=en").text
    assert f"Promotion no. {campaign.id}, paid for by principal no. {campaign.principal_id}" in text
    assert "It was clicked." in text
    guide = visitor.client.get("/en/privacy/cookies").text
    assert f"Advertisement no. {campaign.id}: shown on {today()}: 1" in guide
    assert visitor.client.post("/m/mine?lang=en", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert visitor.promo_cookie is None


COUNTING, HIDING = "/en/offers/counting", "/en/offers/7/dismissal"


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        (COUNTING, {"answer": "maybe"}, 400),
        (COUNTING, {"answer": "yes", "form_token": "x"}, 303),
        (HIDING, {"form_token": ""}, 303),
        ("/en/offers/70000/dismissal", {}, 404),
        (HIDING, {"next": "//evil.example/"}, 303),
        (HIDING, {"next": "\0" * 900}, 303),
    ],
)
def test_nonsense_pressed_leads_back_into_the_shop(app, house, action, fields, status):
    answer = Visitor(app).presses(HOME, action, **fields)
    assert answer.status_code == status
    assert answer.headers.get("Location", "/en/").startswith("/en/")
