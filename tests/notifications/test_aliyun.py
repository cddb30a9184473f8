"""The signature of the SMS service, against its vector, and the simulator's checks of it."""

from datetime import UTC, datetime

import pytest
import requests

from app.foundation.clock import now
from app.notifications.aliyun import (
    EMPTY_BODY_SHA256,
    SmsNotSent,
    SmsService,
    canonical_query,
    canonical_request,
    check_answer,
    sign,
)
from app.settings import SettingsError
from tests.conftest import settings_for
from tests.notifications.builders import a_running_simulator

FIELDS = {"number": "+8613800000000", "template": "SMS_240101", "values": {"code": "123456"}}


def test_the_signature_equals_the_vector_of_the_protocol():
    query = canonical_query(
        {
            "PhoneNumbers": "13800000000", "SignName": "DEMO", "TemplateCode": "SMS_1",
            "TemplateParam": '{"code":"123456"}',
        }
    )  # fmt: skip
    headers = {
        "host": "dysmsapi.aliyuncs.com", "x-acs-action": "SendSms", "x-acs-content-sha256": EMPTY_BODY_SHA256,
        "x-acs-date": "2026-11-23T00:00:00Z", "x-acs-signature-nonce": "nonce-1", "x-acs-version": "2017-05-25",
    }  # fmt: skip
    signature = sign("SECRETEXAMPLE", canonical_request("POST", "/", query, headers))
    assert signature == "22fb6ffaf236636d8b45d5e6a4e6b705dbcdc1858f4f0561e6f24e2e31a5bfcb"


def test_query_encoding_follows_rfc_3986():
    assert canonical_query({"b": "~ +/*", "a": "中"}) == "a=%E4%B8%AD&b=~%20%2B%2F%2A"


@pytest.fixture
def desk(app):
    with a_running_simulator(app) as simulator:
        yield app.extensions["settings"].sms_endpoint, simulator


def deliver(endpoint, *, key="development", sign_name="矿机云商", at=None, nonce="n1", **fields):
    service = SmsService(endpoint, key, fields.pop("secret", "development"), sign_name)
    with requests.Session() as http:
        http.trust_env = False
        answer = service.deliver(http, {**FIELDS, **fields}, out_id="42", at=at or now(), nonce=nonce)
    return answer.json()["Code"]


def test_a_well_signed_message_is_delivered_with_its_text(desk):
    endpoint, simulator = desk
    assert deliver(endpoint) == "OK"
    (message,) = simulator.listed()
    assert message["number"] == "13800000000"
    assert message["text"].startswith("【矿机云商】123456 ")
    assert message["out_id"] == "42"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"secret": "other"}, "SignatureDoesNotMatch"),
        ({"key": "other"}, "InvalidAccessKeyId.NotFound"),
        ({"at": datetime(2020, 1, 1, tzinfo=UTC)}, "InvalidTimeStamp.Expired"),
        ({"sign_name": "Other"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"number": "+8612"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"template": "SMS_1"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"values": {"other": "1"}}, "isv.TEMPLATE_MISSING_PARAMETERS"),
    ],
)
def test_the_simulator_refuses_what_the_service_would_refuse(desk, wrong, code):
    endpoint, simulator = desk
    assert deliver(endpoint, **wrong) == code
    assert simulator.listed() == []


def test_a_request_cannot_be_replayed(desk):
    endpoint, _ = desk
    assert deliver(endpoint, nonce="once") == "OK"
    assert deliver(endpoint, nonce="once") == "SignatureNonceUsed"


def test_a_request_changed_on_the_way_is_refused(desk):
    endpoint, simulator = desk

    class Meddler(requests.Session):
        def post(self, url, **options):
            return super().post(url.replace("123456", "999999"), **options)

    service = SmsService(endpoint, "development", "development", "矿机云商")
    answer = service.deliver(Meddler(), FIELDS, out_id="42", at=now(), nonce="n1")
    assert answer.json()["Code"] == "SignatureDoesNotMatch"
    assert simulator.listed() == []


def test_the_service_limits_codes_to_one_number(desk):
    endpoint, _ = desk
    codes = [deliver(endpoint, nonce=f"n{serial}") for serial in range(11)]
    assert codes == ["OK"] * 10 + ["isv.BUSINESS_LIMIT_CONTROL"]


def test_the_operators_names_of_templates_go_out_instead_of_ours(desk):
    endpoint, _ = desk
    service = SmsService(endpoint, "development", "development", "矿机云商", {"SMS_240101": "SMS_999"})
    with requests.Session() as http:
        answer = service.deliver(http, FIELDS, out_id="42", at=now(), nonce="n1")
    assert answer.json()["Code"] == "isv.SMS_TEMPLATE_ILLEGAL"
    assert "SMS_999" in answer.request.url


def test_the_command_prints_the_texts_to_register(app):
    printed = app.test_cli_runner().invoke(args=["sms", "templates"]).output
    assert "SMS_240102\t${code} is your code to open an account." in printed
    assert "SMS_240101\t${code} 是您注册账户的验证码" in printed
    assert "%(" not in printed


def test_template_names_are_read_from_the_settings(tmp_path):
    assert settings_for(tmp_path, SMS_TEMPLATES="SMS_1=SMS_2,\n SMS_3 = SMS_4").sms_templates == {
        "SMS_1": "SMS_2",
        "SMS_3": "SMS_4",
    }
    with pytest.raises(SettingsError, match="SMS_TEMPLATES"):
        settings_for(tmp_path, SMS_TEMPLATES="SMS_1")


def test_an_answer_that_is_not_the_services_json_means_not_sent():
    answer = requests.Response()
    answer.status_code, answer._content = 502, b"<html>"
    with pytest.raises(SmsNotSent, match=r"http\.502"):
        check_answer(answer)
