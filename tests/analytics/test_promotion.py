"""What promotions did, against a model that keeps everybody's whole history; the cookie; exactly once. 2.6, 3.1.1e."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from analytics.days import Days
from analytics.journal import Damaged, PromotionLine, read, written
from analytics.place import place_code
from analytics.place_names import names_of_places
from analytics.promo_cookie import PromoCookie
from analytics.promotion import (
    COUNTRIES,
    LIFE_DAYS,
    MOST_EXPOSURES,
    OTHER_COUNTRY,
    Act,
    Arm,
    Audience,
    Banner,
    Exposure,
    Lag,
    Measure,
    Move,
    Told,
    advance,
    audience_of,
    lag_of,
    packed,
    unpacked,
)
from analytics.store import promotions
from analytics.visit import Classes
from tests.analytics.builders import NOON, TODAY, a_line

PRINCIPAL_OF = {1: 1, 2: 1, 3: 2, 4: 3}
FIRST = 20_000
ARMS = {Act.SHOWN: Arm.OUTSIDE, Act.SHOWN_IN_TRIAL: Arm.SHOWN, Act.WITHHELD: Arm.WITHHELD}

banners = st.builds(
    lambda act, campaign: Banner(act, campaign, PRINCIPAL_OF[campaign]),
    st.sampled_from(list(Act)),
    st.sampled_from(list(PRINCIPAL_OF)),
)
pages = st.builds(
    Told,
    st.lists(banners, max_size=2, unique_by=lambda banner: banner.campaign).map(tuple),
    st.lists(st.integers(1, 3), max_size=2, unique=True).map(tuple),
    st.integers(0, 7),
)
histories = st.lists(st.tuples(st.sampled_from([0, 0, 0, 1, 1, 5, 12, 29, 30, 31]), pages), max_size=25)


def lived(history) -> tuple[tuple[Exposure, ...], Counter]:
    memory, counted, day = (), Counter(), FIRST
    for pause, told in history:
        day += pause
        memory, moves = advance(memory, told, day)
        counted.update(moves)
    return memory, counted


def as_it_was(history) -> Counter:
    """The same, read off the whole history of each campaign alone."""
    counted: Counter = Counter()
    for campaign, principal in PRINCIPAL_OF.items():
        for life in lives_of(campaign, principal, history):
            counted += counted_of(campaign, life)
    return counted


def lives_of(campaign, principal, history):
    """What happened about a campaign, in order, parted where it was not shown or withheld for 30 days."""
    day, last, life = FIRST, None, []
    for pause, told in history:
        day += pause
        if last is not None and day - last >= LIFE_DAYS:
            yield life
            last, life = None, []
        if principal in told.principals:
            life.append((day, "bought", told.band))
        for banner in told.banners:
            if banner.campaign == campaign:
                life.append((day, Act(banner.act), 0))
                last = day if banner.act != Act.CLICKED else last
    yield life


def counted_of(campaign, life) -> Counter:
    """One life: everything before the first exposure is nobody's."""
    start = next((n for n, (_, what, _) in enumerate(life) if what in ARMS), None)
    if start is None:
        return Counter()
    life = life[start:]
    first, arm = life[0][0], ARMS[life[0][1]]
    counted = Counter({Move(first, campaign, arm, Measure.REACHED): 1})
    counted.update(
        Move(day, campaign, arm, Measure.SHOWN) for day, what, _ in life if what in (Act.SHOWN, Act.SHOWN_IN_TRIAL)
    )
    later = next((day for day, what, _ in life if what in ARMS and day > first), None)
    if later:
        counted[Move(later, campaign, arm, Measure.REPEATED)] += 1
    clicked = next((day for day, what, _ in life if what == Act.CLICKED), None)
    if clicked and arm != Arm.WITHHELD:
        counted[Move(clicked, campaign, arm, Measure.CLICKED)] += 1
    bought = next((n for n, (_, what, _) in enumerate(life) if what == "bought"), None)
    if bought:
        day, _, band = life[bought]
        seen = max(when for when, what, _ in life[:bought] if what in ARMS)
        counted[Move(day, campaign, arm, Measure.BOUGHT, lag_of(day - seen), band)] += 1
    return counted


