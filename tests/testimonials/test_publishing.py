"""From a member's choice to everybody's page and back: exactly what was chosen, while they want it. 4.3, 4.3.1."""

import itertools
import re
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.accounts.models import Account
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.data_keys import data_keys
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, purpose
from app.foundation.two_people import NotAllowed, NotWaiting, SamePerson
from app.foundation.uploads import place_of
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import Actor
from app.privacy.acceptance import accept
from app.privacy.policy import policy_version
from app.privacy.who_saw import readings_of
from app.testimonials.composing import Chosen, composed, copy_of
from app.testimonials.deciding import NotAsSent, approve, check, put_back, refuse, take_away
from app.testimonials.models import Testimonial, TestimonialGoods
from app.testimonials.sending import AgreeFirst, Enough, NoOrderYet, NotAsSeen, send_testimonial, withdraw_testimonial
from app.testimonials.states import MOVES, PUBLISHED, SENT, STATES
from tests.accounts.builders import an_account
from tests.privacy.test_canary_sweep import close
from tests.testimonials.builders import (
    COMPANY,
    JOHN,
    MARY,
    WORDS,
    Writer,
    a_customer,
    all_of,
    fresh,
    goods_of,
    published,
    some_public_words,
    words_of,
)

PAGES = ("/zh-cn/customers", "/en/customers")


def events(row: Testimonial) -> list[tuple[str, str]]:
    mine = select(LedgerEntry).where(LedgerEntry.event.like("testimonial.%")).order_by(LedgerEntry.at, LedgerEntry.id)
    return [(entry.event, entry.facts["digest"]) for entry in db.session.scalars(mine)]


@pytest.mark.clause("4.3")
def test_nothing_is_public_before_two_people_have_read_it(client: FlaskClient):
    row = words_of(a_customer(), name="张先生")
    for step in (lambda: check(row.key, MARY, now()), lambda: approve(row.key, JOHN, now())):
        for path in (*PAGES, f"/en/customers/{row.key}"):
            assert WORDS not in client.get(path).text
        assert client.get(f"/en/customers/{row.key}").status_code == 404
        step()
    for path in (*PAGES, f"/en/customers/{row.key}"):
        page = client.get(path).text
        assert WORDS in page and "张先生" in page


@pytest.mark.clause("4.3")
def test_whoever_read_it_first_does_not_publish_it_and_nobody_decides_on_their_own_words(app: Flask):
    row = words_of(a_customer())
    with pytest.raises(SamePerson):
        check(row.key, Actor("clerk", row.audit_ref), now())
    check(row.key, MARY, now())
    for person in (MARY, Actor("manager", row.audit_ref)):
        with pytest.raises(SamePerson):
            approve(row.key, person, now())
    with pytest.raises(NotAllowed):
        approve(row.key, Actor("finance", 5), now())
    assert fresh(row).published_at is None


@pytest.mark.clause("4.3")
@pytest.mark.parametrize(("move", "state"), list(itertools.product(MOVES, STATES)))
def test_no_state_is_passed_over(app: Flask, move: str, state: str):
    row = words_of(a_customer())
    acts = {
        "check": lambda: check(row.key, MARY, now()), "approve": lambda: approve(row.key, JOHN, now()),
        "refuse": lambda: refuse(row.key, "no", JOHN, now()),
        "take_away": lambda: take_away(row.key, "no", JOHN, now()),
        "put_back": lambda: put_back(row.key, "yes", JOHN, now()),
    }  # fmt: skip
    if move not in acts:
        return
    with transaction() as session:
        session.execute(update(Testimonial).values(state=state))
    if state in MOVES[move]:
        acts[move]()
        assert fresh(row).state == MOVES[move][state]
    else:
        with pytest.raises(NotWaiting):
            acts[move]()
        assert fresh(row).state == state


@pytest.mark.clause("4.3", "4.3.1")
def test_what_is_public_is_what_was_sent_checked_and_approved_by_its_digest(app: Flask):
    account = a_customer()
    chosen = Chosen(WORDS, "zh-cn", **all_of(account))
    seen = composed(db.session(), account, chosen)
    row = published(send_testimonial(account, chosen, seen.digest, now()))
    names = ("testimonial.sent", "testimonial.checked", "testimonial.published")
    assert events(row) == [(name, seen.digest) for name in names]
    assert copy_of(fresh(row)) == seen
    told = [str(reading.text) for reading in readings_of(db.session(), account.audit_ref)]
    assert len(told) == 2


@pytest.mark.clause("4.3", "4.3.1")
def test_words_that_somebody_altered_in_the_store_are_neither_published_nor_shown(client: FlaskClient):
    account = a_customer()
    row, other = words_of(account), some_public_words(account)
    check(row.key, MARY, now())
    for each in (row, other):
        with transaction() as session:
            session.get_one(Testimonial, each.id).text = "Not what they said"
    with pytest.raises(NotAsSent):
        approve(row.key, JOHN, now())
    assert "Not what they said" not in client.get("/en/customers").text
    assert client.get(f"/en/customers/{other.key}").status_code == 404


