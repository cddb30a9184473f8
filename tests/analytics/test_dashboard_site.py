"""What the dashboard tells of pages that were left, of the site's own times and of its faults. Clauses 2.3, 2.9."""

import pytest

from analytics.codes import Channel, Device, Ending, Matter, Way, page_code, source_code
from analytics.days import date_of
from analytics.journal import NOT_LOADED, Led, ServerLine
from analytics.performance import bucket_of
from tests.analytics.browsing import Surfer
from tests.analytics.builders import TODAY
from tests.analytics.dashboards import page, rows
from tests.analytics.test_leaving import a_telling

RYE = page_code(2, "rye")


def pages_left(site, *lines) -> None:
    for line in lines:
        site[1].journal.append(line)


def test_time_in_view_stands_beside_time_on_page_also_for_the_last_one(site, moment):
    surfer = Surfer(site[0])
    surfer.opens("/")
    moment.seconds += 40
    surfer.opens("/bread/rye")
    pages_left(site, a_telling(page=RYE, seconds=30), a_telling(ticket=32, page=RYE, seconds=50))
    found = {name: (row["time_on_page"], row["time_in_view"]) for name, row in rows(site, "pages").items()}
    assert found == {"front": (40, None), "bread rye": (None, 40)}


def test_behind_a_filter_no_time_in_view_is_told(site):
    for _ in range(6):
        Surfer(site[0]).opens("/bread/rye")
    pages_left(site, a_telling(page=RYE))
    assert rows(site, "pages")["bread rye"]["time_in_view"] == 12
    assert rows(site, "pages", "device=desktop")["bread rye"]["time_in_view"] is None


def test_links_out_are_told_by_listed_host_and_files_by_their_kind(site):
    hosts = [source_code(Channel.SEARCH, "google"), source_code(Channel.OTHER, "other")]
    links = [Led(Way.LINK, hosts[0]), Led(Way.LINK, hosts[1]), Led(Way.LINK, hosts[1])]
    pages_left(site, a_telling(led=(*links, Led(Way.DOWNLOAD, Ending.PDF))))
    told = {name: (row["clicks"], row["on_page"]) for name, row in rows(site, "outbound").items()}
    assert told == {"Other sites": (2, "front"), "Google": (1, "front")}
    assert list(rows(site, "downloads")) == ["PDF"]


def test_a_target_is_one_row_that_names_the_pages_from_which_most_were_led_there(site):
    google = Led(Way.LINK, source_code(Channel.SEARCH, "google"))
    pages_left(site, a_telling(ticket=16, led=(google,)), a_telling(ticket=32, page=page_code(2), led=(google, google)))
    assert [(row["clicks"], row["on_page"]) for row in rows(site, "outbound").values()] == [(3, "bread, front")]


@pytest.mark.clause("2.9")
@pytest.mark.parametrize("panel", ["answer-times", "load-times"])
def test_times_are_told_as_shares_of_their_spans(site, panel):
    spans = [bucket_of(ms) for ms in (3, 300, 300, 9000)]
    if panel == "answer-times":
        pages_left(site, *(ServerLine(TODAY, Matter.ANSWER, 1, span) for span in spans))
    else:
        told = [*spans, NOT_LOADED]
        pages_left(site, *(a_telling(ticket=16 * n, bucket=span) for n, span in enumerate(told, 1)))
    found = rows(site, panel)["front"]
    assert (found["half_within"], found["most_within"]) == ("≤\u00a0500\u00a0ms", ">\u00a05,000\u00a0ms")
    assert (found["within_5_ms"], found["within_500_ms"], found["longer"]) == (0.25, 0.5, 0.25)


@pytest.mark.clause("2.3")
def test_faults_are_told_by_the_code_that_finds_them_in_the_log(site):
    met = ((TODAY, Device.PHONE), (TODAY, Device.DESKTOP), (TODAY - 1, Device.PHONE))
    pages_left(site, *(ServerLine(day, Matter.FAULT, 0x7F3A, device) for day, device in met))
    first, last = (date_of(day).isoformat() for day in (TODAY - 1, TODAY))
    told = {"hits": 3, "first_on": first, "last_on": last, "phone": 2, "desktop": 1, "tablet": 0, "other": 0}
    assert rows(site, "faults", "period=7d") == {"7f3a": told}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_shows_their_places_in_both_languages(site, lang):
    pages_left(site, a_telling(), ServerLine(TODAY, Matter.ANSWER, 0, 1))
    Surfer(site[0]).opens("/")
    text = page(site, f"lang={lang}")
    assert ("Links to other sites" if lang == "en" else "站外链接") in text
    assert ("Everything else" if lang == "en" else "其他应答") in text