@pytest.mark.clause("2.6")
@given(histories)
def test_every_count_is_what_the_whole_history_says(history):
    assert lived(history)[1] == as_it_was(history)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 30)), min_size=1, max_size=60))
def test_a_browser_remembers_at_most_eight_campaigns_and_those_seen_last(showings):
    memory, day, last = (), FIRST, {}
    for pause, campaign in showings:
        day += pause
        memory, _ = advance(memory, Told((Banner(Act.SHOWN, campaign, 1),)), day)
        last[campaign] = day
    living = sorted((when for when in last.values() if day - when < LIFE_DAYS), reverse=True)[:MOST_EXPOSURES]
    assert sorted((exposure.last for exposure in memory), reverse=True) == living


def test_a_purchase_on_the_day_within_a_week_and_later_falls_into_its_band_of_days():
    shown, _ = advance((), Told((Banner(Act.SHOWN, 1, 7),)), FIRST)
    lags = []
    for days in (0, 1, 7, 8, 29, 30):
        _, moves = advance(shown, Told(principals=(7,), band=3), FIRST + days)
        lags.append([move.lag for move in moves])
    assert lags == [[Lag.SAME_DAY], [Lag.WEEK], [Lag.WEEK], [Lag.LATER], [Lag.LATER], []]


@pytest.mark.clause("2.6")
def test_goods_of_another_principal_and_a_purchase_before_the_exposure_count_nothing():
    page = Told((Banner(Act.SHOWN, 1, 7),), principals=(7,), band=3)
    memory, moves = advance((), page, FIRST)
    assert {move.measure for move in moves} == {Measure.SHOWN, Measure.REACHED}
    assert advance(memory, Told(principals=(8,), band=3), FIRST)[1] == []


def test_a_clock_that_runs_back_neither_reaches_nor_repeats_again():
    memory, _ = advance((), Told((Banner(Act.SHOWN, 1, 7),)), FIRST)
    after, moves = advance(memory, Told((Banner(Act.SHOWN, 1, 7),)), FIRST - 2)
    assert (after, [move.measure for move in moves]) == (memory, [Measure.SHOWN])


@given(pages)
def test_a_ticket_gives_back_what_a_page_told(told):
    assert unpacked(packed(told)) == (told if told.banners or told.principals else Told())