ITEMS = ("name", "company", "province", "avatar", "goods", "on_products")
SHOWN = {"name": "张先生", "company": COMPANY, "province": "四川"}


@pytest.fixture(scope="module")
def subsets() -> list[tuple[str, ...]]:
    return [tuple(some) for n in range(len(ITEMS) + 1) for some in itertools.combinations(ITEMS, n)]


@pytest.mark.clause("4.3.1")
def test_of_every_choice_the_page_and_the_row_hold_that_and_nothing_else(client: FlaskClient, subsets):
    """All 64 ways to choose: what was left out stands neither on a page nor in the public row."""
    account = a_customer()
    everything = all_of(account)
    assert len(subsets) == 64
    for some in subsets:
        row = some_public_words(account, **{item: everything[item] for item in some})
        page = client.get(f"/zh-cn/customers/{row.key}").text
        assert {item: word in page for item, word in SHOWN.items()} == {item: item in some for item in SHOWN}, some
        assert ("/portrait" in page) is ("avatar" in some)
        assert ("在本站购买" in page) is ("goods" in some)
        with purpose(Purpose.SERVICE):
            held = {"name": row.name, "company": row.company, "province": row.province, "avatar": row.avatar}
        assert {item for item, value in held.items() if value is not None} == set(some) & set(held), some
        assert {each.product_id for each in row.goods} == (goods_of(account) if "goods" in some else set())
        assert row.on_products is ("on_products" in some and "goods" in some)
        withdraw_testimonial(account, row.key)


@pytest.mark.clause("4.3.1")
def test_they_stand_beside_a_machine_only_where_their_author_chose_that_place(client: FlaskClient):
    account = a_customer()
    [product_id] = goods_of(account)
    slug = db.session.scalar(select(db.metadata.tables["products"].c.slug))
    elsewhere = some_public_words(account, text="Only over there.", goods={product_id})
    here = some_public_words(account, text="Here as well.", goods={product_id}, on_products=True)
    page = client.get(f"/en/products/{slug}").text
    assert "Here as well." in page and "Only over there." not in page
    withdraw_testimonial(account, here.key)
    assert "Here as well." not in client.get(f"/en/products/{slug}").text
    assert client.get(f"/en/customers/{elsewhere.key}").status_code == 200


@pytest.mark.clause("4.3.1")
def test_taken_back_they_are_gone_with_the_next_request_from_every_process(app: Flask, client: FlaskClient):
    """Nothing of them is kept: the pages say no-store, and a second application over the same store has none either."""
    from app.factory import create_app
    from app.settings import current_settings

    account = a_customer()
    row = some_public_words(account, **all_of(account))
    with purpose(Purpose.SERVICE):
        file = place_of(row.avatar)
    others = create_app(current_settings()).test_client()
    slug = db.session.scalar(select(db.metadata.tables["products"].c.slug))
    of_their_own = (f"/en/customers/{row.key}", f"/en/customers/{row.key}/portrait")
    for browser in (client, others):
        answers = [browser.get(path) for path in (*of_their_own, *PAGES, f"/zh-cn/products/{slug}")]
        assert all(answer.status_code == 200 for answer in answers)
        assert all("no-store" in answer.headers["Cache-Control"] for answer in answers[:-1])
        assert all("noarchive" in answer.headers["X-Robots-Tag"] for answer in answers[:-1])
        assert WORDS in answers[-1].text
    withdraw_testimonial(account, row.key)
    for browser in (client, others):
        assert [browser.get(path).status_code for path in of_their_own] == [404, 404]
        assert [WORDS in browser.get(path).text for path in (*PAGES, f"/zh-cn/products/{slug}")] == [False] * 3
    assert not file.exists()
    assert db.session.scalars(select(Testimonial)).all() == db.session.scalars(select(TestimonialGoods)).all() == []
    with pytest.raises(NotFound):
        withdraw_testimonial(account, row.key)


@pytest.mark.clause("4.3.1", "5.2.2b")
def test_closing_the_account_takes_them_away(client: FlaskClient):
    account = a_customer()
    row = some_public_words(account, **all_of(account))
    key = row.key
    with purpose(Purpose.SERVICE):
        file = place_of(row.avatar)
    close(account)
    assert client.get(f"/en/customers/{key}").status_code == 404
    assert db.session.scalars(select(Testimonial)).all() == [] and not file.exists()


@pytest.mark.clause("4.3.1", "5.2.2b")
def test_without_the_key_of_their_author_they_open_for_nobody(client: FlaskClient):
    """As when a backup brings the row of an erased person back."""
    row = some_public_words(name="张先生")
    other = some_public_words(text="Still here.")
    data_keys().destroy(row.subject_id)
    page = client.get("/en/customers")
    assert page.status_code == 200 and "Still here." in page.text and WORDS not in page.text
    assert client.get(f"/en/customers/{row.key}").status_code == 404
    assert client.get(f"/en/customers/{other.key}").status_code == 200


