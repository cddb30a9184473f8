"""The door without a language."""

import pytest

EN, ZH = "/en/", "/zh-cn/"


@pytest.mark.parametrize(("accept", "home"), [("en", EN), ("zh-CN", ZH), ("fr", ZH), ("", ZH), ("\x00;;q=x", ZH)])
def test_the_browsers_language_leads(client, accept, home):
    answer = client.get("/", headers={"Accept-Language": accept})
    assert (answer.status_code, answer.location) == (302, home)


@pytest.mark.clause("2.2")
def test_a_kept_choice_leads_before_the_browsers_language(client):
    switched = client.get("/language/en?next=/en/products%3Fcoin%3DBTC")
    assert (switched.status_code, switched.location) == (303, "/en/products?coin=BTC")
    assert client.get("/", headers={"Accept-Language": "zh-CN"}).location == EN


@pytest.mark.clause("3b")
def test_switching_works_without_cookies(app):
    client = app.test_client(use_cookies=False)
    assert client.get("/language/en?next=/en/help").location == "/en/help"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/zh-cn/help", "/en\\evil", "javascript:1", "", "/en/\\evil"]
)
def test_the_switch_leads_nowhere_but_into_the_language_chosen(client, target):
    assert client.get("/language/en", query_string={"next": target}).location == EN


def test_an_unknown_language_does_not_exist(client):
    assert client.get("/language/fr").status_code == 404
