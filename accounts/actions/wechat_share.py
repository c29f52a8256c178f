"""A page of ours is signed for WeChat's JS port, so that inside WeChat it can be shared as a card."""

import hashlib
import logging
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.views.decorators.debug import sensitive_variables
from redis import RedisError

from accounts import seals
from accounts.security_log import security
from accounts.wechat import Away, NoKeys, Where, wechat
from core.refusals import Refusal

log = logging.getLogger("sheaf.accounts.wechat")
SEAL = "wechat-ticket"
LONGEST = timedelta(hours=2)
# So long before its end a ticket is used no more: what was signed by it is looked at by WeChat a moment later.
EARLY_SECONDS = 300
# Only one asks WeChat for a ticket, and where that came to nothing nobody does for so long.
AGAIN_SECONDS = 60


@dataclass(frozen=True)
class Signed:
    """What WeChat's JS port is told with a page, each part as it went into the signature."""

    app_id: str
    timestamp: int
    nonce: str
    signature: str


def is_offered() -> bool:
    """Whether WeChat knows the shop inside its browser."""
    return wechat().works(Where.INSIDE)


@sensitive_variables()
def sign(page: str) -> Signed | None:
    """For the page of this address, without its fragment; None while there is no ticket: a bare link is shared then."""
    try:
        ticket = _ticket()
    except RedisError as failure:
        log.warning("no page is signed for WeChat: %s", type(failure).__name__)
        return None
    if ticket is None:
        return None
    timestamp, nonce = int(time.time()), secrets.token_hex(16)
    return Signed(
        wechat().app_id(Where.INSIDE), timestamp, nonce, signature_of(ticket, nonce, timestamp, page)
    )


@sensitive_variables()
def signature_of(ticket: str, nonce: str, timestamp: int, page: str) -> str:
    """As WeChat documents it: names in small letters, in the order of the alphabet, values as they are."""
    facts = {"jsapi_ticket": ticket, "noncestr": nonce, "timestamp": timestamp, "url": page}
    return hashlib.sha1("&".join(f"{name}={value}" for name, value in facts.items()).encode()).hexdigest()


@sensitive_variables()
def _ticket() -> str | None:
    """The one that all processes share until it runs out: WeChat gives so many a day. Sealed, since a cache has files too."""
    key = f"{SEAL}:{wechat().app_id(Where.INSIDE)}"
    if (kept := _opened(cache.get(key))) or not cache.add(f"{key}:asked", 1, AGAIN_SECONDS):
        return kept
    try:
        ticket = wechat().share_ticket()
    except NoKeys:
        security.warning(
            "WeChat gives the shop no ticket for its pages: see its keys and its list of addresses"
        )
        return None
    except Away:
        return None
    if ticket.seconds > EARLY_SECONDS:
        seconds = min(ticket.seconds, int(LONGEST.total_seconds())) - EARLY_SECONDS
        cache.set(key, seals.seal(SEAL, ticket=ticket.value), seconds)
    return ticket.value


def _opened(sealed: str | None) -> str | None:
    try:
        return seals.opened(SEAL, sealed, LONGEST)["ticket"] if sealed else None
    except Refusal:  # sealed by a key that is no more
        return None
