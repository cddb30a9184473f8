"""`advance` against a model that keeps whole histories: every figure of every range of days must agree."""

from collections import Counter
from itertools import combinations_with_replacement, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.codes import ALL_CUTS, FILTERS, PAIRS, SINGLE_CUTS, Channel, Cut, cut_of_pair, page_code, source_code
from analytics.days import week_of
from analytics.tally import Tally
from analytics.visit import (
    IDLE_SECONDS,
    MOST_PAGES,
    NEW,
    Classes,
    Hit,
    Moment,
    advance,
    unseen,
    was_counted,
    without_memory,
)
from tests.analytics.builders import a_hit
from tests.analytics.plain_model import DAY, FIRST_DAY, Browser

PAGES = [page_code(1), page_code(2, "s19-pro"), page_code(2, "m63s-plus"), page_code(3)]
SOURCES = [source_code(Channel.DIRECT), source_code(Channel.SEARCH, "baidu.com"), source_code(Channel.AI, "kimi.com")]
DAYS = 9

hits = st.builds(
    Hit,
    page=st.sampled_from(PAGES),
    classes=st.builds(
        Classes,
        device=st.integers(0, 3),
        width=st.integers(0, 4),
        browser=st.integers(0, 2),
        system=st.integers(0, 2),
        place=st.sampled_from([0, 7, 300]),
        language=st.sampled_from([1, 2]),
        member=st.integers(0, 1),
        returning=st.just(0),
    ),
    source=st.sampled_from(SOURCES),
    campaign=st.integers(0, 2),
    step=st.integers(0, 4),
    tag=st.integers(1, 2**32 - 1),
    fresh=st.integers(1, 2**63 - 1),
)
pauses = st.one_of(
    st.integers(0, IDLE_SECONDS - 1), st.sampled_from([IDLE_SECONDS - 1, IDLE_SECONDS]), st.integers(0, 3 * DAY)
)
histories = st.lists(st.lists(st.tuples(pauses, hits), max_size=12), min_size=1, max_size=6)


def lived(histories) -> tuple[list[Browser], Tally]:
    browsers, tally = [], Tally()
    for history in histories:
        browser, seconds = Browser(), FIRST_DAY * DAY + 70_000
        for pause, hit in history:
            seconds += pause
            if seconds < (FIRST_DAY + DAYS) * DAY:
                browser.shows(seconds, hit, tally)
        browsers.append(browser)
    return browsers, tally


def ranges():
    return combinations_with_replacement(range(FIRST_DAY, FIRST_DAY + DAYS), 2)


def visitors(gaps: dict, first: int, last: int, cut: int = Cut.ALL) -> Counter:
    found: Counter = Counter()
    for (day, of, *value, gap), number in gaps.items():
        if of == cut and first <= day <= last and gap > day - first:
            found[tuple(value)] += number
    return +found


def summed(figures: dict, first: int, last: int, cut: int = Cut.ALL) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = {}
    for (day, of, *value), numbers in figures.items():
        if of == cut and first <= day <= last:
            found[tuple(value)] = [a + b for a, b in zip(found.get(tuple(value), [0] * 5), numbers, strict=True)]
    return {value: numbers for value, numbers in found.items() if any(numbers)}


@pytest.mark.clause("3.2(1)a")
@given(histories)
def test_unique_visitors_of_every_range_of_days_are_exact(histories):
    browsers, tally = lived(histories)
    gaps = tally.visitor_gaps
    for first, last in ranges():
        truth = sum(1 for browser in browsers if browser.first_visit_within(first, last))
        assert visitors(gaps, first, last)[0, 0] == truth


@pytest.mark.clause("3.2(1)a")
@given(histories)
def test_views_visits_pages_bounces_and_seconds_of_every_range_are_exact(histories):
    browsers, tally = lived(histories)
    figures = tally.figures
    for first, last in ranges():
        visits = [visit for browser in browsers for visit in browser.visits() if first <= visit.day <= last]
        views = sum(first <= shown.day <= last for browser in browsers for shown in browser.history)
        truth = [
            views,
            sum(len(visit.shown) for visit in visits),
            len(visits),
            sum(len(visit.shown) == 1 for visit in visits),
            sum(visit.duration for visit in visits),
        ]
        assert summed(figures, first, last).get((0, 0), [0] * 5) == truth


def value_of(cut: Cut, visit) -> int:
    """By a cut, the value that a visit was begun with."""
    hit = visit.shown[0].hit
    return {
        Cut.DEVICE: hit.classes.device,
        Cut.WIDTH: hit.classes.width,
        Cut.LANGUAGE: hit.classes.language,
        Cut.BROWSER: hit.classes.browser,
        Cut.SYSTEM: hit.classes.system,
        Cut.PLACE: hit.classes.place,
        Cut.CHANNEL: hit.source >> 32,
        Cut.SOURCE: hit.source,
        Cut.CAMPAIGN: hit.campaign,
        Cut.MEMBER: visit.member,
        Cut.ENTRY_KIND: hit.page >> 55,
        Cut.RETURNING: visit.returning,
    }[cut]