@pytest.mark.clause("4.3.1")
def test_the_preview_shows_what_everybody_will_read_and_only_that_is_sent(app: Flask, client: FlaskClient):
    account = a_customer()
    writer = Writer(app, account)
    seen = writer.preview(text=WORDS, name="张先生", company="y", province="sichuan")
    assert seen.status_code == 200 and COMPANY in seen.text and "Sichuan" in seen.text
    assert db.session.scalars(select(Testimonial)).all() == []
    again = writer.send(seen.text, name="李先生")
    assert again.status_code == 422 and "differs from the preview" in again.text and "李先生" in again.text
    assert writer.send(again.text, name="张先生").status_code == 422
    assert writer.send(seen.text).status_code == 303
    row = published(db.session.scalars(select(Testimonial)).one())
    public = client.get(f"/en/customers/{row.key}").text
    assert quoted(public) == quoted(seen.text)


def quoted(page: str) -> str:
    """What a page says of one testimonial, without the day that only a public one has."""
    inside = page.partition('<blockquote class="quote"')[2].partition("</div>")[0]
    return re.sub(r" <span class=\"muted figure\">[\d-]+</span>", "", inside)


@pytest.mark.clause("4.3.1")
def test_a_form_sent_twice_is_one_testimonial(app: Flask):
    writer = Writer(app, a_customer())
    seen = writer.preview(text=WORDS)
    assert [writer.send(seen.text).status_code for _ in range(2)] == [303, 303]
    assert len(db.session.scalars(select(Testimonial)).all()) == 1


def test_bad_input_is_told_at_its_field_and_what_was_typed_stays(app: Flask):
    writer = Writer(app, a_customer(), "zh-cn")
    for wrong in ({"text": ""}, {"text": "长" * 1001}, {"text": WORDS, "province": "atlantis"}, {"goods": "999999"}):
        answer = writer.preview(**{"name": "张先生", **wrong})
        assert answer.status_code == 422 and "张先生" in answer.text and "error-summary" in answer.text
    assert db.session.scalars(select(Testimonial)).all() == []


@pytest.mark.clause("4.3.1", "6.1a")
def test_who_runs_under_a_version_that_did_not_offer_it_is_asked_to_accept_first(app: Flask):
    account = a_customer()
    with transaction() as session:
        accept(session, account.audit_ref, "3", "zh", policy_version("3").hash("zh"), now())
    with pytest.raises(AgreeFirst):
        words_of(account)
    page = Writer(app, account).client.get("/en/customers/new").text
    assert "/en/privacy/terms" in page and "<textarea" not in page
    with transaction() as session:
        accept(session, account.audit_ref, "4", "zh", policy_version("4").hash("zh"), now())
    assert words_of(account).state == SENT


def test_words_of_customers_are_those_of_people_who_bought_something_and_at_most_five(app: Flask):
    with pytest.raises(NoOrderYet):
        words_of(an_account())
    account = a_customer()
    for _ in range(5):
        words_of(account)
    with pytest.raises(Enough):
        words_of(account)


def test_what_is_not_theirs_cannot_be_chosen(app: Flask):
    account, other = a_customer(), a_customer()
    row = words_of(account, goods=goods_of(other))
    assert row.goods == []
    with pytest.raises(NotAsSeen):
        send_testimonial(account, Chosen(WORDS, "zh-cn"), sha256(b"guessed").hexdigest(), now())
    with pytest.raises(NotFound):
        withdraw_testimonial(other, row.key)


def test_the_author_reads_what_was_decided_and_why(app: Flask):
    account = a_customer()
    refuse(words_of(account).key, "您写了别人的名字。", JOHN, now())
    page = Writer(app, account, "zh-cn").client.get("/zh-cn/customers/mine").text
    assert "您写了别人的名字。" in page
    assert told(account) == ["testimonial.refused"]


def told(account: Account) -> list[str]:
    """Messages about words, by their codes, in their order."""
    mine = select(OutboxMessage.code).where(OutboxMessage.account_id == account.id).order_by(OutboxMessage.created_at)
    return [code for code in db.session.scalars(mine) if code.startswith("testimonial.")]


@pytest.mark.clause("4.3.1")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf")), min_size=1, max_size=60),
        max_size=3,
    )
)
def test_whatever_is_written_stands_there_as_text_and_never_as_markup(
    app: Flask, client: FlaskClient, texts: list[str]
):
    account = _one_customer()
    for text in texts:
        words = f"<b onclick=x>{text}</b>"
        row = some_public_words(account, text=words, name=words[:40])
        page = client.get(f"/en/customers/{row.key}").text
        assert "<b onclick" not in page and "&lt;b onclick" in page
        withdraw_testimonial(account, row.key)


def _one_customer() -> Account:
    """The same for all examples of a test."""
    found = db.session.scalars(select(Account).limit(1)).first()
    return found or a_customer()


def test_published_means_published(app: Flask):
    assert fresh(some_public_words()).state == PUBLISHED
