"""The shop begins to sell: once, and for good."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.actions.shop import locked, save
from accounts.models import Person, Shop
from accounts.permissions import must
from core.refusals import Refusal
from orders.reads.mode import mode_of_keys
from orders.reads.opening import missing_to_open


class NotReady(Refusal):
    """The shop cannot open yet."""

    code = "NOT_READY"


def open_shop(by: Person | None) -> Shop:
    """Let everybody in; what its payments move is fixed from now on. Raises NotReady with all that is missing; a shop
    that is open stays as it is. `by` is None for the shop itself (a demo), which needs nothing of it."""
    must(by, "accounts.keep_shop")
    with transaction.atomic():
        shop = locked()
        if shop.opened_at:
            return shop
        if by is not None and (missing := missing_to_open(shop)):
            refusals = [NotReady(one.words, field=one.step.value) for one in missing]
            refusals[0].beside = tuple(refusals[1:])
            raise refusals[0]
        now = timezone.now()
        shop.opened_at, shop.set_up_closed_at = now, shop.set_up_closed_at or now
        shop.mode = mode_of_keys()
        shop.link_sha256, shop.link_until = "", None
        save(shop, "opened_at", "set_up_closed_at", "mode", "link_sha256", "link_until")
        audit.record(by, "open_shop", "Shop", shop.pk, mode=shop.mode)
    return shop
