"""Receivers are called: several at once and few at one, in order of each noun, with growing pauses, until a day is over.

A message is leased while it is called, so that whoever dies with it leaves it to the next: at least once. Whoever is slow or
dead is called less (`_room`), and holds up nobody but herself. Nothing is called while a transaction is open.
"""

import base64
import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, connections, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from core import outward
from core.outbox import record
from orders.actions.webhook import secrets_of
from orders.actions.webhook_note import give_up
from orders.events_of_webhooks import MessagesGivenUp
from orders.models import Webhook, WebhookMessage
from orders.models.webhook import FAILURES

log = logging.getLogger("sheaf.webhooks")
State = WebhookMessage.State

AT_ONCE = 24
# At one receiver; one at a time where it has failed, or takes long.
AT_ONE, SLOW_MS = 4, 2_000
# Longer than a call takes at most: what a killed worker held is called again then.
LEASE = timedelta(seconds=60)
# The n-th failure of a message waits so long; the last figure is used for all further ones.
PAUSES = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400)
GIVEN_UP_AFTER = timedelta(days=1)
# After FAILURES in a row a receiver is left alone: a minute, then twice as long each time, at most this.
LONGEST_REST = 1_800
KEPT = timedelta(days=30)
_SOME = 500
_CALLERS = 0x5EA6CA11  # the advisory lock of whoever calls


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """As Standard Webhooks has it: HMAC-SHA256 of `id.timestamp.body`, the key being what follows `whsec_`, in base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


@dataclass(frozen=True)
class Call:
    """A message that is ours until its lease ends, with all that it takes to send it."""

    message_id: int
    webhook_id: int
    tries: int
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Called:
    """What came of a call, and how long it took."""

    answer: outward.Answer
    ms: int

    @property
    def is_accepted(self) -> bool:
        """By any 2xx; a redirect is followed nowhere, and so is none."""
        return self.answer.status is not None and 200 <= self.answer.status < 300


_thread: threading.Thread | None = None
_starting = threading.Lock()


def start() -> bool:
    """Have them called beside this worker's tasks, which a slow receiver must not hold up; False where that is under way."""
    global _thread
    with _starting:
        if _thread is not None and _thread.is_alive():
            return False
        _thread = threading.Thread(target=_apart, name="webhooks", daemon=True)
        _thread.start()
        return True


def _apart() -> None:
    try:
        call_all()
    except Exception:
        log.exception("receivers could not be called")
    finally:
        connections.close_all()


def call_all() -> int:
    """Call whoever is due until nobody is, one worker at a time; how many calls were made."""
    ours = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    assert not ours, "receivers were called inside a transaction"
    made = 0
    with _alone() as is_mine:
        if not is_mine:
            return 0
        _give_up_old()
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
            flying: dict[Future[Called], Call] = {}
            while True:
                for call in _claim(AT_ONCE - len(flying)):
                    flying[pool.submit(_call, call)] = call
                if not flying:
                    return made
                # The others' turn comes while one that takes long is waited for.
                done, _ = wait(flying, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    _settle(flying.pop(future), future.result())
                    made += 1


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else calls: held by the connection, so that a worker who dies lets go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_CALLERS])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_CALLERS])


@transaction.atomic
def _claim(free: int) -> list[Call]:
    """What is due at receivers that are not left alone, of those first that were called longest ago: of each noun the
    oldest message alone."""
    if free <= 0:
        return []
    now = timezone.now()
    due = WebhookMessage.objects.filter(webhook=OuterRef("pk"), state=State.WAITING, due_at__lte=now)
    hooks = (
        Webhook.objects.filter(Exists(due), ended_at=None)
        .exclude(rests_until__gt=now)
        .order_by(F("called_at").asc(nulls_first=True), "pk")
        .select_for_update(no_key=True, skip_locked=True)[:free]
    )
    calls: list[Call] = []
    for hook in hooks:
        if room := min(_room(hook, now), free - len(calls)):
            calls += [_leased(hook, message, now) for message in _heads(hook, now)[:room]]
    Webhook.objects.filter(pk__in={call.webhook_id for call in calls}).update(called_at=now)
    return calls


def _room(hook: Webhook, now: datetime) -> int:
    at_once = 1 if hook.failures or hook.is_slow else AT_ONE
    flying = WebhookMessage.objects.filter(webhook=hook, state=State.WAITING, leased_until__gt=now).count()
    return max(at_once - flying, 0)


