"""The 1x1 image: what it counts, what it leaves out and why, and that it answers whatever happens."""

import pytest

from analytics.beacon import GIF
from analytics.codes import Cut, LeftOut
from analytics.example.bakery import TICKET_KEYS
from analytics.reading import Range
from analytics.signing import Seal
from tests.analytics.browsing import CHROME, Surfer, is_counted
from tests.analytics.builders import DAY, NOON, TODAY

SPAN = Range(TODAY, TODAY + 30)


def totals(analytics) -> tuple[int, int, int]:
    analytics.fold()
    found = analytics.reports.totals(SPAN)
    return found.views, found.visits, found.visitors


@pytest.mark.clause("3.2(1)a")
def test_a_shown_page_is_counted_after_one_redirect_that_tests_for_cookies(site):
    app, analytics = site
    surfer = Surfer(app)
    first = surfer.client.get(surfer.beacon_of("/"), headers=surfer.headers)
    assert first.status_code == 302 and first.headers["Location"].endswith("&c=1")
    assert totals(analytics) == (0, 0, 0)
    assert is_counted(surfer.loads(first.headers["Location"]))
    assert totals(analytics) == (1, 1, 1)


@pytest.mark.clause("3.2")
def test_the_answer_is_a_tiny_image_that_nobody_stores(site):
    answer = Surfer(site[0]).opens("/")
    assert (answer.data, answer.mimetype) == (GIF, "image/gif")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_second_page_belongs_to_the_same_visit(site, moment):
    app, analytics = site
    surfer = Surfer(app)
    surfer.opens("/")
    moment.seconds += 90
    assert is_counted(surfer.opens("/bread/rye"))
    assert totals(analytics) == (2, 1, 1)
    found = analytics.reports.totals(SPAN)
    assert (found.bounces, found.seconds, found.pages) == (0, 90, 2)


@pytest.mark.clause("3.2(1)a")
def test_the_same_ticket_again_counts_nothing_not_even_for_another_browser(site):
    app, analytics = site
    surfer, other = Surfer(app), Surfer(app)
    address = surfer.beacon_of("/")
    assert is_counted(surfer.loads(address))
    again = surfer.loads(address.replace("w=x", "w=s"))
    assert again.data == GIF and "Set-Cookie" not in again.headers
    other.loads(address)
    assert totals(analytics) == (1, 1, 1)
    assert analytics.reports.left_out(SPAN) == {LeftOut.REPLAYED: 1}


@pytest.mark.clause("3.2(1)a")
def test_going_back_further_than_the_cookie_remembers_moves_the_visit_along_and_adds_no_view(site, moment):
    """After six breads back to the first page, over midnight, and on to a seventh bread."""
    app, analytics = site
    surfer, front = Surfer(app), None
    moment.seconds = NOON + DAY // 2 - 400
    front = surfer.beacon_of("/")
    surfer.loads(front)
    for number in range(6):
        moment.seconds += 60
        surfer.opens(f"/bread/b{number}")
    moment.seconds += 60
    assert is_counted(surfer.loads(front))
    assert analytics.fold() and exits_of(analytics) == {"front": 1}
    moment.seconds += 60
    surfer.opens("/bread/b6")
    analytics.fold()
    found = analytics.reports.totals(Range(TODAY, TODAY + 1))
    assert (found.views, found.pages, found.visits, found.bounces, found.seconds) == (8, 8, 1, 0, 480)
    assert exits_of(analytics) == {"bread:b6": 1}
    assert analytics.reports.totals(Range(TODAY + 1, TODAY + 1)).visitors == 1
    assert analytics.reports.left_out(Range(TODAY, TODAY + 1)) == {LeftOut.REPLAYED: 1}


def exits_of(analytics) -> dict[str, int]:
    pages = analytics.reports.by_page(Range(TODAY, TODAY + 1))
    return {row.value: row.exits for row in pages if row.exits}


@pytest.mark.clause("3.2(1)a")
def test_a_ticket_that_begins_a_second_visit_makes_no_visitor(site):
    app, analytics = site
    surfer = Surfer(app)
    address = surfer.beacon_of("/")
    surfer.loads(address)
    for _ in range(3):
        Surfer(app).loads(address)
    assert totals(analytics) == (1, 1, 1)


@pytest.mark.clause("3.2(1)a")
@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", LeftOut.FORGED),
        ("t=", LeftOut.FORGED),
        ("t=abc.def", LeftOut.FORGED),
        ("t=%00%ff&w=x", LeftOut.FORGED),
        ("x" * 10_000, LeftOut.OVERSIZED),
        ("t=" + "A" * 300, LeftOut.FORGED),
        (f"t={Seal([b'x' * 32], 'analytics.page-ticket').seal(b'1' * 40)}", LeftOut.FORGED),
        (f"t={Seal(TICKET_KEYS, 'analytics.page-ticket').seal(b'short')}", LeftOut.FORGED),
    ],
)
def test_a_forged_or_broken_request_gets_the_image_and_is_counted_by_its_reason(site, query, reason):
    app, analytics = site
    answer = Surfer(app).loads(f"/m/b.gif?{query}")
    assert (answer.status_code, answer.data) == (200, GIF) and "Set-Cookie" not in answer.headers
    assert totals(analytics) == (0, 0, 0)
    assert analytics.reports.left_out(SPAN) == {reason: 1}


