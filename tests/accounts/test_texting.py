"""The houses that carry texts: what each is handed, what it says no to, and that nothing is sent too early."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, quote

import pytest
from django.db import transaction

from accounts import texting
from accounts.texting.aliyun import Aliyun
from accounts.texting.files import Files

KEY, SECRET, NUMBER = "testid", "testsecret", "+8617112345678"
TEMPLATES = (("code.zh", "SMS_1"), ("code.en", "SMS_2"))
FACTS = {"code": "123456", "minutes": "5"}


class House(BaseHTTPRequestHandler):
    """Takes what is signed as the house's page on signatures tells, said here once more in other words."""

    answer = (200, {"Code": "OK", "Message": "OK", "RequestId": "r", "BizId": "b"})
    got: list = []

    def do_POST(self):
        sent = dict(
            parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True)
        )
        signed = sent.pop("Signature")
        line = "&".join(quote(k, "~") + "=" + quote(sent[k], "~") for k in sorted(sent))
        proof = hmac.new((SECRET + "&").encode(), ("POST&%2F&" + quote(line, "~")).encode(), hashlib.sha1)
        House.got.append((self.path, sent))
        is_good = base64.b64encode(proof.digest()).decode() == signed
        status, body = House.answer if is_good else (400, {"Code": "SignatureDoesNotMatch"})
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def house(monkeypatch):
    monkeypatch.setattr(House, "got", [])
    server = HTTPServer(("127.0.0.1", 0), House)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_house_is_handed_number_signature_template_and_facts_and_nothing_stands_in_the_address(house):
    Aliyun(KEY, SECRET, "禾束 & 好", TEMPLATES, base=house).send(NUMBER, "code", "en", FACTS)
    ((path, sent),) = House.got
    assert path == "/"
    assert (sent["PhoneNumbers"], sent["SignName"], sent["TemplateCode"]) == (
        "17112345678",
        "禾束 & 好",
        "SMS_2",
    )
    assert json.loads(sent["TemplateParam"]) == FACTS
    assert (sent["Action"], sent["Version"], SECRET in str(sent)) == ("SendSms", "2017-05-25", False)


def test_abroad_the_number_has_its_country_and_a_missing_language_is_sent_in_chinese(house):
    Aliyun(KEY, SECRET, "禾束", TEMPLATES[:1], base=house).send("+85251234567", "code", "en", FACTS)
    assert House.got[0][1]["PhoneNumbers"] == "85251234567" and House.got[0][1]["TemplateCode"] == "SMS_1"


@pytest.mark.parametrize(
    ("key", "answer", "why"),
    [
        (
            SECRET,
            (200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": NUMBER}),
            "200 isv.BUSINESS_LIMIT_CONTROL",
        ),
        ("another", House.answer, "400 SignatureDoesNotMatch"),
        (SECRET, (503, {}), "503"),
    ],
)
def test_a_no_under_any_status_is_told_by_its_code_alone(house, monkeypatch, key, answer, why):
    monkeypatch.setattr(House, "answer", answer)
    with pytest.raises(texting.NotSent) as told:
        Aliyun(KEY, key, "禾束", TEMPLATES, base=house).send(NUMBER, "code", "zh", FACTS)
    assert why in str(told.value) and NUMBER not in str(told.value) and "123456" not in str(told.value)


def test_a_template_that_the_house_was_not_told_is_not_sent(house):
    with pytest.raises(texting.NotSent):
        Aliyun(KEY, SECRET, "禾束", (), base=house).send(NUMBER, "code", "zh", FACTS)
    assert House.got == []


def test_the_stand_in_writes_what_she_would_read(tmp_path):
    Files(str(tmp_path / "sms")).send(NUMBER, "code", "zh", FACTS)
    (file,) = (tmp_path / "sms").iterdir()
    assert file.read_text().startswith(f"To: {NUMBER}\n\n验证码 123456，5 分钟内有效")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_while_a_transaction_is_open():
    with pytest.raises(RuntimeError), transaction.atomic():
        texting.send(NUMBER, "code", "zh", FACTS)
