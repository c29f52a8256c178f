"""Where a request came from, and by which scheme: the one reader of what proxies write about it.

Only a proxy named in `settings.TRUSTED_PROXIES` (addresses and networks) is believed, and of what came in only the
end that the trusted ones wrote themselves: a stranger may put anything in front of it.
"""

from collections.abc import MutableMapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings

FOR, PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
# What other servers write, and nothing here reads: no library may come to believe it.
UNREAD = ("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
# No chain of proxies is longer, nor any address; what is longer is somebody's play.
MOST_HOPS, MOST_CHARACTERS = 20, 64

Address = IPv4Address | IPv6Address


def parsed(text: str) -> Address | None:
    """The address in `203.0.113.7`, `203.0.113.7:5000`, `[2001:db8::1]:5000`, `::ffff:203.0.113.7` or `fe80::1%eth0`."""
    text = text.strip().strip('"')
    return _parsed(text) if len(text) <= MOST_CHARACTERS else None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Address | None:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


@lru_cache(maxsize=8)
def _networks(trusted: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(ip_network(one, strict=False) for one in trusted)


def is_trusted(address: Address | None) -> bool:
    """Whether this is one of our own proxies."""
    named = getattr(settings, "TRUSTED_PROXIES", ())
    return bool(named) and address is not None and any(address in one for one in _networks(tuple(named)))


def _chain(meta: MutableMapping[str, Any]) -> list[Address]:
    """Who handed it on, the nearest first: from our peer through as many proxies as are trusted to the asker."""
    found = parsed(meta.get("REMOTE_ADDR", ""))
    if found is None:
        return []
    chain = [found]
    hops = meta.get(FOR, "").rsplit(",", MOST_HOPS) if FOR in meta else []
    while hops and is_trusted(chain[-1]):
        before = parsed(hops.pop())
        if before is None:  # what our proxy could not name is not read over
            break
        chain.append(before)
    return chain


def address_in(meta: MutableMapping[str, Any]) -> str:
    """The asker's place, as limits count it: an IPv4 address, or the /64 that one subscriber of IPv6 has to herself."""
    chain = _chain(meta)
    return place_of(chain[-1]) if chain else ""


@lru_cache(maxsize=4096)
def place_of(address: Address) -> str:
    """An address as limits count it."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)


def settle(meta: MutableMapping[str, Any]) -> None:
    """Leave in a request only what may be believed of how it came: a scheme by a trusted proxy, as one word."""
    for name in UNREAD:
        meta.pop(name, None)
    if PROTO not in meta:
        return
    chain = _chain(meta)
    if not is_trusted(chain[0] if chain else None):
        del meta[PROTO]
        return
    # Each proxy adds a word: that of the outermost trusted one tells how the asker herself came.
    words = [word.strip().lower() for word in meta[PROTO].rsplit(",", MOST_HOPS)]
    meta[PROTO] = words[-min(max(1, len(chain) - 1), len(words))]
