"""News in both languages: who reads what, what a feed says, and that new terms announce themselves. Clause 6.1b."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.news.models import NewsItem
from app.news.queries import public_news
from app.news.writing import (
    AlreadyPublished,
    NewsWithdrawn,
    NotPublished,
    Story,
    change_news,
    publish_news,
    withdraw_news,
)
from tests.backoffice.builders import Desk
from tests.news.builders import STORY, a_draft, some_news
from tests.privacy.later_versions import NEXT, Author, author

__all__ = ["author"]
ATOM = "{http://www.w3.org/2005/Atom}"
FIELDS = {"title_zh": "标题", "title_en": "Title", "text_zh": "正文", "text_en": "Text"}


def test_a_draft_is_read_by_nobody_until_it_is_published(client: FlaskClient):
    item = a_draft()
    assert client.get(f"/en/news/{item.id}").status_code == 404
    assert STORY.title_en not in client.get("/en/news").text
    publish_news(item.id, 7, now())
    assert "当日发出" in client.get(f"/zh-cn/news/{item.id}").text
    assert "leave the same day" in client.get(f"/en/news/{item.id}").text


def test_what_is_withdrawn_is_found_nowhere_and_stays_as_it_was(client: FlaskClient):
    item = some_news()
    withdraw_news(item.id, 7, now())
    for path in ("/en/", "/en/news", "/en/news.atom"):
        assert STORY.title_en not in client.get(path).text
    assert client.get(f"/en/news/{item.id}").status_code == 404
    with pytest.raises(NewsWithdrawn):
        change_news(item.id, STORY, 7, now())
    with pytest.raises(NewsWithdrawn):
        publish_news(item.id, 7, now())


def test_a_change_after_publication_is_marked_and_saving_nothing_new_is_none(client: FlaskClient, clock):
    item = some_news()
    clock.travel(days=2)
    change_news(item.id, STORY, 7, now())
    assert db.session.get_one(NewsItem, item.id).changed_at is None
    change_news(item.id, Story("成都仓启用", "Chengdu warehouse opens", "改期。", "Later."), 7, now())
    assert "changed on" in client.get(f"/en/news/{item.id}").text


def test_news_is_published_once_and_only_what_is_public_is_withdrawn(app):
    draft, item = a_draft(), some_news()
    with pytest.raises(AlreadyPublished):
        publish_news(item.id, 7, now())
    with pytest.raises(NotPublished):
        withdraw_news(draft.id, 7, now())
    with pytest.raises(NotFound):
        publish_news(1, 7, now())


def test_every_act_is_on_the_ledger(app):
    item = some_news()
    withdraw_news(item.id, 7, now())
    events = db.session.scalars(select(LedgerEntry.event).where(LedgerEntry.event.like("news.%"))).all()
    assert sorted(events) == ["news.drafted", "news.published", "news.withdrawn"]


def test_the_home_page_shows_the_three_newest_of_the_last_months(client: FlaskClient):
    at = now()
    for days in (1, 2, 3, 4, 120):
        some_news(Story(f"公告{days}", f"Told {days} days ago", "正", "text"), at - timedelta(days=days))
    page = client.get("/en/").text
    assert [f"Told {days} days ago" in page for days in (1, 2, 3, 4, 120)] == [True, True, True, False, False]
    assert "公告1" in client.get("/zh-cn/").text


def test_the_list_goes_by_pages_with_the_same_few_queries(client: FlaskClient):
    at = now()
    some_news(Story("最新", "The newest", "正", "text"), at)
    client.get("/en/news")
    few = queries_of(client)
    for number in range(45):
        some_news(Story("旧", f"Older {number}", "正", "text"), at - timedelta(days=number + 1))
    assert queries_of(client) == few
    pages = [client.get(f"/en/news?page={number}").text for number in (1, 2, 3)]
    assert [page.count("<article") for page in pages] == [20, 20, 6]
    assert ['rel="next"' in page for page in pages] == [True, True, False]
    assert client.get("/en/news?page=nonsense").text.count("<article") == 20


def queries_of(client: FlaskClient) -> int:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    client.get("/en/news")
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_the_feed_is_well_formed_whatever_is_written_and_needs_no_cookie(app, lang):
    item = some_news(Story('<算力> & "功耗"', "<b>Hashrate</b> & ]]> power", "一 < 二", "1 < 2 & 3"))
    answer = app.test_client(use_cookies=False).get(f"/{lang}/news.atom")
    assert answer.mimetype == "application/atom+xml" and "Set-Cookie" not in answer.headers
    feed = ElementTree.fromstring(answer.data)  # noqa: S314 - our own answer
    [entry] = [each for each in feed.iter(f"{ATOM}entry") if str(item.id) in (each.findtext(f"{ATOM}id") or "")]
    said = {"zh-cn": ('<算力> & "功耗"', "一 < 二"), "en": ("<b>Hashrate</b> & ]]> power", "1 < 2 & 3")}[lang]
    assert (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}content")) == said
    assert datetime.fromisoformat(str(feed.findtext(f"{ATOM}updated"))).tzinfo
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None


@pytest.mark.clause("6.1b")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_a_new_version_of_the_policy_is_among_the_news_from_its_publication_on(
    author: Author, client: FlaskClient, clock, lang
):
    at = datetime(2027, 2, 10, 3, tzinfo=UTC)
    clock.freeze(at)
    author.write(effective="2027-03-01")
    told = f"/{lang}/privacy/archive/{NEXT}/changes"
    assert told not in client.get(f"/{lang}/news").text
    author.publish(NEXT, at)
    for path in ("", "news", "news.atom"):
        page = client.get(f"/{lang}/{path}").text
        assert told in page
    assert "2027-03-01" in client.get(f"/{lang}/news").text


def test_the_desk_writes_publishes_and_withdraws(app):
    desk = Desk(app, "manager")
    assert desk.post("/news/new", "NewsForm", FIELDS).status_code == 303
    item = db.session.scalars(select(NewsItem)).one()
    assert "Title" in desk.get("/news").text and not item.is_public
    changed = desk.post(f"/news/{item.id}", "NewsForm", {**FIELDS, "title_en": "Better"})
    assert changed.status_code == 303
    assert desk.post(f"/news/{item.id}/publication", "backoffice.news").status_code == 303
    assert "Better" in app.test_client().get("/en/news").text
    assert "Withdraw" in desk.get(f"/news/{item.id}").text
    assert desk.post(f"/news/{item.id}/withdrawal", "backoffice.news").status_code == 303
    assert not db.session.scalars(public_news()).all()
    assert "withdrawn" in desk.get("/news").text and desk.get(f"/news/{item.id}").status_code == 200


@pytest.mark.clause("6.1b")
@pytest.mark.parametrize("missing", sorted(FIELDS))
def test_news_in_one_language_alone_is_refused_and_kept(app, missing):
    answer = Desk(app, "manager").post("/news/new", "NewsForm", {**FIELDS, missing: " "})
    assert answer.status_code == 422
    assert all(text in answer.text for name, text in FIELDS.items() if name != missing)
    assert not db.session.scalars(select(NewsItem)).all()


def test_a_button_without_its_token_does_nothing(app):
    desk, item = Desk(app, "manager"), a_draft()
    assert desk.client.post(f"/en/desk/news/{item.id}/publication").status_code == 400
    assert desk.post("/news/1/publication", "backoffice.news").status_code == 404


@pytest.mark.clause("5.1.1e")
@pytest.mark.parametrize("role", ["clerk", "finance"])
def test_others_publish_nothing(app, role):
    assert Desk(app, role).get("/news").status_code == 403
