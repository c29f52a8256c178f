"""Alibaba Cloud's Short Message Service, by HTTP alone: SendSms of 2017-05-25.

Followed: https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms (what is sent and answered)
and https://help.aliyun.com/zh/sdk/product-overview/rpc-mechanism (how it is signed: HMAC-SHA1, signature version 1.0).
Tried against a stand-in that checks the signature as that page tells it, never against the real house.

All is sent in a POST's body, so that no number, code or signature stands in an address, where logs would keep it.
"""

import base64
import hashlib
import hmac
import json
import secrets
from urllib.parse import quote, urlencode

import urllib3
from django.utils import timezone

from accounts.texting import NotSent

VERSION = "2017-05-25"
HOME = "+86"


def encoded(text: str) -> str:
    """As the house counts what is encoded: RFC 3986, and nothing else left plain."""
    return quote(text, safe="-_.~")


def signature(parameters: dict[str, str], secret: str) -> str:
    """What proves that whoever has the secret sends these, by POST to the root."""
    canonical = "&".join(f"{encoded(k)}={encoded(v)}" for k, v in sorted(parameters.items()))
    to_sign = f"POST&{encoded('/')}&{encoded(canonical)}"
    made = hmac.digest(f"{secret}&".encode(), to_sign.encode(), hashlib.sha1)
    return base64.b64encode(made).decode()


class Aliyun:
    """`templates` names the house's template of each of ours by `<name>.<language>`; English ones may be missing: then the
    Chinese one goes."""

    def __init__(
        self,
        key: str,
        secret: str,
        sign: str,
        templates: tuple[tuple[str, str], ...],
        base: str = "https://dysmsapi.aliyuncs.com",
    ):
        self.key, self.secret, self.sign, self.base = key, secret, sign, base
        self.templates = dict(templates)
        self.pool = urllib3.PoolManager(timeout=urllib3.Timeout(connect=3, read=8), retries=False)

    def send(self, number: str, template: str, language: str, facts: dict[str, str]) -> None:
        """One request; the house answers OK, or why not, sometimes under HTTP 200."""
        code = self.templates.get(f"{template}.{language}") or self.templates.get(f"{template}.zh")
        if not code:
            raise NotSent(f"no template of the house is named for {template}")
        parameters = {
            "AccessKeyId": self.key,
            "Action": "SendSms",
            "Format": "JSON",
            # At home without the country; abroad with it and without a plus.
            "PhoneNumbers": number.removeprefix(HOME).removeprefix("+"),
            "RegionId": "cn-hangzhou",
            "SignName": self.sign,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": secrets.token_hex(16),
            "SignatureVersion": "1.0",
            "TemplateCode": code,
            "TemplateParam": json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
            "Timestamp": f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}",
            "Version": VERSION,
        }
        parameters["Signature"] = signature(parameters, self.secret)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.pool.request("POST", f"{self.base}/", body=urlencode(parameters), headers=headers)
        try:
            said = json.loads(answer.data).get("Code", "")
        except ValueError:
            said = ""
        if answer.status != 200 or said != "OK":
            # Its own code alone: its message repeats what was sent.
            raise NotSent(f"the house says {answer.status} {said}"[:120])
