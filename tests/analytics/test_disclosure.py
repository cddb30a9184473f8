"""What leaves the house: floors, rounding, exact noise, and no two results that differ by a few people. 4.1.3(3)."""

import random
from collections import Counter
from itertools import combinations
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from analytics.codes import Cut, Device
from analytics.disclosure import (
    HIDDEN,
    NOISE_SCALE,
    OUTSIDE_FLOOR,
    discrete_laplace,
    hidden_with,
    hide_complements,
    inside,
    publishable,
)
from analytics.effect import allowed_between, effect_of, lift_of, reached_by_campaign, wilson
from analytics.fold import KEPT_DAYS
from analytics.journal import PromotionLine
from analytics.place import place_code
from analytics.promotion import (
    LIFE_DAYS,
    OF_NO_CAMPAIGN,
    OTHER_COUNTRY,
    Arm,
    Audience,
    Measure,
    Move,
    audience_of,
)
from analytics.release import release_closed_weeks, released_weeks
from analytics.store import promotion_audience
from analytics.visit import Classes
from tests.analytics.builders import DAY, NOON, TODAY, a_line

MONDAY = TODAY
NOBODY_KNOWN = Audience()
BANDS = 7


def seeded(seed: int):
    return random.Random(seed).randrange


def test_the_noise_falls_off_on_both_sides_as_the_discrete_laplace_distribution_does():
    """Chi-square over the values from -6 to 6 and the rest, 13 degrees of freedom: beyond 34.5 once in a thousand."""
    drawn, number = Counter(), 40_000
    draw = seeded(1)
    for _ in range(number):
        drawn[discrete_laplace(NOISE_SCALE, draw)] += 1
    q = exp(-1 / NOISE_SCALE)
    expected = {k: number * (1 - q) / (1 + q) * q ** abs(k) for k in range(-6, 7)}
    rest = number - sum(expected.values())
    others = number - sum(drawn[k] for k in expected)
    square = sum((drawn[k] - n) ** 2 / n for k, n in expected.items()) + (others - rest) ** 2 / rest
    assert square < 34.5


@pytest.mark.parametrize(("scale", "seed"), [(1, 2), (5, 3)])
def test_the_noise_of_any_scale_is_zero_as_often_as_it_should_be(scale, seed):
    draw, number = seeded(seed), 20_000
    zeros = sum(discrete_laplace(scale, draw) == 0 for _ in range(number))
    share = (1 - exp(-1 / scale)) / (1 + exp(-1 / scale))
    assert abs(zeros / number - share) < 4 * (share * (1 - share) / number) ** 0.5


@pytest.mark.clause("4.1.3(3)")
@given(st.integers(0, 5_000), st.integers())
def test_nothing_below_ten_leaves_and_everything_that_leaves_is_rounded_to_ten(count, seed):
    number = publishable(count, seeded(seed))
    assert number % 10 == 0
    assert number == HIDDEN or (count >= OUTSIDE_FLOOR and number >= OUTSIDE_FLOOR)


@given(st.integers(40, 5_000), st.integers())
def test_what_leaves_is_near_the_truth(count, seed):
    assert abs(publishable(count, seeded(seed)) - count) <= 5 + 15 * NOISE_SCALE


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (900, 900)])
def test_inside_the_house_the_floor_is_five(count, shown):
    assert inside(count) == shown


@given(st.dictionaries(st.integers(1, 7), st.sampled_from([0, 10, 20, 50]), max_size=7))
def test_no_part_of_a_total_is_hidden_alone(parts):
    after = hide_complements(parts)
    hidden = [cell for cell, count in after.items() if count == HIDDEN]
    assert len(hidden) != 1 or len(parts) == 1
    assert all(after[cell] in (count, HIDDEN) for cell, count in parts.items())


tables = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 12), min_size=1)


@pytest.mark.clause("2.10")
@given(tables)
def test_of_a_line_in_which_a_few_are_hidden_five_in_two_cells_are_or_all(counts):
    few = {cell for cell, count in counts.items() if count < 5}
    hidden = hidden_with(few, counts)
    assert few <= hidden and (few or not hidden)
    if min(len({cell[axis] for cell in counts}) for axis in (0, 1)) < 2:
        assert hidden == few
        return
    for axis in (0, 1):
        for line in {cell[axis] for cell in hidden}:
            inside = [counts[cell] for cell in hidden if cell[axis] == line]
            assert (len(inside) >= 2 and sum(inside) >= 5) or len(inside) == sum(cell[axis] == line for cell in counts)


