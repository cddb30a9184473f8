"""What pages tell when they are left: time in view, time to load, links that led out. Clauses 2.9, 2.10, 3.2."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, select

from analytics.codes import Channel, Ending, Way, page_code, source_code
from analytics.journal import MOST_LINKS, MOST_SECONDS_IN_VIEW, NOT_LOADED, Damaged, LeavingLine, Led, read, written
from analytics.leaving import LONGEST_BODY, MOST_TELLINGS, PATH, SCRIPT_FILE, led_to_host
from analytics.reading import Range
from analytics.store import left_out, loads, nonces, outbound, page_times
from analytics.ticket import LEAVING_MINUTES
from tests.analytics.browsing import Surfer
from tests.analytics.builders import TODAY

FRONT = page_code(1)
ELSEWHERE = source_code(Channel.OTHER, "other")
GOOGLE = source_code(Channel.SEARCH, "google")


def a_telling(**over) -> LeavingLine:
    usual = {"ticket": 160, "day": TODAY, "page": FRONT, "hits": 1, "seconds": 12, "bucket": 3, "led": ()}
    return LeavingLine(**{**usual, **over})


def ticket_of(surfer: Surfer, path: str = "/") -> str:
    """The ticket by which a page tells how it was left, after the page was counted; "" where it bears none."""
    page = surfer.client.get(path, headers=surfer.headers).text
    if picture := re.search(r'src="([^"]*/m/b\.gif\?t=[^"&]*)', page):
        surfer.loads(picture.group(1))
    found = re.search(r'data-leaving="([^"]*)"', page)
    return found.group(1) if found else ""


def tell(surfer: Surfer, ticket: str, told: str = "n=0&s=12000", **headers: str) -> int:
    body = {"data": f"t={ticket}&{told}", "content_type": "application/x-www-form-urlencoded"}
    return surfer.client.post(PATH, headers={**surfer.headers, **headers}, **body).status_code


def kept(site, table: Table) -> list[tuple[int, ...]]:
    site[1].fold()
    with site[1].store.reading() as connection:
        return [tuple(row) for row in connection.execute(select(table))]


@pytest.mark.clause("2.9")
def test_the_time_in_view_is_summed_by_day_and_page(site, moment):
    surfer = Surfer(site[0])
    for seconds in (12, 30):
        ticket = ticket_of(surfer, "/bread/rye")
        moment.seconds += 60
        assert tell(surfer, ticket, f"n=0&s={seconds}000") == 204
    assert kept(site, page_times) == [(TODAY, page_code(2, "rye"), 2, 42)]


@pytest.mark.clause("3.2")
def test_it_moves_no_view_no_visit_and_nothing_left_out(site, moment):
    surfer = Surfer(site[0])
    ticket = ticket_of(surfer)
    site[1].fold()
    before = site[1].reports.totals(Range(TODAY, TODAY))
    moment.seconds += 60
    tell(surfer, ticket)
    tell(surfer, "forged")
    assert kept(site, left_out) == []
    assert site[1].reports.totals(Range(TODAY, TODAY)) == before


def test_each_telling_counts_once_and_a_page_has_several(site, moment):
    surfer = Surfer(site[0])
    ticket = ticket_of(surfer)
    moment.seconds += 300
    for number in (0, 1, 1, 0, MOST_TELLINGS - 1, MOST_TELLINGS):
        tell(surfer, ticket, f"n={number}&s=10000")
        site[1].fold()
    assert kept(site, page_times) == [(TODAY, FRONT, 1, 30)]


def test_the_same_telling_twice_in_one_batch_counts_once(house):
    house.append(a_telling(), a_telling(), a_telling(ticket=161, hits=0))
    assert house.fold() == 3
    with house.store.reading() as connection:
        assert [tuple(row) for row in connection.execute(select(page_times))] == [(TODAY, FRONT, 1, 24)]


@pytest.mark.parametrize("age, told, booked", [
    (0, 3600, 0), (60, 3600, 60), (600, 12, 12), (7200, 7200, MOST_SECONDS_IN_VIEW), (600, 999_999, 600),
])  # fmt: skip
def test_no_more_is_believed_than_the_age_of_the_ticket_and_a_pause_allow(site, moment, age, told, booked):
    surfer = Surfer(site[0])
    ticket = ticket_of(surfer)
    moment.seconds += age
    tell(surfer, ticket, f"n=0&s={told}000")
    assert kept(site, page_times) == [(TODAY, FRONT, 1, booked)]


@pytest.mark.parametrize("minutes, hits", [(LEAVING_MINUTES, 1), (LEAVING_MINUTES + 1, 0)])
def test_a_page_is_heard_for_half_a_day_on_the_day_that_showed_it(site, moment, minutes, hits):
    """Twelve hours after noon it is another day; well within the time for which nonces are remembered."""
    surfer = Surfer(site[0])
    ticket = ticket_of(surfer)
    moment.seconds += minutes * 60
    tell(surfer, ticket)
    assert [row[:3] for row in kept(site, page_times)] == [(TODAY, FRONT, 1)] * hits


def test_tickets_of_views_and_of_pages_left_do_not_stand_for_each_other(site):
    surfer = Surfer(site[0])
    leaving, view = ticket_of(surfer), surfer.beacon_of("/").partition("t=")[2].partition("&")[0]
    surfer.loads(f"/m/b.gif?t={leaving}&w=x")
    tell(surfer, view)
    assert kept(site, page_times) == []
    assert site[1].reports.totals(Range(TODAY, TODAY)).views == 1


@pytest.mark.clause("2.10")
def test_the_two_tickets_of_a_page_cannot_be_joined(site):
    """A nonce of its own: the journal's line of the page left bears nothing of the line of its view."""
    surfer = Surfer(site[0])
    tell(surfer, ticket_of(surfer))
    site[1].fold()
    found = [nonce for nonce, _ in kept(site, nonces)]
    assert len({nonce // MOST_TELLINGS for nonce in found}) == len(found) == 3


@pytest.mark.clause("3.1.2b")
@pytest.mark.parametrize("headers", [{"Sec-GPC": "1"}, {"DNT": "1"}, {"User-Agent": "Googlebot/2.1"}])
def test_who_refuses_and_who_is_no_person_is_not_heard(site, headers):
    surfer = Surfer(site[0])
    tell(surfer, ticket_of(surfer), **headers)
    assert kept(site, page_times) == []


@pytest.mark.clause("3.1.2b")
def test_a_browser_that_forgot_its_visits_is_not_heard_any_more(site):
    surfer = Surfer(site[0])
    ticket = ticket_of(surfer)
    surfer.client.delete_cookie("visit", path="/m/")
    tell(surfer, ticket)
    assert kept(site, page_times) == []


@pytest.mark.clause("2.9")
def test_the_time_to_load_is_kept_as_its_span_by_kind_of_page(site):
    surfer = Surfer(site[0])
    ticket = ticket_of(surfer, "/bread/rye")
    tell(surfer, ticket, "n=0&s=1&l=340")
    tell(surfer, ticket, "n=1&s=1&l=340")
    assert kept(site, loads) == [(TODAY, 2, 6, 1)]


@pytest.mark.clause("2.10")
def test_links_are_kept_as_listed_host_or_other_and_files_by_their_ending(site):
    surfer = Surfer(site[0])
    told = "o=www.google.de&o=zhang-san.example&o=zhang-san.example&d=PDF&d=zhang-san"
    tell(surfer, ticket_of(surfer), f"n=0&s=1&{told}")
    assert sorted(kept(site, outbound)) == sorted([
        (TODAY, 1, Way.LINK, GOOGLE, 1), (TODAY, 1, Way.LINK, ELSEWHERE, 2),
        (TODAY, 1, Way.DOWNLOAD, Ending.PDF, 1), (TODAY, 1, Way.DOWNLOAD, Ending.OTHER, 1),
    ])  # fmt: skip
    assert b"zhang" not in b"".join(file.read_bytes() for file in Path(site[1].wiring.journal_dir).iterdir())


NONSENSE = [
    "", "t", "t=&n=0&s=1", "n=0&s=1", "t=%00", "n=-1", "n=1e9", "s=%C3%28", "=" * 50, "&" * 500,
    "x" * (LONGEST_BODY + 1), "o=" + "[" * 200, "o=%00&d=%0a", "n=٣&s=٣",
]  # fmt: skip


@pytest.mark.parametrize("body", NONSENSE)
@pytest.mark.parametrize("with_ticket", [False, True])
def test_nonsense_is_answered_like_everything_else_and_breaks_nothing(site, body, with_ticket):
    surfer = Surfer(site[0])
    ticket = ticket_of(surfer)
    data = (f"t={ticket}&n=0&{body}" if with_ticket else body).encode()
    assert surfer.client.post(PATH, data=data, headers=surfer.headers).status_code == 204
    assert surfer.client.get(PATH).status_code == 405
    site[1].fold()


@given(st.text(max_size=40))
def test_any_host_becomes_a_listed_code(host):
    assert led_to_host(host).way == Way.LINK
    read(written(a_telling(led=(led_to_host(host),))).removesuffix(b"\n"))


@given(
    st.integers(0, 1), st.integers(0, MOST_SECONDS_IN_VIEW), st.integers(0, NOT_LOADED),
    st.lists(st.builds(Led, st.just(Way.DOWNLOAD), st.sampled_from(list(Ending))), max_size=MOST_LINKS),
)  # fmt: skip
def test_a_line_reads_back_as_it_was_written(hits, seconds, bucket, led):
    line = a_telling(hits=hits, seconds=seconds, bucket=bucket, led=tuple(led))
    assert read(written(line).removesuffix(b"\n")) == line


@pytest.mark.parametrize("over", [
    {"hits": 2}, {"seconds": MOST_SECONDS_IN_VIEW + 1}, {"bucket": NOT_LOADED + 1}, {"day": 70_000}, {"page": 2**63},
    {"led": (Led(9, 0),)}, {"led": (Led(Way.DOWNLOAD, 99),)}, {"led": (Led(Way.LINK, 2**40),)}, {"seconds": -1},
    {"led": (Led(Way.LINK, 0),) * (MOST_LINKS + 1)},
])  # fmt: skip
def test_a_line_out_of_bounds_is_damaged(over):
    with pytest.raises(Damaged):
        read(written(a_telling(**over)).removesuffix(b"\n"))


def test_the_page_renders_the_same_while_the_journal_cannot_be_written(tmp_path, site):
    surfer = Surfer(site[0])
    ticket = ticket_of(surfer)
    site[1].journal.close()
    site[1].journal.folder = tmp_path / "counts.db"
    assert tell(surfer, ticket) == 204


def test_the_script_is_under_a_kilobyte_and_is_fetched_once(site):
    page = site[0].test_client().get("/").text
    source = re.search(r'<script type="module" src="([^"]*)" data-leaving=', page).group(1)
    answer = site[0].test_client().get(source)
    assert source.partition("?")[0].endswith(f"/{SCRIPT_FILE}")
    assert len(answer.data) < 1000 and "immutable" in answer.headers["Cache-Control"]
    assert "immutable" not in site[0].test_client().get(source[:-1]).headers["Cache-Control"]
