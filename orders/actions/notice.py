"""Notices: verified on the raw body, kept once an event, and acted on by what the provider says now."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.db import connection
from django.db.models import F
from django.utils import timezone

from core import failpoints
from orders.actions import dispute, elsewhere, payment
from orders.models import Notice, Payment
from orders.provider import provider, provider_names
from orders.provider.port import Away, Forged, Heard, NoticeKind, Noun, RefundSeen

log = logging.getLogger("sheaf.notices")

# What fails here so often is a fault of ours: it is left to `verify` and an operator.
TRIES = 10
# A notice that came ahead of what it is about is asked about so long, then it was never of ours.
KEPT_FOR = timedelta(days=3)


def receive(source: str, body: bytes, headers: Mapping[str, str]) -> Notice:
    """Keep a true notice of this provider, once, and act on it; raises Forged for any other.

    The row is committed before anything is done: should acting fail, `handle_waiting` does it again.
    """
    heard = provider(source).hear(body, headers)
    found = _found(source, heard)
    _check(heard, found)
    kept = _keep(source, heard, body, _nothing_to_do(heard, found))
    failpoints.reach("notice.kept")
    if kept.handled_at is None:
        _try(kept, heard, found)
        failpoints.reach("notice.handled")
    return kept


def _found(source: str, heard: Heard) -> list[Payment]:
    """Our payments that the notice may be about."""
    if heard.amount_minor is None and not heard.is_of_a_payment:
        return []
    return payment.found_by(source, heard.page_ref, heard.payment_ref, heard.order)


def _check(heard: Heard, found: list[Payment]) -> None:
    """An amount or currency that is not that of our payment was not written for us."""
    if heard.amount_minor is None:
        return
    for row in found:
        if heard.amount_minor != row.amount_minor or heard.currency != "cny":
            raise Forged("amount")


def _nothing_to_do(heard: Heard, found: list[Payment]) -> str:
    """Why a notice is handled as soon as it is kept; empty when something is to be asked."""
    if heard.is_of_a_payment:
        if not found:
            # Made for an order of ours by a way that we did not open, unless it names none.
            return "" if heard.order and heard.payment_ref else Notice.NOT_OURS
        # What has succeeded cannot be changed by any notice: nothing is asked.
        return "known" if all(row.state == Payment.State.SUCCEEDED for row in found) else ""
    return "ignored" if heard.kind is NoticeKind.OTHER else ""


def _keep(source: str, heard: Heard, body: bytes, effect: str) -> Notice:
    """The notice's one row, new or from when it came before."""
    now = timezone.now()
    row = Notice(
        provider=source,
        event_id=heard.event_id,
        kind=heard.word[:60],
        object_id=heard.object_id[:120],
        body=body,
        received_at=now,
        handled_at=now if effect else None,
        effect=effect,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO orders_notice
                   (provider, event_id, kind, object_id, body, received_at, handled_at, effect, tries)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0) ON CONFLICT (event_id, provider) DO NOTHING RETURNING id""",
            [row.provider, row.event_id, row.kind, row.object_id, body, now, row.handled_at, effect],
        )
        if made := cursor.fetchone():
            row.pk = made[0]
            return row
    return Notice.objects.get(event_id=heard.event_id, provider=source)


def _try(notice: Notice, heard: Heard, found: list[Payment] | None = None) -> None:
    row = Notice.objects.filter(pk=notice.pk, handled_at=None)
    try:
        effect = act(notice.provider, heard, found)
    except Away as failure:
        log.warning("notice %s waits: the provider is away (%s)", notice.event_id, failure)
    except Exception:
        log.exception("notice %s waits: it could not be acted on", notice.event_id)
        row.update(tries=F("tries") + 1)
    else:
        # What came ahead of what it is about is kept until that is known.
        waits = effect == Notice.WAITS and notice.received_at > timezone.now() - KEPT_FOR
        row.update(handled_at=None if waits else timezone.now(), effect=effect[:60])


def act(source: str, heard: Heard, found: list[Payment] | None = None) -> str:
    """Ask the provider how the thing stands, and settle that; tells in a word what came of it.

    Never by what the notice says: it may be old by now, and notices come in any order.
    """
    if heard.kind is NoticeKind.DISPUTE_MOVED:
        return dispute.learn(source, heard.object_id)
    if heard.kind is NoticeKind.REFUND_MOVED:
        return elsewhere.learn_refund(source, heard.object_id)
    if heard.kind is NoticeKind.PAYMENT_REFUNDED:
        return _refunds_of(source, heard.payment_ref)
    found = _found(source, heard) if found is None else found
    if effect := _nothing_to_do(heard, found):
        return effect
    if not found:
        known = elsewhere.payment_of(source, heard.payment_ref)
        return known.state if isinstance(known, Payment) else known
    return ", ".join(
        "known" if row.state == Payment.State.SUCCEEDED else payment.refresh(row) for row in found
    )


def _refunds_of(source: str, payment_ref: str) -> str:
    if isinstance(found := elsewhere.payment_of(source, payment_ref), str):
        return found
    made = provider(source).about(Noun.REFUND, payment_ref)
    told = [elsewhere.take_refund(source, seen) for seen in made if isinstance(seen, RefundSeen)]
    return Notice.WAITS if Notice.WAITS in told else ", ".join(told)


def handle_waiting(limit: int = 50) -> int:
    """Act on notices that are kept and not handled yet: theirs was a bad moment."""
    # Whose provider is named no more are left to `verify` and an operator.
    known = [name for name, _ in provider_names()]
    waiting = Notice.objects.filter(provider__in=known, handled_at=None, tries__lt=TRIES)
    waiting = waiting.order_by("received_at")
    # Those that came ahead of their time are asked about beside the others, never before them.
    rows = [*waiting.exclude(effect=Notice.WAITS)[:limit]]
    rows += waiting.filter(effect=Notice.WAITS).order_by("?")[: limit // 5]
    for row in rows:
        # Two that act on one notice do no harm: what they settle is settled once.
        _try(row, provider(row.provider).read(bytes(row.body)))
    return len(rows)
