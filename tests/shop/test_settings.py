"""What is set by environment variables: read as README tells it, and handed on to each container."""

import os
import re
import subprocess
import sys

import pytest
from django.test import RequestFactory

from accounts import devices, seals
from accounts.models import Person
from core import opaque
from local.machine import ROOT
from orders.links import token_for, uid_of_token
from orders.models import Order
from scripts.check import settings_read
from shop.web import once
from tests.figures import FULL

COMPOSE = (ROOT / "docker-compose.yml").read_text()
# Of one machine alone: made by `make run`, by the image or by a test.
NOT_ON_SERVERS = {"PORT", "HOST", "DEMO", "DATA_DIR", "STATIC_ROOT", "DEBUG", "FAILPOINT", "STRIPE_API_BASE"}
NOT_ON_SERVERS |= {"DATABASE_AS_OWNER", "POSTGRES_BIN", "WECHAT_BASE"}
# One address for broker and cache: there each has its own.
NOT_ON_SERVERS |= {"REDIS_URL"}
OLD, NEW = "the key of last year, long enough", "the key of this year, long enough"


def told(code: str, **env: str) -> str:
    """What a new process prints that starts with this environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**kept, "SECRET_KEY": "x", "DJANGO_SETTINGS_MODULE": "shop.settings", **env},
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    return done.stdout.strip()


def test_each_setting_of_a_server_is_handed_on_by_compose():
    handed = set(re.findall(r"^ +([A-Z][A-Z_0-9]+): ", COMPOSE, re.MULTILINE))
    assert settings_read() - NOT_ON_SERVERS - handed == set()
    assert settings_read() >= NOT_ON_SERVERS


def test_what_compose_hands_on_empty_is_as_if_it_were_not_set():
    show = (
        "import shop.wsgi, os; from django.conf import settings as s; o = s.DATABASES['default']['OPTIONS'];"
    )
    show += "print(o['pool']['max_size'], 'statement_timeout=5000' in o['options'], s.SECRET_KEY_FALLBACKS)"
    assert told(show, DATABASE_POOL="", STATEMENT_TIMEOUT_MS="") == "4 True []"
    if FULL:  # another process that reads all of the shop
        assert told(show, DATABASE_POOL="7").startswith("7 True")


def test_a_web_process_that_has_started_leaves_all_of_its_pool_to_those_who_ask(live_shop):
    show = "import shop.wsgi; from django.db import connection; made = connection.pool.get_stats();"
    show += "print(made['pool_size'], made['pool_available'], connection.connection)"
    size, available, kept = told(show, **live_shop.env).split()
    assert size == available >= "1" and kept == "None"


def test_older_keys_are_read_from_the_environment():
    show = "from django.conf import settings as s; print(s.SECRET_KEY, s.SECRET_KEY_FALLBACKS)"
    assert told(show, SECRET_KEY="new", SECRET_KEY_FALLBACKS="old, older") == "new ['old', 'older']"


@pytest.mark.django_db
def test_a_new_key_with_the_old_one_behind_it_breaks_no_link_session_or_device(settings):
    """Rotating the key is no reason for anybody to sign in again, or for a guest to lose her order."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    person = Person.objects.create_user("mei@example.com", "a long password")
    order = Order(person=None)
    order.placed_at = person.joined_at
    made = token_for(order), seals.seal("p", a="b"), opaque.encode(["a list"], [7]), once.sealed("a form")
    request = RequestFactory().get("/")
    devices.prove(request, person)
    request.COOKIES[settings.DEVICE_COOKIE_NAME] = request.device_cookie
    hash_before = person.get_session_auth_hash()

    def all_hold() -> list[bool]:
        return [
            uid_of_token(made[0]) == order.uid,
            _opens(made[1]),
            opaque.decode(["a list"], made[2]) == [7],
            once.opened(made[3]) == "a form",
            devices.proved(request, person.email) != "",
            hash_before in (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()),
        ]

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert all_hold() == [True] * 6
    settings.SECRET_KEY_FALLBACKS = []
    assert all_hold() == [False] * 6


def _opens(sealed: str) -> bool:
    try:
        return seals.opened_for_ever("p", sealed) == {"a": "b"}
    except seals.Invalid:
        return False


def test_the_broker_may_be_another_server_than_the_cache():
    show = "from django.conf import settings as s; from shop.pulse import broker; "
    show += "print(s.CELERY_BROKER_URL, broker().connection_pool.connection_kwargs['host'], s.CACHES['default']['LOCATION'])"
    assert told(show, REDIS_URL="redis://one:6379/0") == "redis://one:6379/0 one redis://one:6379/1"
    apart = told(show, REDIS_URL="redis://one:6379/0", BROKER_URL="redis://two:6379/3")
    assert apart == "redis://two:6379/3 two redis://one:6379/1"
    assert told(show, REDIS_URL="redis://one:6379/0", BROKER_URL="") == told(
        show, REDIS_URL="redis://one:6379/0"
    )
