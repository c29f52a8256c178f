"""Where a paid parcel goes, changed by whoever bought it, until it is packed.

It costs and is served as before, or she calls it off and buys again. Who has signed in just now is known; anybody else, a
guest with her link among them, shows that she reads the order's mailbox, or its number: by a code that is good for this parcel, this
address and a quarter of an hour.
"""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.actions import address as addresses
from accounts.actions import audit, text_code
from core import rates, texts
from core.language import say
from core.outbox import record
from core.refusals import Invalid, TooLate
from orders import by_text
from orders.actions.order import lock
from orders.events import AddressChanged, AddressCodeRequested
from orders.models import Line, Order, Parcel, Shipment
from orders.reads import closure, shipping
from orders.reads.shipment import is_changeable
from orders.refusals import CodeRequired

GOOD_FOR = 15 * 60
MOST_LETTERS, MOST_TRIES, A_WHILE = 3, 5, 3600
PACKED = say(
    "包裹已经打包或发出，地址不能再改。",
    "It is packed or sent: its address stays as it is.",
)
COSTS_OTHERWISE = say(
    "寄到那里的运费不同，不能直接改。请取消后重新下单。",
    "Sending it there costs another sum. Please call it off and buy again.",
)
NOT_SERVED = say(
    "那里不送这件商品。请取消后重新下单，或换一个地址。",
    "It is not delivered there. Choose another address, or call it off and buy again.",
)


def change(shipment: Shipment, by: Any, *, is_known: bool, code: str = "", **where: str) -> Shipment:
    """Send it there instead. Raises CodeRequired once a code is on its way to the order's mailbox, unless it is known by
    whom this is asked; TooLate once it is packed; Invalid where it costs or is served otherwise."""
    plain = addresses.validated(**where)
    _check(shipment, plain["region"].pk)
    if not is_known:
        _demand_code(shipment, plain, code)
    with transaction.atomic():
        lock([shipment.order])
        row = Shipment.objects.select_related("order", "parcel").get(pk=shipment.pk)
        _check(row, plain["region"].pk)
        for name, value in {**plain, "changed_at": timezone.now()}.items():
            setattr(row.parcel, name, value)
        row.parcel.save(update_fields=[*plain, "changed_at"])
        audit.record(by, "change_address", "Shipment", row.uid)
        record(AddressChanged(shipment_id=row.pk))
    return row


def _check(shipment: Shipment, region: str) -> None:
    if not is_changeable(shipment):
        raise TooLate(PACKED)
    if region == shipment.parcel.region_id:
        return
    grams: dict[tuple[int, str], int] = {}
    for line in Line.objects.filter(shipment=shipment).select_related("variant__product"):
        key = (line.team_id, line.variant.product.storage)
        grams[key] = grams.get(key, 0) + line.quantity * line.variant.weight_grams
        if found := closure.over(region, line.variant.product.storage):
            raise found.refusal("region")
    there, here = shipping.parcels(grams, region), shipping.parcels(grams, shipment.parcel.region_id)
    if not all(one.is_served for one in there):
        raise Invalid(NOT_SERVED, field="region")
    if sum(one.minor for one in there) != sum(one.minor for one in here):
        raise Invalid(COSTS_OTHERWISE, field="region")


# --- The code ---------------------------------------------------------------------------------------


def _demand_code(shipment: Shipment, where: dict[str, Any], code: str) -> None:
    digest = _digest(where)
    if not code:
        rates.demand("address code", str(shipment.uid), MOST_LETTERS, A_WHILE)
        if number := by_text.texted_number(shipment.order):
            text_code.count(number, "code")
        with transaction.atomic():
            record(AddressCodeRequested(shipment_id=shipment.pk, digest=digest))
        raise CodeRequired()
    rates.demand("address code tried", str(shipment.uid), MOST_TRIES, A_WHILE)
    now = _window()
    if not any(
        constant_time_compare(texts.code(code), code_of(shipment, digest, at)) for at in (now, now - 1)
    ):
        words = say(
            "验证码不对或已过期。改过地址后要用新的验证码：清空这一栏再提交，就会寄出。",
            "The code is wrong or too old. An address that was changed since needs a new one: empty this field and send "
            "the form, and it is on its way.",
        )
        raise Invalid(words, field="code")


def code_of(shipment: Shipment, digest: str, window: int | None = None) -> str:
    """The six digits that stand for this parcel and address, in this quarter of an hour; kept nowhere."""
    facts = f"{shipment.uid}|{digest}|{_window() if window is None else window}"
    signed = salted_hmac("sheaf.orders.address_change", facts, secret=settings.SECRET_KEY, algorithm="sha256")
    return f"{int.from_bytes(signed.digest()[:8], 'big') % 1_000_000:06d}"


def _window() -> int:
    return int(timezone.now().timestamp()) // GOOD_FOR


def _digest(where: dict[str, Any]) -> str:
    told = "\n".join(str(getattr(value, "pk", value)) for _, value in sorted(where.items()))
    return sha256(told.encode()).hexdigest()


def pack(shipment: Shipment, by: Any, is_packed: bool) -> Shipment:
    """Its team has packed it, or unpacked it again; from then on its address stays as it is, or may be changed again."""
    with transaction.atomic():
        lock([shipment.order])
        row = Shipment.objects.select_related("order", "parcel").get(pk=shipment.pk)
        if row.state != Shipment.State.WAITING or row.order.state not in Order.WITH_TEAMS:
            raise TooLate(PACKED)
        Parcel.objects.filter(pk=row.parcel_id).update(packed_at=timezone.now() if is_packed else None)
        audit.record(by, "pack" if is_packed else "unpack", "Shipment", row.uid)
        row.parcel.refresh_from_db(fields=["packed_at"])
    return row