@pytest.mark.clause("2.10")
def test_the_only_tablet_of_a_day_may_have_come_in_either_language():
    """All that is hidden must not lie in the column of the tablet, or the sums of the columns tell its language."""
    counts = {("desktop", "en"): 20, ("desktop", "zh"): 60, ("phone", "zh"): 39, ("tablet", "zh"): 1}
    assert hidden_with({("tablet", "zh")}, counts) == {("desktop", "en"), ("desktop", "zh"), ("tablet", "zh")}
    turned = {(b, a): count for (a, b), count in counts.items()}
    assert hidden_with({("zh", "tablet")}, turned) == {("en", "desktop"), ("zh", "desktop"), ("zh", "tablet")}


def test_where_rows_have_no_sum_only_columns_are_kept_from_telling():
    counts = {("phone", 1): 9, ("tablet", 1): 2, ("desktop", 1): 30, ("phone", 2): 8, ("tablet", 2): 7}
    assert hidden_with({("tablet", 1)}, counts, rows_are_told=False) == {("tablet", 1), ("phone", 1)}


def moves_of(drawn) -> list[Move]:
    moves = []
    for (campaign, day, arm), (reached, clicked, bands) in drawn.items():
        on = MONDAY + day
        moves += [Move(on, campaign, arm, Measure.REACHED)] * reached
        moves += [Move(on, campaign, arm, Measure.CLICKED)] * clicked
        for band, buyers in enumerate(bands, 1):
            moves += [Move(on, campaign, arm, Measure.BOUGHT, 1, band)] * buyers
    return moves


def count(house, moves, audience: Audience = NOBODY_KNOWN) -> None:
    ticket = a_line().ticket
    house.append(PromotionLine(ticket, a_line().ticket, tuple(moves), audience))
    house.fold()


def count_among_many(house, moves, drawn: random.Random) -> None:
    """The same, of browsers of all kinds; few of some, so that there is something to hide."""
    for kind in range(6):
        device, place = drawn.choice(list(Device)), place_code(drawn.choice(("CN", "HK", "SG")))
        count(house, moves[kind::6], Audience(device, place, drawn.randint(0, 1), drawn.randint(0, 1)))


def results(house, today: int) -> list[int]:
    """Every number that a principal can obtain on a day, of all campaigns."""
    found = []
    for campaign in (1, 2, 3):
        for week in released_weeks(house.store, campaign, MONDAY - 21, MONDAY + 6, today, BANDS):
            found += [week.reached, week.clicked, week.bought, *week.bands.values()]
            for part in (week.devices, week.members, week.returning, week.places):
                found += part.values()
    return found


@pytest.mark.clause("4.1.3(3)")
def test_no_two_results_obtainable_ever_differ_by_one_to_nine_people(house):
    """All pairs, of random campaigns, read on different days, before and after more was counted."""
    for seed in range(12):
        drawn = random.Random(seed)
        moves = moves_of(random_campaign(drawn))
        obtained = []
        for today in (MONDAY, MONDAY + 8, MONDAY + 9, MONDAY + 40):
            count_among_many(house, moves[:: drawn.randint(1, 3)], drawn)
            release_closed_weeks(house.store, today, BANDS)
            obtained += results(house, today)
        assert all(abs(a - b) == 0 or abs(a - b) >= 10 for a, b in combinations(set(obtained), 2))
        assert any(obtained)


REACHED = Move(MONDAY - 3, 1, Arm.OUTSIDE, Measure.REACHED)
PHONE, DESKTOP = Audience(Device.PHONE, place_code("CN"), 1, 0), Audience(Device.DESKTOP, place_code("SG"), 0, 0)


def released(house):
    release_closed_weeks(house.store, MONDAY + 1, BANDS)
    (week,) = released_weeks(house.store, 1, MONDAY - 3, MONDAY - 3 - LIFE_DAYS + 1, MONDAY + 1, BANDS)
    return week