def test_facts_that_break_off_after_one_of_two_promotions_tell_nothing():
    whole = packed(Told((Banner(Act.SHOWN, 1, 7), Banner(Act.SHOWN, 2, 7))))
    assert unpacked(whole[: -len(whole[2:]) // 2]) == Told()


@given(st.binary(max_size=60))
def test_bytes_of_another_make_tell_nothing_that_is_not_in_the_lists(data):
    told = unpacked(data)
    assert all(banner.act in set(Act) for banner in told.banners)
    advance((), told, FIRST)


DAYS = Days("Asia/Shanghai")
COOKIE = PromoCookie([b"p" * 32], DAYS, https=False)


def value_of(header: str) -> str:
    return header.partition(";")[0].partition("=")[2]


@pytest.mark.clause("3.1.1b")
@given(histories)
def test_the_cookie_gives_back_what_it_was_given_and_equal_facts_make_equal_cookies(history):
    memory, _ = lived(history)
    seconds = DAYS.start_of(FIRST + 1)
    header = COOKIE.header(memory, seconds)
    assert COOKIE.read(value_of(header)) == memory
    assert header == COOKIE.header(memory, seconds)


def test_the_cookie_has_one_width_whatever_it_holds():
    many = tuple(Exposure(number, 1, TODAY, TODAY, Arm.SHOWN, True, True, True) for number in range(1, 9))
    assert len(value_of(COOKIE.header(many, NOON))) == len(value_of(COOKIE.header(many[:1], NOON))) < 192


def test_the_cookie_ends_with_the_thirtieth_day_and_never_later():
    memory = (Exposure(1, 1, TODAY - 29, TODAY - 29, 0), Exposure(2, 1, TODAY - 5, TODAY, 0))
    assert f"Max-Age={29 * 86_400 + 12 * 3600};" in COOKIE.header(memory, NOON)
    assert "Max-Age=0;" in COOKIE.header((), NOON)


@pytest.mark.parametrize("value", [None, "", "x", "a.b", "x" * 10_000, "promo\0", "é.é"])
def test_a_cookie_that_is_not_ours_is_nothing(value):
    assert COOKIE.read(value) == ()


def test_a_cookie_of_another_key_or_another_kind_is_nothing():
    other = PromoCookie([b"q" * 32], Days("Asia/Shanghai"), https=False)
    memory = (Exposure(1, 1, TODAY, TODAY, 0),)
    assert COOKIE.read(value_of(other.header(memory, NOON))) == ()


def moves_of(*measures: Measure, campaign: int = 5) -> tuple[Move, ...]:
    return tuple(Move(TODAY, campaign, Arm.SHOWN, measure) for measure in measures)


def counted(house) -> dict[int, int]:
    with house.store.reading() as connection:
        return {row.measure: row.happened for row in connection.execute(select(promotions))}


def test_a_line_comes_back_from_the_journal_as_it_was_written():
    line = PromotionLine(4, 5, moves_of(Measure.SHOWN, Measure.REACHED), Audience(2, 1_030_000, 1, 1))
    assert read(written(line)[:-1]) == line


@pytest.mark.clause("4.1.3(3)")
def test_of_every_place_in_the_world_only_countries_of_the_short_list_come_into_a_line():
    told = {place: audience_of(Classes(place=place_code(place))).place for place in names_of_places()}
    assert set(told.values()) == {OTHER_COUNTRY, *COUNTRIES.values()}
    assert {place for place, code in told.items() if code != OTHER_COUNTRY} == {
        place for place in names_of_places() if place.partition("-")[0] in COUNTRIES
    }
    assert len(COUNTRIES) <= 20 and names_of_places().keys() >= COUNTRIES.keys()


@pytest.mark.parametrize("moves", [(Move(70_000, 1, 0, 1),), (Move(1, -1, 0, 1),)])
def test_a_line_outside_the_bounds_is_damaged(moves):
    with pytest.raises(Damaged):
        read(written(PromotionLine(4, 5, moves))[:-1])


def test_what_a_page_moved_is_counted_once_however_often_it_is_sent_and_folded(house):
    hit = a_line()
    line = PromotionLine(hit.ticket, hit.memory, moves_of(Measure.SHOWN, Measure.REACHED))
    house.append(hit, line, line)
    house.fold()
    house.append(hit, line)
    house.fold()
    assert counted(house) == {Measure.SHOWN: 1, Measure.REACHED: 1}
    assert house.totals()["views"] == 1


@pytest.mark.parametrize("batches", [[(901,), (902,)], [(901, 902)]], ids=["in two batches", "in one batch"])
def test_of_two_tabs_that_race_the_second_adds_its_showing_alone(house, batches):
    for tickets in batches:
        house.append(*(PromotionLine(ticket, 77, moves_of(Measure.SHOWN, Measure.REACHED)) for ticket in tickets))
        house.fold()
    assert counted(house) == {Measure.SHOWN: 2, Measure.REACHED: 1}


def test_figures_of_promotions_are_forgotten_after_twenty_five_months(house):
    house.append(PromotionLine(1, 2, moves_of(Measure.SHOWN)))
    house.fold()
    house.now = NOON + 762 * 86_400
    house.fold()
    assert counted(house) == {}
