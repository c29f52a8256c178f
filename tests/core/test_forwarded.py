"""Where a request came from: what our own proxies wrote is believed, and nothing that a stranger put before it."""

import pytest
from django.http import HttpResponse

from core import forwarded
from core.middleware import RequestMiddleware, address_of

PROXY = "10.0.0.5"
OURS = ["10.0.0.0/8", "2001:db8:ffff::/48"]


def seen(rf, came, peer=PROXY, **more):
    return address_of(rf.get("/", HTTP_X_FORWARDED_FOR=came, REMOTE_ADDR=peer, **more))


@pytest.mark.parametrize(
    ("came", "found"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", "203.0.113.7"),  # the first is the stranger's own word
        ("1.1.1.1,203.0.113.7", "203.0.113.7"),  # two headers, as the server joins them
        ("203.0.113.7:41000", "203.0.113.7"),
        ("203.0.113.7, 10.1.2.3", "203.0.113.7"),  # two of our proxies, one behind the other
        ("203.0.113.7, 10.1.2.3:80, [2001:db8:ffff::1]:443", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:9", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:bbbb::2]:5000", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::3%eth0", "2001:db8:1:2::/64"),
        ("", PROXY),
        ("unknown", PROXY),
        ("1.1.1.1, _hidden", PROXY),  # what our proxy could not name is not read over
        ("1.1.1.1, " + "9" * 5_000, PROXY),
        (" , ,", PROXY),
    ],
)
def test_the_asker_is_whom_our_own_proxy_saw(rf, settings, came, found):
    settings.TRUSTED_PROXIES = OURS
    assert seen(rf, came) == found


def test_nobody_else_is_believed(rf, settings):
    settings.TRUSTED_PROXIES = OURS
    assert seen(rf, "1.1.1.1", peer="203.0.113.9") == "203.0.113.9"
    assert seen(rf, "1.1.1.1", peer="203.0.113.9:5555") == "203.0.113.9"
    settings.TRUSTED_PROXIES = []
    assert seen(rf, "1.1.1.1") == PROXY


def test_one_subscriber_of_ipv6_is_one_whichever_of_her_addresses_she_uses(rf, settings):
    settings.TRUSTED_PROXIES = []
    assert {seen(rf, "", peer=f"2001:db8:7:1::{n:x}") for n in range(1, 300)} == {"2001:db8:7:1::/64"}
    assert seen(rf, "", peer="2001:db8:7:2::1") == "2001:db8:7:2::/64"


@pytest.mark.parametrize(
    ("peer", "came", "proto", "secure"),
    [
        (PROXY, "203.0.113.7", "https", True),
        (PROXY, "203.0.113.7", "http", False),
        (PROXY, "203.0.113.7", "https, http", False),  # the first word is the stranger's
        (PROXY, "203.0.113.7, 10.1.1.1", "https, http", True),  # the outer one of two ended the TLS
        ("203.0.113.7", "", "https", False),
        ("203.0.113.7", "10.0.0.5", "https", False),
    ],
)
def test_the_scheme_is_the_one_that_our_outermost_proxy_saw(rf, settings, peer, came, proto, secure):
    settings.TRUSTED_PROXIES = OURS
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=came, HTTP_X_FORWARDED_PROTO=proto)
    RequestMiddleware(lambda request: HttpResponse())(request)
    assert request.is_secure() is secure


def test_what_nothing_here_reads_is_not_even_there():
    meta = dict.fromkeys(forwarded.UNREAD, "evil.example") | {"REMOTE_ADDR": "1.2.3.4"}
    forwarded.settle(meta)
    assert set(meta) == {"REMOTE_ADDR"}


def test_a_proxy_is_an_address_or_a_network(monkeypatch):
    from shop import env

    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.1, 172.16.0.0/12,fd00::/8")
    assert env.networks("TRUSTED_PROXIES") == ["10.0.0.1", "172.16.0.0/12", "fd00::/8"]
    monkeypatch.setenv("TRUSTED_PROXIES", "nginx")
    with pytest.raises(SystemExit, match="nginx"):
        env.networks("TRUSTED_PROXIES")