@pytest.mark.clause("4.1.3(3)")
def test_those_who_were_reached_are_parted_by_device_member_first_visit_and_country_each_alone(house):
    count(house, [REACHED] * 400, PHONE)
    count(house, [REACHED] * 200, DESKTOP)
    week = released(house)
    assert list(week.places) == ["CN", "SG"] and week.places["CN"] in range(370, 440, 10)
    assert week.devices["phone"] in range(370, 440, 10) and week.devices["tablet"] == HIDDEN
    assert week.members["guest"] in range(170, 240, 10) and list(week.members) == ["member", "guest"]


@pytest.mark.clause("4.1.3(3)")
@pytest.mark.parametrize("few", [0, 1, 9])
def test_a_part_of_a_few_hides_its_complement_as_a_part_of_none_does(house, few):
    count(house, [REACHED] * 300, PHONE)
    count(house, [REACHED] * few, DESKTOP)
    week = released(house)
    assert set(week.members.values()) == set(week.returning.values()) == {HIDDEN}
    assert week.reached > 200 and list(week.places) == ["CN"]


@pytest.mark.clause("4.1.3(3)")
def test_a_rare_country_stands_in_no_table_however_many_came_from_it(house):
    for place in ("CN-GD", "TV", "SM", ""):
        count(house, [REACHED] * 100, audience_of(Classes(Device.PHONE, place=place_code(place))))
    with house.store.reading() as connection:
        rows = connection.execute(select(promotion_audience).where(promotion_audience.c.cut == Cut.PLACE)).all()
    assert {row.a: row.happened for row in rows} == {place_code("CN"): 100, OTHER_COUNTRY: 300}
    assert list(released(house).places) == ["", "CN"]


@pytest.mark.clause("4.1.3(3)")
def test_one_buyer_and_one_visitor_from_abroad_change_nothing_of_what_the_others_show(house):
    """Neither hides a part that without them would be shown: who compares two weeks must not see that they came."""
    for week, few in ((-7, 0), (-14, 1)):
        day = MONDAY + week
        count(house, [Move(day, 1, Arm.OUTSIDE, Measure.REACHED)] * 300, PHONE)
        count(house, [Move(day, 1, Arm.OUTSIDE, Measure.BOUGHT, 1, 2)] * 60)
        count(house, [Move(day, 1, Arm.OUTSIDE, Measure.REACHED)] * few, PHONE._replace(place=place_code("SG")))
        count(house, [Move(day, 1, Arm.OUTSIDE, Measure.BOUGHT, 1, 3)] * few)
    release_closed_weeks(house.store, MONDAY + 1, BANDS)
    shown = [
        ([band for band, buyers in week.bands.items() if buyers], list(week.places))
        for week in released_weeks(house.store, 1, MONDAY - 14, MONDAY - 7 - LIFE_DAYS + 1, MONDAY + 1, BANDS)
    ]
    assert shown == [([2], ["CN"]), ([2], ["CN"])]


def test_a_part_in_which_the_withheld_are_has_none_of_them(house):
    for arm in Arm:
        count(house, [REACHED._replace(arm=arm), REACHED._replace(measure=Measure.CLICKED)] * 100, PHONE)
    with house.store.reading() as connection:
        rows = connection.execute(select(promotion_audience)).all()
    assert {(row.cut, row.a): row.happened for row in rows} == {
        (Cut.DEVICE, Device.PHONE): 200, (Cut.PLACE, place_code("CN")): 200,
        (Cut.MEMBER, 1): 200, (Cut.RETURNING, 0): 200,
    }  # fmt: skip


def random_campaign(drawn: random.Random):
    return {
        (drawn.randint(1, 3), drawn.randint(-21, 6), drawn.choice(list(Arm))): (
            drawn.randint(0, 60),
            drawn.randint(0, 40),
            [drawn.randint(0, 25) for _ in range(BANDS)],
        )
        for _ in range(10)
    }


