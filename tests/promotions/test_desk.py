"""The marketer's desk: campaigns from draft to end, principals, the ledger. Clauses 2.6, 5.1.1f."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import db
from app.promotions.drafting import (
    NoDraft,
    NotPublished,
    PeriodOver,
    draft_campaign,
    edit_campaign,
    end_campaign,
    publish_campaign,
)
from app.promotions.models import Campaign, Principal
from tests.backoffice.builders import Desk
from tests.catalog.builders import a_product
from tests.promotions.builders import a_campaign, a_principal, a_wording


def fields_of(payer: Principal, **over) -> dict:
    fields = {
        "principal": payer.id, "name_zh": "双十一", "name_en": "November", "text_zh": "保修两年",
        "text_en": "Two years of warranty", "target": "/products", "slots": ["home", "listing"],
        "starts_on": today().isoformat(), "ends_on": (today() + timedelta(days=9)).isoformat(), "holds_back": "y",
    }  # fmt: skip
    return {**fields, **over}


def ledger() -> list[tuple[str, int | None]]:
    rows = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event.startswith("campaign.")))
    return [(row.event, row.actor) for row in sorted(rows, key=lambda row: row.at)]


def test_a_marketer_drafts_edits_publishes_and_ends_and_the_ledger_says_so(app, house):
    desk, principal = Desk(app, "marketer"), a_principal()
    assert desk.post("/campaigns/new", "CampaignForm", fields_of(principal)).status_code == 303
    campaign = db.session.scalars(select(Campaign)).one()
    assert (campaign.slots, campaign.stands_on(today())) == (["home", "listing"], "draft")
    desk.post(f"/campaigns/{campaign.id}/wording", "CampaignForm", fields_of(principal, text_en="Three years"))
    desk.post(f"/campaigns/{campaign.id}/publication", "promotions.campaign")
    assert (campaign.text_en, campaign.stands_on(today())) == ("Three years", "running")
    desk.post(f"/campaigns/{campaign.id}/end", "promotions.campaign")
    assert campaign.stands_on(today()) == "ended"
    actor = desk.account.audit_ref
    assert ledger() == [(f"campaign.{act}", actor) for act in ("drafted", "edited", "published", "ended")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("target", "https://evil.example/"),
        ("target", "//evil.example"),
        ("target", "/products/../login"),
        ("target", "/desk"),
        ("target", "/nowhere"),
        ("target", "/products?utm_source=x"),
        ("text_zh", ""),
        ("text_zh", "字" * 41),
        ("text_en", "a\u202eb"),
        ("slots", []),
        ("slots", ["everywhere"]),
        ("starts_on", "9999-99-99"),
        ("starts_on", "2026-02-30"),
        ("ends_on", "1999-01-01"),
        ("ends_on", "2099-01-01"),
        ("principal", "70000"),
        ("principal", "x"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_kept(app, house, field, value):
    desk, principal = Desk(app, "marketer"), a_principal()
    answer = desk.post("/campaigns/new", "CampaignForm", fields_of(principal, **{field: value}))
    assert answer.status_code == 422 and f'href="#{field}' in answer.text
    assert db.session.scalars(select(Campaign)).all() == []


def test_a_published_campaign_keeps_its_words_and_an_ended_one_stays_ended(app):
    campaign = a_campaign()
    with pytest.raises(NoDraft):
        edit_campaign(campaign.id, a_wording(text_en="Other words"))
    with pytest.raises(NoDraft):
        publish_campaign(campaign.id, now())
    end_campaign(campaign.id, now())
    with pytest.raises(NotPublished):
        end_campaign(campaign.id, now())


def test_what_is_over_is_not_published(app):
    over = a_wording(starts_on=today() - timedelta(days=9), ends_on=today() - timedelta(days=1))
    with pytest.raises(PeriodOver):
        publish_campaign(draft_campaign(over).id, now())


def test_two_marketers_who_press_publish_see_one_publication_and_a_reason(app, house):
    first, second = Desk(app, "marketer"), Desk(app, "marketer")
    number = draft_campaign(a_wording()).id
    assert first.post(f"/campaigns/{number}/publication", "promotions.campaign").status_code == 303
    answer = second.post(f"/campaigns/{number}/publication", "promotions.campaign")
    assert answer.status_code == 409 and "was published" in answer.text
    assert first.post(f"/campaigns/{number}/end", "another.form").status_code == 400


def test_goods_of_a_principal_are_brands_and_products_that_the_catalogue_knows(app, house):
    desk, product = Desk(app, "marketer"), a_product()
    fields = {"name_zh": "甲方", "name_en": "First", "brands": "bitmain\nbitmain", "products": product.slug}
    assert desk.post("/principals/new", "PrincipalForm", fields).status_code == 303
    principal = db.session.scalars(select(Principal)).one()
    assert (principal.codes("brand"), principal.codes("product")) == (["bitmain"], [product.slug])
    refused = desk.post(f"/principals/{principal.id}", "PrincipalForm", {**fields, "brands": "nobody <b>"})
    assert refused.status_code == 422 and "nobody" in refused.text and "<b>" not in refused.text
    desk.post(f"/principals/{principal.id}", "PrincipalForm", {**fields, "products": ""})
    assert (principal.codes("brand"), principal.codes("product")) == (["bitmain"], [])


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_every_page_of_the_desk_is_there_with_nothing_in_it_and_with_something(app, house, lang):
    desk = Desk(app, "marketer")
    for path in ("/campaigns", "/campaigns/new", "/principals", "/principals/new"):
        assert desk.get(path, lang).status_code == 200
    campaign = a_campaign(holds_back=True)
    for path in ("/campaigns", f"/campaigns/{campaign.id}", f"/principals/{campaign.principal_id}", "/principals"):
        page = desk.get(path, lang)
        assert page.status_code == 200 and "/m/b.gif" not in page.text
    assert desk.get("/campaigns/7000", lang).status_code == 404
