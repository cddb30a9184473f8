"""Addresses for machines."""

from pathlib import Path

import pytest

from app.factory import create_app
from tests.conftest import settings_for


def test_a_live_process_says_so(client):
    assert client.get("/healthz").json["status"] == "ok"


def test_a_shop_whose_stores_answer_is_ready(client):
    assert client.get("/readyz").status_code == 200


def test_a_shop_without_tables_is_not_ready_and_names_the_store(tmp_path: Path):
    answer = create_app(settings_for(tmp_path)).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["failing"] == ["shop", "keys"]


@pytest.mark.parametrize("given", ["", "Bearer wrong", "Bearer tökén"])
def test_metrics_are_not_public(tmp_path: Path, given):
    client = create_app(settings_for(tmp_path, METRICS_TOKEN="right")).test_client()
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_metrics_do_not_exist_without_the_setting(client):
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_metrics_count_answers_by_route_and_never_by_path(tmp_path: Path):
    client = create_app(settings_for(tmp_path, METRICS_TOKEN="right")).test_client()
    client.get("/healthz?canary=1")
    figures = client.get("/metrics", headers={"Authorization": "Bearer right"}).text
    assert 'shop_requests_total{route="health.healthz",status="2xx"}' in figures
    assert "canary" not in figures