@pytest.mark.clause("4.1.3(3)")
def test_a_closed_week_is_released_once_and_reads_the_same_ever_after(house):
    count(house, [Move(MONDAY - 3, 1, Arm.OUTSIDE, Measure.REACHED)] * 500)
    assert release_closed_weeks(house.store, MONDAY + 1, BANDS) == 1
    first = results(house, MONDAY + 1)
    count(house, [Move(MONDAY - 3, 1, Arm.OUTSIDE, Measure.REACHED)] * 300)
    assert release_closed_weeks(house.store, MONDAY + 1, BANDS) == 0
    assert results(house, MONDAY + 1) == first and max(first) in range(460, 550, 10)


@pytest.mark.clause("4.1.3(3)")
def test_a_released_week_is_forgotten_as_a_whole_and_never_released_again(house):
    """Half of its days are over 25 months old; drawn anew, its numbers would tell by how much they differ."""
    count(house, [Move(MONDAY - 7, 1, Arm.OUTSIDE, Measure.REACHED)] * 300, PHONE)
    count(house, [Move(MONDAY - 2, 1, Arm.OUTSIDE, Measure.REACHED)] * 200, PHONE)
    release_closed_weeks(house.store, MONDAY + 1, BANDS)
    first = results(house, MONDAY + 1)
    for today in range(MONDAY + KEPT_DAYS - 8, MONDAY + KEPT_DAYS + 3):
        house.now = NOON + (today - TODAY) * DAY
        house.fold()
        assert release_closed_weeks(house.store, today, BANDS) == 0
        shown = results(house, MONDAY + 1)
        assert shown == first or (today - KEPT_DAYS > MONDAY - 1 and not any(shown))
    assert not any(shown)


@pytest.mark.clause("4.1.3(3)")
def test_a_week_holds_its_seven_days_and_no_other(house):
    for day, number in ((MONDAY - 8, 900), (MONDAY - 7, 100), (MONDAY - 1, 100), (MONDAY, 900)):
        count(house, [REACHED._replace(day=day)] * number, PHONE)
    release_closed_weeks(house.store, MONDAY + 8, BANDS)
    weeks = released_weeks(house.store, 1, MONDAY - 8, MONDAY, MONDAY + 8, BANDS)
    (week,) = [week for week in weeks if week.begins == MONDAY - 7]
    assert week.reached in range(170, 240, 10) and week.devices["phone"] in range(170, 240, 10)


def test_a_campaigns_weeks_end_with_the_life_of_its_last_showing(house):
    """Shown on one Sunday only: it lives to the Monday that is the 30th day, and in no week after that."""
    weeks = released_weeks(house.store, 1, MONDAY - 1, MONDAY - 1, MONDAY + 90, BANDS)
    assert [week.begins for week in weeks] == [MONDAY + 7 * number for number in (4, 3, 2, 1, 0, -1)]


@pytest.mark.clause("4.1.3(3)")
def test_a_week_is_not_to_be_had_before_it_has_been_over_for_a_day(house):
    count(house, [Move(MONDAY - 1, 1, Arm.OUTSIDE, Measure.REACHED)] * 100)
    assert release_closed_weeks(house.store, MONDAY, BANDS) == 0
    assert MONDAY - 7 not in [w.begins for w in released_weeks(house.store, 1, MONDAY - 21, MONDAY, MONDAY, BANDS)]
    assert release_closed_weeks(house.store, MONDAY + 1, BANDS) == 1
    assert MONDAY - 7 in [w.begins for w in released_weeks(house.store, 1, MONDAY - 21, MONDAY, MONDAY + 1, BANDS)]


@pytest.mark.clause("4.1.3(3)")
def test_a_week_in_which_one_person_was_reached_reads_like_one_without_anybody(house):
    count(house, [Move(MONDAY - 10, 1, Arm.OUTSIDE, Measure.REACHED), Move(MONDAY - 10, 1, 0, Measure.BOUGHT, 1, 3)])
    release_closed_weeks(house.store, MONDAY + 1, BANDS)
    weeks = released_weeks(house.store, 1, MONDAY - 21, MONDAY - 1, MONDAY + 1, BANDS)
    assert len(weeks) == 3 and len({week._replace(begins=0).__repr__() for week in weeks}) == 1


