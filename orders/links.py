"""Links to an order for those without an account: signed, running out, never valid for an account's order."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Person
from accounts.models.person import CODE_LETTERS
from orders.models import Order

LASTS = timedelta(days=180)
_SIGNATURE = 16


def token_for(order: Order) -> str:
    """The capability to read and act on a guest's order; empty for an account's order.

    The same order has the same token for life, so that what we tell the provider twice is told alike.
    """
    if order.person_id is not None:
        return ""
    ends = int((order.placed_at + LASTS).timestamp())
    facts = order.uid.bytes + ends.to_bytes(5, "big")
    return urlsafe_b64encode(facts + _sign(facts, settings.SECRET_KEY)).decode()


def uid_of_token(token: str) -> UUID | None:
    """The uid of the order that a token stands for, while it does."""
    try:
        raw = urlsafe_b64decode(token)
    except ValueError:
        return None
    facts, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    if len(facts) != 21:
        return None
    keys = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    if not any(constant_time_compare(signature, _sign(facts, key)) for key in keys):
        return None
    ends = int.from_bytes(facts[16:], "big")
    return UUID(bytes=facts[:16]) if timezone.now().timestamp() < ends else None


def proof_for(order: Order) -> str:
    """What is sent to a guest's mailbox and nowhere else; whoever ordered gets the token, never this."""
    return urlsafe_b64encode(_proof(order, settings.SECRET_KEY)).rstrip(b"=").decode()


def is_proof(order: Order, text: str) -> bool:
    """Whether this was sent to the mailbox of this very order."""
    keys = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    made = (urlsafe_b64encode(_proof(order, key)).rstrip(b"=") for key in keys)
    return any(constant_time_compare(text.strip(), one) for one in made)


def _proof(order: Order, key: str) -> bytes:
    facts = order.uid.bytes + order.reached_at.strip().lower().encode()
    signed = salted_hmac("sheaf.orders.links.proof", facts, secret=key, algorithm="sha256")
    return signed.digest()[:_SIGNATURE]


def _sign(facts: bytes, key: str) -> bytes:
    return salted_hmac("sheaf.orders.links", facts, secret=key, algorithm="sha256").digest()[:_SIGNATURE]


def key_of(order: Order) -> str:
    """The last part of the link that a text has room for: the number, and of a guest's what opens it and proves hers."""
    number = order.number.replace("-", "")
    return number + ("" if order.person_id is not None else _letters(order, settings.SECRET_KEY))


def opened_by(order: Order, key: str) -> bool:
    """Whether this key was texted to the guest who has placed this order, and is not too old."""
    keys = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    given = key[len(order.number.replace("-", "")) :]
    is_it = any(constant_time_compare(given, _letters(order, one)) for one in keys)
    return is_it and order.person_id is None and timezone.now() < order.placed_at + LASTS


def _letters(order: Order, key: str) -> str:
    """Twelve letters that can be typed: sixty bits."""
    facts = order.uid.bytes + order.reached_at.strip().lower().encode()
    digest = salted_hmac("sheaf.orders.links.text", facts, secret=key, algorithm="sha256").digest()
    return "".join(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in digest[:12])


def page_of(order: Order, **query: str) -> str:
    """The address of an order's page, with what a guest needs to open it; shop/urls.py serves it."""
    token = token_for(order)
    asked = {**({"token": token} if token else {}), **query}
    tail = f"?{urlencode(asked)}" if asked else ""
    return f"{settings.SITE_URL}/{order.language}/order/{order.number}/{tail}"


def harvest_page(order: Order) -> str:
    """Where its buyer chooses what becomes of goods whose harvest is late or short."""
    token = token_for(order)
    tail = f"?{urlencode({'token': token})}" if token else ""
    return f"{settings.SITE_URL}/{order.language}/order/{order.number}/harvest/{tail}"


def claim_page(order: Order, line: str) -> str:
    """The address of what is said about one of its lines."""
    token = token_for(order)
    tail = f"?{urlencode({'token': token})}" if token else ""
    return f"{settings.SITE_URL}/{order.language}/order/{order.number}/claim/{line}/{tail}"


def desk_page(language: str, path: str = "") -> str:
    """A team's desk, or a page of it."""
    return f"{settings.SITE_URL}/{language}/desk/{path}"


def incident_page(language: str, code: str) -> str:
    """Where everybody reads of an incident."""
    return f"{settings.SITE_URL}/{language}/incidents/{code}/"


def claim_photo(language: str, claim: str, more: str = "") -> str:
    """Where a claim's first photo is shown, or one more, on this site; the door asks who is there."""
    return f"/{language}/claims/{claim}/photo{f'-{more}' if more else ''}.webp"


def trial_page(language: str) -> str:
    """Where whoever tried the payments comes back to."""
    return f"{settings.SITE_URL}/{language}/set-up/payments/"


def news_off_page(language: str, key: str) -> str:
    """Where whoever is told of teams' news switches it off, signed in or not."""
    return f"{settings.SITE_URL}/{language}/letters/off/?{urlencode({'key': key})}"


def news_off_door(key: str) -> str:
    """Where a mailbox's own button switches it off by one press (RFC 8058)."""
    return f"{settings.SITE_URL}/letters/off/{key}/"


def off_key(whose: Person | Order) -> str:
    """What stands in a letter of a team's news and switches such letters off, and opens nothing: of an account, or of a
    guest's mailbox by her order. It lasts as long as the letter is kept."""
    facts = (b"p" if isinstance(whose, Person) else b"o") + whose.uid.bytes
    return urlsafe_b64encode(facts + _off(facts, settings.SECRET_KEY)).decode()


def whose_off_key(key: str) -> Person | Order | None:
    """Whose letters it switches off; of an account that has gone into another, of that one."""
    try:
        raw = urlsafe_b64decode(key.strip())
    except ValueError:
        return None
    facts, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    keys = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    if len(facts) != 17 or not any(constant_time_compare(signature, _off(facts, one)) for one in keys):
        return None
    uid = UUID(bytes=facts[1:])
    if facts[:1] == b"o":
        return Order.objects.filter(uid=uid).first()
    person = Person.objects.select_related("merged_into").filter(uid=uid).first()
    return person and (person.merged_into or person)


def _off(facts: bytes, key: str) -> bytes:
    return salted_hmac("sheaf.orders.links.news", facts, secret=key, algorithm="sha256").digest()[:_SIGNATURE]
