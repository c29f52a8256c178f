"""Orders that stand unpaid a while: their buyer is told once until when they wait for her."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Person
from core.outbox import record
from orders.actions import payment as payments
from orders.events import OrderLeftUnpaid
from orders.models import Order, Payment
from orders.provider.port import Away

AFTER = timedelta(minutes=5)
# Whoever types a stranger's address again and again brings her one letter in so long.
AN_UNPROVED_MAILBOX = timedelta(days=1)
# Of this little time left nobody is told: the letter would come too late.
AT_LEAST = timedelta(minutes=1)
_ONE_AT_A_TIME = 0x6C656674
MOST = 200


@transaction.atomic
def note() -> int:
    """Write down which orders have stood unpaid for five minutes and whose buyers may be told; how many they are."""
    if not _is_alone():
        return 0
    now = timezone.now()
    due = list(_due(now).order_by("pk").select_for_update(of=("self",), skip_locked=True, no_key=True)[:MOST])
    mailboxes = {order.email for order in due}
    proved, written_to = _proved(mailboxes), _had_one(mailboxes, now)
    noted = []
    for order in due:
        if order.email in proved or order.email not in written_to:
            written_to.add(order.email)
            noted.append(order.pk)
    Order.objects.filter(pk__in=noted).update(left_unpaid_at=now)
    record(*[OrderLeftUnpaid(order_id=pk) for pk in noted])
    return len(noted)


def _is_alone() -> bool:
    """Whether nobody else notes at this moment: two at once would each find that a mailbox has had no letter yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        return bool(cursor.fetchone()[0])


def _due(now: datetime) -> QuerySet[Order]:
    under_way = Payment.objects.filter(order=OuterRef("pk"), state=Payment.State.PROCESSING)
    waits = Q(placed_at__lte=now - AFTER, reserved_until__gt=now + AT_LEAST, left_unpaid_at=None)
    return Order.objects.filter(waits, ~Exists(under_way), state=Order.State.PLACED).exclude(email="")


def _proved(mailboxes: set[str]) -> set[str]:
    """Those of which somebody has shown that she reads them. Orders keep a mailbox as accounts are found by it."""
    of_people = Person.objects.filter(email__in=mailboxes, email_verified_at__isnull=False)
    of_guests = Order.objects.filter(email__in=mailboxes, buyer_proved_at__isnull=False)
    proved: set[str] = set(of_guests.values_list("email", flat=True))
    return proved.union(person.email or "" for person in of_people.only("email"))


def _had_one(mailboxes: set[str], now: datetime) -> set[str]:
    """Those that had such a letter within a day."""
    told = Order.objects.filter(email__in=mailboxes, left_unpaid_at__gt=now - AN_UNPROVED_MAILBOX)
    return set(told.values_list("email", flat=True))


def still_waits(order: Order) -> bool:
    """Whether it still waits for its payment, by the provider's own word: a notice may be on its way. Of a provider
    that cannot be asked nothing is known, and nobody is told to pay twice."""
    try:
        for payment in order.payments.filter(state__in=Payment.UNDER_WAY):
            payments.refresh(payment)
    except Away:
        return False
    order.refresh_from_db()
    waits = order.state == Order.State.PLACED and order.reserved_until > timezone.now()
    return waits and not order.payments.filter(state=Payment.State.PROCESSING).exists()
