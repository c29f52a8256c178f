"""Where a person is signed in: noted at each sign-in and once a day after it, and told to herself alone.

The note hangs on the session by its key, which `shop/sessions.py` follows when the key changes; a session that is gone has
none. Reading a page asks for nothing more: the session comes with the day on which it was last seen.
"""

import re
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import connections, router
from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils import timezone

from accounts import devices
from accounts.models import OpenSession, Person
from accounts.models.open_session import LASTS
from accounts.reads import hashed

Browser, System = OpenSession.Browser, OpenSession.System
MOST = 20  # that a page tells; whoever has more ends them all
# What a browser says of itself, the narrower before the wider: each of the first ones says that it is Chrome or Safari too.
_BROWSERS = (
    (Browser.WECHAT, "MicroMessenger"),
    (Browser.ALIPAY, "AlipayClient"),
    (Browser.DINGTALK, "DingTalk"),
    (Browser.QQ, "MQQBrowser|QQBrowser| QQ/"),
    (Browser.HUAWEI, "HuaweiBrowser"),
    (Browser.XIAOMI, "MiuiBrowser"),
    (Browser.UC, "UCBrowser|UBrowser"),
    (Browser.SAMSUNG, "SamsungBrowser"),
    (Browser.EDGE, "Edg/|EdgA/|EdgiOS/|Edge/"),
    (Browser.OPERA, "OPR/|OPT/"),
    (Browser.FIREFOX, "Firefox/|FxiOS/"),
    (Browser.CHROME, "Chrome/|CriOS/"),
    (Browser.SAFARI, "Safari/"),
)
_SYSTEMS = (
    (System.IPHONE, "iPhone|iPod"),
    (System.IPAD, "iPad"),
    (System.HARMONY, "HarmonyOS|OpenHarmony"),
    (System.ANDROID, "Android"),
    (System.WINDOWS, "Windows NT"),
    (System.MAC, "Macintosh"),
    (System.LINUX, "Linux|CrOS|X11"),
)
# The session's row is held while the note is hung on it; one that has just ended gets none.
_SEEN = """
    INSERT INTO accounts_opensession AS o
        (uid, person_id, session_id, lock, browser, system, device, first_seen_on, last_seen_on)
    SELECT gen_random_uuid(), %(person)s, s.session_key, %(lock)s, %(browser)s, %(system)s, %(device)s, %(day)s, %(day)s
    FROM django_session s WHERE s.session_key = %(key)s FOR KEY SHARE
    ON CONFLICT (session_id) DO UPDATE SET lock = EXCLUDED.lock, browser = EXCLUDED.browser,
        system = EXCLUDED.system, device = EXCLUDED.device, last_seen_on = EXCLUDED.last_seen_on,
        first_seen_on = CASE WHEN %(anew)s THEN EXCLUDED.first_seen_on ELSE o.first_seen_on END
"""


def named(agent: str) -> tuple[str, str]:
    """Browser and system, by the `User-Agent` that a browser sends; OTHER for what we do not know."""
    agent = agent[:1000]

    def first(kinds: Any, other: str) -> str:
        return next((kind for kind, words in kinds if re.search(words, agent)), other)

    return first(_BROWSERS, Browser.OTHER), first(_SYSTEMS, System.OTHER)


def seen(request: Any, person: Person, *, anew: bool = False) -> None:
    """Note that she is signed in by this request's session, today: one statement. From the day on which she has signed in
    `anew` it is counted how long it lasts."""
    browser, system = named(request.META.get("HTTP_USER_AGENT", ""))
    today = timezone.localdate()
    with connections[router.db_for_write(OpenSession)].cursor() as cursor:
        cursor.execute(
            _SEEN,
            {
                "person": person.pk,
                "key": request.session.session_key,
                "lock": _fingerprint(person),
                "browser": str(browser),
                "system": str(system),
                "device": device_of(request),
                "day": today,
                "anew": anew,
            },
        )
    request.session.seen_on = today


def seen_today(request: Any, person: Person) -> None:
    """The same, unless it was noted today already."""
    session = request.session
    if session.session_key and getattr(session, "seen_on", None) != timezone.localdate():
        seen(request, person)


def of(person: Person) -> QuerySet[OpenSession]:
    """Those that open her account now, the one seen last first. What a new password or the end of all sessions has shut
    is none."""
    return person.open_sessions.filter(
        lock=_fingerprint(person),
        session__expire_date__gt=timezone.now(),
        first_seen_on__gt=timezone.localdate() - LASTS,
    ).order_by("-last_seen_on", "-id")


def export(person: Person) -> dict[str, Any]:
    """Where she is signed in, in plain values."""
    return {
        "open_sessions": [
            {"name": str(row.name), "first_seen_on": row.first_seen_on, "last_seen_on": row.last_seen_on}
            for row in of(person)
        ]
    }


def device_of(request: Any) -> str:
    """What is kept of the device's name."""
    return devices.digest_of(devices.name_of(request))


def _fingerprint(person: Person) -> str:
    return hashed(person.lock)[:32]


@receiver(user_logged_in)
def _signed_in(sender: Any, request: Any, user: Any, **_: Any) -> None:
    # After the receiver of `devices`, which this module imports first: the device has its name by now.
    if isinstance(user, Person) and hasattr(request, "session"):
        if request.session.session_key is None:
            request.session.save()
        seen(request, user, anew=True)