QUESTIONS = [((cut,), int(cut)) for cut in SINGLE_CUTS] + [(cuts, cut_of_pair(*cuts)) for cuts in PAIRS]


@pytest.mark.clause("3.2(1)b")
@settings(max_examples=40)
@given(histories, st.sampled_from(QUESTIONS))
def test_a_visitor_and_a_visit_belong_to_the_values_with_which_the_visit_began(histories, question):
    """By each cut, and by each pair of cuts that is counted."""
    cuts, number = question
    browsers, tally = lived(histories)
    gaps, figures = tally.visitor_gaps, tally.figures

    def cell(visit) -> tuple[int, int]:
        return (*(value_of(cut, visit) for cut in cuts), 0)[:2]

    for first, last in ranges():
        seen = [visit for browser in browsers if (visit := browser.first_visit_within(first, last))]
        assert visitors(gaps, first, last, number) == Counter(map(cell, seen))
        begun = Counter(cell(v) for b in browsers for v in b.visits() if first <= v.day <= last)
        assert Counter({key: n[2] for key, n in summed(figures, first, last, number).items() if n[2]}) == begun


@given(histories)
def test_a_browser_is_counted_once_a_week_with_the_week_of_its_first_visit(histories):
    browsers, tally = lived(histories)
    truth = Counter()
    for browser in browsers:
        weeks = {week_of(shown.day) for shown in browser.history}
        truth.update((min(weeks), week) for week in weeks)
    assert Counter(tally.cohorts) == truth


@pytest.mark.parametrize("weeks", [1, 5])
def test_a_memory_that_was_never_counted_belongs_to_the_week_of_its_first_page(weeks):
    """The test for cookies may lie before midnight on Sunday and the first page after it, or weeks later."""
    tested, tally = Moment(FIRST_DAY * DAY, FIRST_DAY), Tally()
    shown = Moment(tested.seconds + weeks * 7 * DAY, FIRST_DAY + weeks * 7)
    state, moved = advance(unseen(tested, 1), a_hit(), shown)
    tally.book(moved)
    assert dict(tally.cohorts) == {(week_of(shown.day), week_of(shown.day)): 1}
    assert state.issue_week == week_of(shown.day)


@given(histories)
def test_hours_hold_the_views_and_the_visits_begun_in_them(histories):
    browsers, tally = lived(histories)
    shown = [shown for browser in browsers for shown in browser.history]
    begun = [visit.shown[0] for browser in browsers for visit in browser.visits()]
    views, visits = (Counter((each.day, each.hour) for each in group) for group in (shown, begun))
    assert {key: n[0] for key, n in tally.hours.items()} == views
    assert {key: n[1] for key, n in tally.hours.items() if n[1]} == visits


@given(histories)
def test_the_time_on_pages_is_the_time_of_the_visits(histories):
    browsers, tally = lived(histories)
    spent: Counter = Counter()
    for visit in (visit for browser in browsers for visit in browser.visits()):
        for page, following in pairwise(visit.shown):
            spent[visit.day, page.hit.page] += following.seconds - page.seconds
    assert +spent == Counter({(k[0], k[3]): n[3] for k, n in tally.page_figures.items() if k[1] == Cut.ALL and n[3]})


@given(histories)
def test_the_pages_behind_each_filter_add_up_to_all_pages(histories):
    _, tally = lived(histories)
    sums = {cut: [0, 0, 0, 0] for cut in (Cut.ALL, *FILTERS)}
    for (_, cut, _, _), numbers in tally.page_figures.items():
        sums[Cut(cut)] = [a + b for a, b in zip(sums[Cut(cut)], numbers, strict=True)]
    assert len({tuple(numbers) for numbers in sums.values()}) == 1


@given(histories)
def test_every_visit_has_one_entry_and_one_exit_page(histories):
    browsers, tally = lived(histories)
    entries, exits = Counter(), Counter()
    for visit in (visit for browser in browsers for visit in browser.visits()):
        entries[visit.day, visit.shown[0].hit.page] += 1
        exits[visit.day, visit.shown[-1].hit.page] += 1
    booked = {(day, page): n for (day, cut, _, page), n in tally.page_figures.items() if cut == Cut.ALL}
    assert {key: n[1] for key, n in booked.items() if n[1]} == entries
    assert {key: n[2] for key, n in booked.items() if n[2]} == exits