def test_an_expired_ticket_is_left_out(site, moment):
    app, analytics = site
    surfer = Surfer(app)
    address = surfer.beacon_of("/")
    moment.seconds += 32 * 60
    surfer.loads(address)
    assert totals(analytics) == (0, 0, 0)
    assert analytics.reports.left_out(SPAN) == {LeftOut.EXPIRED: 1}


def test_a_browser_without_cookies_counts_as_a_view_only(site):
    app, analytics = site
    surfer = Surfer(app, cookies=False)
    for _ in range(3):
        assert "Set-Cookie" not in surfer.opens("/").headers
    assert totals(analytics) == (3, 0, 0)
    assert analytics.reports.left_out(SPAN) == {LeftOut.NO_COOKIES: 3}


@pytest.mark.clause("3.1.2b")
@pytest.mark.parametrize("signal", [{"Sec-GPC": "1"}, {"DNT": "1"}])
def test_a_browser_that_signals_against_tracking_is_not_counted_in_any_number(site, signal):
    app, analytics = site
    surfer = Surfer(app)
    answer = surfer.loads(surfer.beacon_of("/"), **signal)
    assert answer.data == GIF and "Set-Cookie" not in answer.headers
    assert totals(analytics) == (0, 0, 0)
    assert analytics.reports.left_out(SPAN) == {}


