"""What a browser remembers of advertisements, as rules. Clauses 3.1.1e, 3.1.1b, 2.6."""

from datetime import date, timedelta

import pytest
from flask import Response
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.cookies import LARGEST, sign_facts
from app.privacy.prefs import ADVERTS, Preferences, prefs_of, save_prefs
from app.promotions.browser_memory import act_on, next_campaign, with_arm, with_hidden, with_showing
from app.promotions.models import Offer
from tests.privacy.builders import a_request, cookies_of

DAY = date(2026, 11, 24)


def an_offer(number: int = 1, starts_on: date = DAY, holds_back: bool = True) -> Offer:
    return Offer(number, 1, "/help", "保修两年", "Two years of warranty", "委托方", "Principal", starts_on, holds_back)


CAMPAIGNS = [an_offer(number, DAY - timedelta(days=1)) for number in (3, 2, 1)]


def shown_on_a_day(prefs: Preferences, day: date) -> list[int]:
    """Pages are opened until nothing is shown any more."""
    found = []
    while campaign := next_campaign(CAMPAIGNS, prefs, day):
        prefs = with_showing(prefs, campaign.id, day)
        found.append(campaign.id)
    return found


@pytest.mark.clause("3.1.1e")
def test_each_is_shown_three_times_a_day_in_turn_and_again_the_next_day():
    assert shown_on_a_day(Preferences(), DAY) == [3, 2, 1] * 3
    tired = Preferences(seen_on=DAY.toordinal(), seen=((1, 3), (2, 3), (3, 3)))
    assert next_campaign(CAMPAIGNS, tired, DAY) is None
    assert next_campaign(CAMPAIGNS, tired, DAY + timedelta(days=1)).id == 3


@pytest.mark.clause("3.1.1e")
@given(st.integers(0, 60))
def test_what_was_hidden_stays_away_for_thirty_days(days):
    hidden = with_hidden(Preferences(), 3, DAY)
    assert (3 in shown_on_a_day(hidden, DAY + timedelta(days=days))) is (days >= 30)


@given(st.lists(st.tuples(st.integers(1, 65_535), st.integers(0, 3)), max_size=40))
def test_at_most_eight_campaigns_are_remembered_and_they_come_back_as_they_were(app_less, told):
    prefs, day = Preferences(), DAY
    for campaign, pause in told:
        day += timedelta(days=pause)
        prefs = with_hidden(with_showing(prefs, campaign, day), campaign, day)
    assert len(prefs.hidden) <= ADVERTS and len(prefs.seen) <= ADVERTS
    assert app_less(prefs) == prefs


@pytest.fixture(scope="module")
def app_less(shop):
    """What a browser sends back of settings that it was given."""

    def there_and_back(prefs: Preferences) -> Preferences:
        with shop.app_context():
            save_prefs(response := Response(), prefs)
            return prefs_of(a_request(cookies_of(response)))

    return there_and_back


@pytest.mark.parametrize(
    "facts", [{"h": [[1]]}, {"h": "x"}, {"t": [1, [2, "x"]]}, {"t": []}, {"a": [True, 1]}, {"a": 5}]
)
def test_facts_of_another_shape_are_left_out(app, facts):
    assert prefs_of(a_request({"prefs": sign_facts("prefs", facts)})) == Preferences()


def test_the_fullest_settings_fit_into_one_cookie(app):
    pairs = tuple((65_535 - number, 739_999) for number in range(ADVERTS))
    full = Preferences(
        "zh-cn", "内蒙古", None, ("搜索词" * 20,) * 5, ("s" * 40,) * 12, pairs, pairs, 739_999, (1, 739_999)
    )
    save_prefs(response := Response(), full)
    assert len(cookies_of(response)["prefs"]) < LARGEST


@pytest.mark.clause("2.6")
def test_an_arm_is_there_exactly_while_counting_is_allowed_and_is_not_drawn_twice():
    first = with_arm(Preferences(), True, DAY, 0)
    assert first.arm == (1, DAY.toordinal())
    assert with_arm(first, True, DAY + timedelta(days=3), 5) == first
    assert with_arm(first, False, DAY, 0).arm is None
    assert with_arm(Preferences(), True, DAY, 1).arm == (0, DAY.toordinal())


@pytest.mark.parametrize(
    ("drawn_before_start", "holds_back", "arm", "act"),
    [(1, True, 1, "withheld"), (1, True, 0, "shown_in_trial"), (0, True, 1, "shown"), (0, True, 0, "shown"),
     (1, False, 1, "shown")],
)  # fmt: skip
def test_only_browsers_drawn_before_a_campaign_began_take_part_in_its_trial(drawn_before_start, holds_back, arm, act):
    campaign = an_offer(holds_back=holds_back)
    prefs = Preferences(arm=(arm, DAY.toordinal() - drawn_before_start))
    assert act_on(campaign, prefs) == act