def test_those_from_whom_it_was_withheld_are_in_no_figure_of_the_principal(house):
    count(house, [Move(MONDAY - 3, 1, Arm.WITHHELD, Measure.REACHED)] * 500)
    release_closed_weeks(house.store, MONDAY + 1, BANDS)
    assert not any(results(house, MONDAY + 1))


def test_the_interval_of_a_difference_is_newcombes():
    """The worked examples of his paper: 56/70 and 48/80, 9/10 and 3/10, 10/10 and 0/20."""
    for numbers, low, high in (
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ):
        found = lift_of(*numbers).interval
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 500), st.data())
def test_wilsons_interval_holds_the_share_and_stays_between_nothing_and_all(tries, data):
    successes = data.draw(st.integers(0, tries))
    low, high = wilson(successes, tries)
    assert 0 <= low <= successes / tries + 1e-12 and successes / tries - 1e-12 <= high <= 1


def trial(house, bought: int, bought_anyway: int, arm: int = 1000) -> None:
    for which, buyers in ((Arm.SHOWN, bought), (Arm.WITHHELD, bought_anyway)):
        count(house, [Move(TODAY, 9, which, Measure.REACHED)] * arm)
        count(house, [Move(TODAY, 9, which, Measure.BOUGHT, 1, 2)] * buyers)


@pytest.mark.clause("2.6")
def test_a_clear_effect_is_known_and_a_faint_one_is_not(house):
    trial(house, 120, 40)
    lift = effect_of(house.store, 9).lift
    assert lift.is_known and round(lift.difference, 3) == 0.08
    trial(house, 0, 80)
    assert not effect_of(house.store, 9).lift.is_known


def test_of_arms_too_small_to_compare_no_lift_is_spoken_of(house):
    trial(house, 10, 0, arm=29)
    assert effect_of(house.store, 9).lift is None
    count(house, [Move(TODAY, 9, Arm.SHOWN, Measure.REACHED)] * 500)
    assert effect_of(house.store, 9).lift is None


@pytest.mark.clause("2.6")
def test_a_campaign_that_keeps_people_from_buying_is_known_to_do_so(house):
    trial(house, 40, 120)
    lift = effect_of(house.store, 9).lift
    assert lift.is_known and lift.difference < 0


def test_buyers_whose_reaching_is_no_longer_counted_make_no_share_above_one(house):
    trial(house, 31, 33, arm=30)
    lift = effect_of(house.store, 9).lift
    assert (lift.shown, lift.withheld) == (1, 1)


def test_a_list_of_campaigns_tells_how_many_browsers_saw_each_and_nothing_else(house):
    for arm in Arm:
        count(house, [Move(TODAY, 9, arm, measure) for measure in (Measure.REACHED, Measure.SHOWN, Measure.CLICKED)])
    assert reached_by_campaign(house.store, [8, 9]) == {8: 0, 9: 2}


def test_an_effect_sums_all_who_saw_it_and_keeps_the_withheld_apart(house):
    for arm in Arm:
        count(house, [Move(TODAY, 9, arm, Measure.REACHED)] * 3 + [Move(TODAY, 9, arm, Measure.BOUGHT, 2, 4)])
    effect = effect_of(house.store, 9)
    assert (effect.reached, effect.trial) == (6, [("shown", 3, 1), ("withheld", 3, 1)])
    assert (effect.lags, effect.bands) == (Counter({2: 2}), Counter({4: 2}))


@pytest.mark.clause("2.6")
def test_the_visits_that_allowed_promotion_counting_are_told_out_of_all_and_belong_to_no_campaign(house):
    count(house, [Move(TODAY, OF_NO_CAMPAIGN, Arm.OUTSIDE, Measure.ALLOWED)])
    house.append(a_line(), a_line(), a_line(), a_line())
    house.fold()
    allowed = allowed_between(house.store, TODAY - 1, TODAY)
    assert (allowed.visits, allowed.out_of, allowed.share) == (1, 4, 0.25)
    assert allowed_between(house.store, TODAY + 1, TODAY + 2).share is None
    count(house, [Move(TODAY, OF_NO_CAMPAIGN, Arm.OUTSIDE, Measure.ALLOWED)] * 9)
    assert allowed_between(house.store, TODAY - 1, TODAY).share == 1
    assert release_closed_weeks(house.store, TODAY + 40, BANDS) == 0
