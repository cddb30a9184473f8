"""The wire protocol of the tracking service, against its vectors and against nonsense."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shipping import tracking
from app.shipping.kuaidi100.protocol import (
    Malformed,
    Refused,
    check_subscribed,
    compact,
    is_signed,
    query_form,
    read_push,
    read_query,
    sign_push,
    sign_query,
    state_of,
)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["status", "lastResult", "data", "nu", "com", "state", "ftime", "context", "returnCode"]), inner
    ),
    max_leaves=12,
)  # fmt: skip
LINE = {"ftime": "2026-11-23 09:30:00", "context": "【深圳市】快件已揽收", "status": "揽收"}
TRACK = {"status": "200", "message": "ok", "com": "shunfeng", "nu": "SF1", "state": "5", "data": [LINE, LINE]}


def test_the_signatures_equal_the_vectors_of_the_protocol():
    param = compact({"com": "shunfeng", "num": "SF1000000000001", "phone": "0001"})
    assert param == '{"com":"shunfeng","num":"SF1000000000001","phone":"0001"}'
    assert sign_query(param, "KEY", "CUSTOMER") == "32C4A65CE636CC9887D43B7B6FB15712"
    pushed = '{"status":"polling","lastResult":{"state":"0"}}'
    assert sign_push(pushed, "SALT") == "15D500B119D5593C17EE05A9FF521867"


@given(st.from_regex(r"[A-Z0-9-]{6,40}", fullmatch=True), st.sampled_from([None, "0001"]))
def test_the_very_bytes_that_are_sent_are_signed(number: str, phone: str | None):
    form = query_form("shunfeng", number, phone, key="KEY", customer="CUSTOMER")
    assert form["sign"] == sign_query(form["param"], "KEY", "CUSTOMER")
    asked = json.loads(form["param"])
    assert asked["num"] == number and asked.get("phone") == phone


@pytest.mark.parametrize("sign", ["", "15d500b119d5593c17ee05a9ff521867", "0" * 32, "签" * 32, "\udcff"])
def test_a_wrong_signature_is_one(sign: str):
    assert not is_signed('{"status":"polling","lastResult":{"state":"0"}}', ["SALT"], sign)
    assert is_signed("{}", ["OLD", "SALT"], sign_push("{}", "OLD"))


def test_the_newest_line_stands_where_the_whole_parcel_stands():
    track = read_query(TRACK)
    assert [each.state for each in track.happenings] == [tracking.DELIVERING, tracking.COLLECTED]
    assert track.happenings[0].at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "word"),
    [("0", tracking.UNDER_WAY), ("3", tracking.SIGNED), ("301", tracking.SIGNED), ("14", tracking.REFUSED),
     ("1001", tracking.COLLECTED), ("8", tracking.CUSTOMS), ("99", tracking.UNDER_WAY), ("None", tracking.UNDER_WAY)],
)  # fmt: skip
def test_states_have_our_words(number: str, word: str):
    assert state_of(number) == word


def test_a_refusal_says_its_code():
    with pytest.raises(Refused) as refusal:
        read_query({"result": False, "returnCode": "408", "message": "验证码错误"})
    assert refusal.value.code == "408"
    with pytest.raises(Refused):
        check_subscribed({"result": False, "returnCode": "600"})
    check_subscribed({"result": False, "returnCode": "501", "message": "重复订阅"})


@given(JSON)
def test_any_json_is_a_track_or_a_named_refusal(answer: Any):
    with suppress(Refused, Malformed):
        read_query(answer)


@given(st.text(max_size=60) | JSON.map(json.dumps))
def test_any_text_is_a_push_or_malformed(param: str):
    with suppress(Malformed):
        read_push(param)
