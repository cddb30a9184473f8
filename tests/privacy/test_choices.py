"""What a browser allows, and how it says so. Clauses 3.1.1b, 3.1.2b, 3.1.2c, 2.5."""

import pytest
from flask import Response

from app.foundation.clock import today
from app.foundation.cookies import sign_facts
from app.privacy.choices import Choices, choices_of, save_choices, saved_choices
from app.privacy.policy import current_policy
from app.privacy.prefs import Preferences, prefs_of, save_prefs
from tests.privacy.builders import a_request, cookies_of, make_token_for_guest, save_choices_in


def test_without_an_answer_visits_are_counted_and_nothing_else(app):
    choices = choices_of(a_request())
    assert (choices.audience, choices.promotion, choices.personal, choices.made) == (True, False, False, False)


@pytest.mark.clause("3.1.2b")
@pytest.mark.parametrize(("header", "signal"), [("Sec_GPC", "GPC"), ("DNT", "DNT")])
def test_the_browsers_signal_refuses_both_countings_whatever_was_chosen(app, header, signal):
    response = Response()
    save_choices(response, Choices(audience=True, promotion=True, personal=True))
    choices = choices_of(a_request(cookies_of(response), **{header: "1"}))
    assert (choices.audience, choices.promotion, choices.personal) == (False, False, True)
    assert choices.signal == signal


@pytest.mark.parametrize("value", ["0", "", "null", "true", "1, 1"])
def test_only_the_value_one_is_a_signal(app, value):
    assert choices_of(a_request(Sec_GPC=value, DNT=value)).signal is None


@pytest.mark.parametrize("audience", [True, False])
@pytest.mark.parametrize("promotion", [True, False])
@pytest.mark.parametrize("personal", [True, False])
def test_choices_come_back_as_they_were_saved(app, audience, promotion, personal):
    response, chosen = Response(), Choices(audience, promotion, personal, policy_seen="1", made=True)
    save_choices(response, chosen)
    assert choices_of(a_request(cookies_of(response))) == chosen


@pytest.mark.clause("3.1.1b")
def test_equal_choices_make_equal_cookies_at_any_time_in_any_browser(app, clock):
    one, other = Response(), Response()
    save_choices(one, Choices(audience=False, policy_seen="1"))
    clock.travel(days=100)
    save_choices(other, Choices(audience=False, policy_seen="1"))
    assert one.headers.getlist("Set-Cookie") == other.headers.getlist("Set-Cookie")


@pytest.mark.parametrize(
    "facts", [{}, {"a": 1, "p": 0, "s": 0}, {"a": True}, {"a": "no", "p": True, "s": True}, {"a": None, "p": 0, "s": 0}]
)
def test_a_cookie_of_another_shape_counts_as_no_answer(app, facts):
    assert saved_choices(a_request({"choice": sign_facts("choice", facts)})) == Choices()


def test_a_forged_cookie_counts_as_no_answer(app):
    genuine = sign_facts("choice", Choices(audience=False).facts())
    payload = genuine.rpartition(".")[0]
    assert choices_of(a_request({"choice": payload + ".AAAA"})).audience is True


@pytest.mark.clause("3.1.2b")
def test_refusing_all_deletes_both_counting_cookies_and_is_kept_thirteen_months(client):
    answer = save_choices_in(client)
    assert answer.status_code == 303
    set_ = cookies_of(answer)
    assert (set_["visit"], set_["promo"]) == ("", "")
    kept = next(header for header in answer.headers.getlist("Set-Cookie") if header.startswith("choice="))
    assert "Max-Age=34128000" in kept
    assert choices_of(a_request({"choice": set_["choice"]})) == Choices(
        False, False, False, policy_seen=current_policy(today()).version, made=True
    )


def test_allowing_all_deletes_nothing(client):
    assert set(cookies_of(save_choices_in(client, "audience", "promotion", "personal"))) == {"choice"}


@pytest.mark.clause("3.1.2b")
def test_the_page_shows_the_switches_as_they_were_saved_and_says_so(client):
    save_choices_in(client, "personal")
    page = client.get("/en/privacy/choices?done=choices-saved").text
    assert 'name="audience" value="y" aria-describedby="audience-hint">' in page
    assert 'name="personal" value="y" aria-describedby="personal-hint" checked>' in page
    assert "Your choices are saved in this browser." in page


@pytest.mark.clause("3b")
def test_a_browser_that_keeps_no_cookies_is_not_told_that_its_choices_are_saved(client):
    page = client.get("/en/privacy/choices?done=choices-saved", follow_redirects=True).text
    assert "Your choices are saved" not in page and "your choices are not kept" in page


@pytest.mark.clause("3.1.2b")
def test_under_a_signal_the_page_says_so_and_what_was_saved_before_stays(client):
    save_choices_in(client, "audience", "promotion")
    signal = {"Sec-GPC": "1"}
    page = client.get("/en/privacy/choices", headers=signal).text
    assert "Your browser sends the signal GPC" in page
    assert page.count(" disabled>") == 2
    save_choices_in(client, "personal", headers=signal)
    after = choices_of(a_request({"choice": client.get_cookie("choice").value}))
    assert (after.audience, after.promotion, after.personal) == (True, True, True)


@pytest.mark.clause("2.5")
def test_switching_personal_service_off_forgets_what_was_looked_at(client):
    with client.application.test_request_context():
        response = Response()
        save_prefs(response, Preferences(province="四川", viewed=("s21-200t",)))
    client.set_cookie("prefs", cookies_of(response)["prefs"])
    answer = save_choices_in(client, "audience")
    left = prefs_of(a_request({"prefs": cookies_of(answer)["prefs"]}))
    assert left == Preferences(province="四川")


def test_a_stale_form_is_answered_with_the_form_and_what_was_ticked(client):
    answer = client.post("/zh-cn/privacy/choices", data={"form_token": "1.abc", "personal": "y"})
    assert answer.status_code == 422
    assert 'aria-describedby="personal-hint" checked>' in answer.text
    assert "页面停留时间过长" in answer.text
    assert cookies_of(answer) == {}


@pytest.mark.clause("3.1.2c")
def test_deleting_all_cookies_deletes_every_one_but_the_refusal(client):
    token = make_token_for_guest("DeletionForm", client)
    answer = client.post("/en/privacy/choices/deletion", data={"form_token": token})
    assert answer.status_code == 303
    assert cookies_of(answer) == dict.fromkeys(["sid", "device", "cart", "prefs", "visit", "promo"], "")


@pytest.mark.clause("3.1.2c")
def test_the_refusal_is_deleted_too_when_asked_for(client):
    token = make_token_for_guest("DeletionForm", client)
    answer = client.post("/en/privacy/choices/deletion", data={"form_token": token, "choices_too": "y"})
    assert cookies_of(answer)["choice"] == ""


def test_a_stale_deletion_deletes_nothing(client):
    answer = client.post("/en/privacy/choices/deletion", data={"form_token": "x"})
    assert (answer.status_code, cookies_of(answer)) == (422, {})


def test_a_page_about_one_browser_is_kept_by_no_cache(client):
    assert client.get("/en/privacy/choices").headers["Cache-Control"] == "no-store"
    assert client.get("/en/privacy/cookies").headers["Cache-Control"] == "no-store"