def _heads(hook: Webhook, now: datetime) -> QuerySet[WebhookMessage]:
    """The oldest message of each noun, where it is due: one that was leased is due when its lease ends."""
    waiting = WebhookMessage.objects.filter(webhook=hook, state=State.WAITING)
    before = WebhookMessage.objects.filter(
        webhook=hook, state=State.WAITING, noun=OuterRef("noun"), pk__lt=OuterRef("pk")
    )
    due = waiting.filter(~Exists(before), due_at__lte=now).order_by("due_at", "pk")
    return due.select_for_update(skip_locked=True)


def _leased(hook: Webhook, message: WebhookMessage, now: datetime) -> Call:
    message.tries += 1
    until = now + LEASE
    WebhookMessage.objects.filter(pk=message.pk).update(tries=message.tries, leased_until=until, due_at=until)
    name, at, body = f"msg_{message.uid.hex}", int(now.timestamp()), message.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Sheaf-Webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signature(secret, name, at, body) for secret in secrets_of(hook)),
    }
    return Call(message.pk, hook.pk, message.tries, hook.url, headers, body)


def _call(call: Call) -> Called:
    began = time.monotonic()
    answer = outward.post(call.url, call.headers, call.body)
    return Called(answer, int((time.monotonic() - began) * 1000))


@transaction.atomic
def _settle(call: Call, called: Called) -> None:
    """Write down what came of it, unless its lease has ended and somebody else has it now."""
    now = timezone.now()
    hook = Webhook.objects.select_for_update(no_key=True).get(pk=call.webhook_id)
    row = WebhookMessage.objects.filter(pk=call.message_id, tries=call.tries, state=State.WAITING)
    message = row.select_for_update().first()
    if message is None:
        return
    message.called_at, message.took_ms, message.leased_until = now, called.ms, None
    message.status, message.problem = called.answer.status, called.answer.problem or ""
    columns = ["called_at", "took_ms", "leased_until", "status", "problem"]
    if called.is_accepted:
        message.save(update_fields=columns)
        message.move_to(State.DELIVERED, settled_at=now)
        _answers_again(hook, called, now)
    else:
        pause = PAUSES[min(call.tries, len(PAUSES)) - 1]
        message.due_at = now + timedelta(seconds=pause)
        message.save(update_fields=[*columns, "due_at"])
        _failed(hook, called, now)
    log.info(
        "webhook %s: %s after %d ms",
        hook,
        called.answer.status or called.answer.problem,
        called.ms,
    )


def _answers_again(hook: Webhook, called: Called, now: datetime) -> None:
    if hook.rests_until is not None:
        # What has waited for it need not wait for its own pause as well.
        WebhookMessage.objects.filter(
            Q(leased_until=None) | Q(leased_until__lt=now), webhook=hook, state=State.WAITING
        ).update(due_at=now)
    Webhook.objects.filter(pk=hook.pk).update(
        failures=0, failing_since=None, rests_until=None, told_at=None, is_slow=called.ms > SLOW_MS
    )


def _failed(hook: Webhook, called: Called, now: datetime) -> None:
    over = hook.failures + 1 - FAILURES
    rest = min(60 * 2 ** min(over, 10), LONGEST_REST) if over >= 0 else None
    Webhook.objects.filter(pk=hook.pk).update(
        failures=F("failures") + 1,
        failing_since=hook.failing_since or now,
        rests_until=now + timedelta(seconds=rest) if rest else None,
        is_slow=called.ms > SLOW_MS,
    )


def _give_up_old() -> int:
    """What has waited for a day is sent no more, and its owners are told: once, until it answers again."""
    total = 0
    while count := _give_up_some():
        total += count
    return total


@transaction.atomic
def _give_up_some() -> int:
    now = timezone.now()
    old = WebhookMessage.objects.filter(
        Q(leased_until=None) | Q(leased_until__lt=now), state=State.WAITING, begun_at__lt=now - GIVEN_UP_AFTER
    )
    rows = list(old.order_by("pk").select_for_update(skip_locked=True)[:_SOME])
    give_up(rows, now)
    untold = Webhook.objects.filter(pk__in={row.webhook_id for row in rows}, told_at=None, ended_at=None)
    for hook in untold.order_by("pk").select_for_update(no_key=True):
        Webhook.objects.filter(pk=hook.pk).update(told_at=now)
        record(MessagesGivenUp(webhook_id=hook.pk))
    return len(rows)


def forget_old() -> int:
    """What was settled a month ago, and secrets of before that sign no more."""
    now = timezone.now()
    Webhook.objects.filter(former_until__lt=now).update(former_sealed=b"", former_until=None)
    old = WebhookMessage.objects.filter(settled_at__lt=now - KEPT).order_by("settled_at").values("pk")
    gone = 0
    while count := WebhookMessage.objects.filter(
        pk__in=list(old[:_SOME].values_list("pk", flat=True))
    ).delete()[0]:
        gone += count
    return gone