def test_a_robot_and_a_prefetch_that_load_the_image_are_left_out(site):
    app, analytics = site
    surfer = Surfer(app)
    surfer.loads(surfer.beacon_of("/"), **{"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})
    surfer.loads(surfer.beacon_of("/"), **{"Sec-Purpose": "prefetch;prerender"})
    assert totals(analytics) == (0, 0, 0)
    assert analytics.reports.left_out(SPAN) == {LeftOut.ROBOT: 1, LeftOut.PREFETCHED: 1}


def test_a_prefetched_page_that_is_shown_after_all_is_counted_and_no_longer_left_out(site):
    app, analytics = site
    analytics.leave_out(LeftOut.PREFETCHED)
    ticket = analytics.page_ticket("front", prefetched=True)
    assert is_counted(Surfer(app).loads(f"/m/b.gif?t={ticket}&w=m"))
    assert totals(analytics) == (1, 1, 1)
    assert analytics.reports.left_out(SPAN) == {}


@pytest.mark.clause("3.2(1)a")
@pytest.mark.parametrize(
    "cookie", ["", "visit=", "visit=cut.", "visit=" + "A" * 10_000, "visit=a; visit=b", "visit=\xff"]
)
def test_a_damaged_visit_cookie_is_as_none(site, cookie):
    app, analytics = site
    surfer = Surfer(app, cookies=False)
    assert surfer.client.get(surfer.beacon_of("/"), headers={**surfer.headers, "Cookie": cookie}).status_code == 302


def test_hostile_headers_break_nothing(site):
    app, analytics = site
    surfer = Surfer(app)
    agent = "Mozilla/5.0 =cmd|'/c calc'!A1 \u202e" + "x" * 64_000
    assert is_counted(surfer.loads(surfer.beacon_of("/"), **{"User-Agent": agent, "Sec-Purpose": "\xff"}))
    assert totals(analytics) == (1, 1, 1)


@pytest.mark.clause("3.2")
def test_when_the_journal_cannot_be_written_the_image_goes_out_and_acknowledges_nothing(site, tmp_path):
    app, analytics = site
    (tmp_path / "journal").write_text("in the way")
    surfer = Surfer(app)
    answer = surfer.opens("/")
    assert (answer.status_code, answer.data) == (200, GIF) and "Set-Cookie" not in answer.headers
    assert surfer.loads("/m/b.gif?t=forged").data == GIF
    (tmp_path / "journal").unlink()
    assert is_counted(surfer.opens("/"))
    assert totals(analytics) == (1, 1, 1)


@pytest.mark.clause("3.2(1)b")
def test_who_signed_in_once_is_counted_as_a_member_at_later_visits_even_signed_out(site, moment):
    app, analytics = site
    member, guest = Surfer(app), Surfer(app)
    member.opens("/?member")
    guest.opens("/")
    moment.seconds += DAY
    member.opens("/")
    guest.opens("/")
    analytics.fold()
    tomorrow = analytics.reports.by(Cut.MEMBER, Range(TODAY + 1, TODAY + 1))
    assert {name: row.visitors for name, row in tomorrow.items()} == {"member": 1, "guest": 1}


def test_width_device_source_and_pages_reach_the_report(site):
    app, analytics = site
    Surfer(app).opens("/bread/rye", width="s", Referer="https://www.baidu.com/s?wd=rye")
    analytics.fold()
    reports = analytics.reports
    assert list(reports.by(Cut.WIDTH, SPAN)) == ["s"]
    assert list(reports.by(Cut.DEVICE, SPAN)) == ["desktop"]
    assert list(reports.by(Cut.SOURCE, SPAN)) == ["baidu"]
    assert list(reports.by(Cut.ENTRY_KIND, SPAN)) == ["bread"]
    assert [(row.value, row.views, row.entries, row.exits) for row in reports.by_page(SPAN)] == [("bread:rye", 1, 1, 1)]


@pytest.mark.clause("3.1.2b")
def test_the_forget_image_deletes_both_cookies_and_counts_nothing(site):
    app, analytics = site
    surfer = Surfer(app)
    surfer.opens("/")
    page = surfer.client.get("/forget").text
    address = page.partition('src="')[2].partition('"')[0]
    answer = surfer.loads(address)
    assert [value.partition("=")[0] for value in answer.headers.getlist("Set-Cookie")] == ["visit", "promo"]
    assert all("Max-Age=0" in value and "Path=/m/" in value for value in answer.headers.getlist("Set-Cookie"))
    assert surfer.visit_cookie is None
    assert totals(analytics) == (1, 1, 1)


@pytest.mark.clause("3.1.1c")
def test_the_counting_house_looks_at_no_other_cookie(site):
    """Whatever the shop's cookies say, the answer is the same: they are not read."""
    app, analytics = site
    surfer = Surfer(app, cookies=False)
    first = surfer.client.get(surfer.beacon_of("/"), headers=surfer.headers)
    mine = first.headers["Set-Cookie"].partition(";")[0]
    noise = "sid=canary; device=canary; cart=visit=x; choice=canary"
    answer = surfer.client.get(first.headers["Location"], headers={**surfer.headers, "Cookie": f"{noise}; {mine}"})
    assert is_counted(answer) and "canary" not in str(answer.headers)


def as_seen(answer) -> tuple:
    headers = sorted((name, value) for name, value in answer.headers if name not in ("Set-Cookie", "Location"))
    return answer.status_code, headers, answer.data, "Set-Cookie" in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_door_before_routing_answers_as_the_flask_route_does(site, method):
    app, analytics = site
    door, routed = app.wsgi_app, app.wsgi_app.wsgi_app
    assert any(rule.rule == "/m/b.gif" for rule in app.url_map.iter_rules())

    def answers(way) -> list[tuple]:
        app.wsgi_app = way
        surfer, seen = Surfer(app), []
        for address in (surfer.beacon_of("/"), "/m/b.gif?t=forged", "/m/b.gif", "/m/b.gif?" + "x" * 9000):
            seen += [
                as_seen(surfer.client.open(address + more, method=method, headers=surfer.headers))
                for more in ("", "&c=1")
            ]
        return seen

    assert answers(door) == answers(routed)


def test_other_methods_are_refused_by_the_host(site):
    assert Surfer(site[0]).client.post("/m/b.gif").status_code == 405


@pytest.mark.clause("1.2.1(3)")
@pytest.mark.clause("2.10")
def test_no_header_value_is_found_in_journal_or_store(site, tmp_path):
    """A canary in every header and cookie; what is kept is searched byte by byte."""
    app, analytics = site
    canary = "canary7291"
    surfer = Surfer(app, User_Agent=f"{CHROME} {canary}", Accept_Language=canary, X_Forwarded_For=canary, Cookie=canary)
    surfer.opens(f"/bread/rye?utm_source={canary}&utm_medium={canary}&q={canary}", Referer=f"https://{canary}.example/{canary}")  # fmt: skip # noqa: E501
    kept = b"".join(file.read_bytes() for file in (tmp_path / "journal").iterdir())
    assert b"rye" in kept
    analytics.fold()
    kept += b"".join(file.read_bytes() for file in tmp_path.glob("counts.db*"))
    assert canary.encode() not in kept and b"127.0.0.1" not in kept and b"Mozilla" not in kept


@pytest.mark.clause("2.10")
def test_two_hundred_visitors_behind_one_address_with_one_browser_are_two_hundred(site):
    app, analytics = site
    for _ in range(200):
        Surfer(app).opens("/")
    assert totals(analytics) == (200, 200, 200)


def test_browsers_over_thirty_days_against_the_plain_truth(site, moment):
    """Real cookie jars, a moved clock: visitors of every range of days are those that came."""
    app, analytics = site
    surfers = [Surfer(app) for _ in range(6)]
    came: set[tuple[int, int]] = set()
    for day in range(30):
        moment.seconds = NOON + day * DAY
        for number, surfer in enumerate(surfers):
            if (day * 7 + number * number * 3) % (number + 2) == 0:
                surfer.opens("/")
                came.add((TODAY + day, number))
    analytics.fold()
    for first in range(TODAY, TODAY + 30, 3):
        for last in range(first, TODAY + 30, 2):
            truth = len({number for day, number in came if first <= day <= last})
            assert analytics.reports.totals(Range(first, last)).visitors == truth