@given(histories)
def test_a_visit_goes_down_the_funnel_once_and_ends_at_its_furthest_step(histories):
    browsers, tally = lived(histories)
    reached: Counter = Counter()
    for (day, cut, _, before, after), number in tally.funnel.items():
        if cut != Cut.ALL:
            continue
        reached[day, after] += number
        reached[day, before] -= number if before else 0
    truth = Counter(
        (visit.day, max(shown.hit.step for shown in visit.shown)) for browser in browsers for visit in browser.visits()
    )
    assert +reached == Counter({key: n for key, n in truth.items() if key[1]})


@given(histories)
def test_the_source_of_the_first_visit_stays_with_the_browser(histories):
    browsers, _ = lived(histories)
    for browser in browsers:
        if browser.history and browser.state:
            assert browser.state.first_source == browser.history[0].hit.source
            assert browser.state.source == browser.visits()[-1].shown[0].hit.source


@given(st.lists(st.tuples(st.integers(-3 * DAY, 3 * DAY), hits), min_size=1, max_size=12))
def test_a_clock_that_jumps_back_never_makes_time_or_visitors_negative(jumps):
    seconds, state, tally = FIRST_DAY * DAY, None, Tally()
    for jump, hit in jumps:
        seconds += jump
        now = Moment(seconds, seconds // DAY)
        state, moved = advance(state or unseen(now, 1), hit, now)
        assert moved.seconds >= 0 and moved.gap >= 0
        tally.book(moved)
    assert sum(gap == NEW for *_, gap in tally.visitor_gaps) == len(ALL_CUTS)
    assert all(numbers[3] >= 0 for numbers in tally.figures.values())


def test_a_clock_that_jumps_back_into_a_week_before_counts_nobody_there():
    now, earlier = Moment(FIRST_DAY * DAY, FIRST_DAY), Moment((FIRST_DAY - 9) * DAY, FIRST_DAY - 9)
    state, _ = advance(unseen(now, 5), a_hit(), now)
    _, moved = advance(state, a_hit(), earlier)
    assert (moved.gap, moved.cohort) == (0, 0)


def test_the_nonce_is_new_at_every_visit_and_lives_for_one():
    now = Moment(FIRST_DAY * DAY, FIRST_DAY)
    first, _ = advance(unseen(now, 5), a_hit(fresh=6), now)
    second, _ = advance(first, a_hit(fresh=7), Moment(now.seconds + 60, now.day))
    later, _ = advance(second, a_hit(fresh=8), Moment(now.seconds + 60 + IDLE_SECONDS, now.day))
    assert (first.nonce, second.nonce, later.nonce) == (5, 5, 8)


def test_a_visit_of_more_pages_than_the_cookie_can_count_goes_on_as_another_one():
    now = Moment(FIRST_DAY * DAY, FIRST_DAY)
    state, _ = advance(unseen(now, 5), a_hit(), now)
    for pages, number in ((MOST_PAGES - 1, MOST_PAGES), (MOST_PAGES, 1)):
        _, moved = advance(state._replace(pages=pages), a_hit(), now)
        assert moved.number == number


def test_the_last_four_tickets_are_known_again_and_older_ones_forgotten():
    now = Moment(FIRST_DAY * DAY, FIRST_DAY)
    state = unseen(now, 5)
    for tag in (11, 12, 13, 14, 15):
        state, _ = advance(state, a_hit(tag=tag), now)
    assert [was_counted(state, tag) for tag in (11, 12, 13, 14, 15)] == [False, True, True, True, True]


@pytest.mark.clause("3.2(1)b")
def test_a_browser_once_shown_a_page_as_a_member_stays_a_member():
    now = Moment(FIRST_DAY * DAY, FIRST_DAY)
    signed_in, _ = advance(unseen(now, 5), a_hit(member=1), now)
    tomorrow = Moment(now.seconds + DAY, now.day + 1)
    state, moved = advance(signed_in, a_hit(member=0), tomorrow)
    assert (state.member, state.classes.member, moved.visit_classes.member, moved.classes.member) == (1, 1, 1, 1)


def test_of_two_tabs_that_race_with_one_memory_the_second_adds_its_view_alone():
    now, tally = Moment(FIRST_DAY * DAY, FIRST_DAY), Tally()
    memory = unseen(now, 5)
    for raced in (False, True):
        _, moved = advance(memory, a_hit(), now)
        tally.book(moved, raced=raced)
    assert tally.figures[FIRST_DAY, Cut.ALL, 0, 0] == [2, 1, 1, 1, 0]
    assert visitors(tally.visitor_gaps, FIRST_DAY, FIRST_DAY)[0, 0] == 1
    assert list(tally.left_out.values()) == [1]


def test_a_browser_without_cookies_adds_a_view_and_no_visitor():
    tally = Tally()
    tally.book(without_memory(a_hit(), Moment(FIRST_DAY * DAY, FIRST_DAY)))
    assert tally.figures[FIRST_DAY, Cut.ALL, 0, 0] == [1, 0, 0, 0, 0]
    assert not tally.visitor_gaps and list(tally.left_out.values()) == [1]
