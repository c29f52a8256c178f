"""Webhooks as people keep them: made, changed, their secret turned over, tried, ended; and what one was told sent again.

Their events are written down by `webhook_note.py` and sent by `webhook_call.py` (decision 0082).
"""

import base64
import secrets
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import seals
from accounts.actions import audit
from catalog.models import Team
from core import outward
from core.language import say
from core.refusals import Conflict, Invalid, every
from orders.actions import webhook_note
from orders.models import Webhook, WebhookMessage
from orders.models.webhook import PURPOSE

MOST = 5
# While it is turned over, both secrets sign: so long a program has to learn the new one.
BOTH_FOR = timedelta(hours=24)
State = WebhookMessage.State


def _new_secret() -> str:
    """192 random bits, as the standard writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def _sealed(secret: str) -> bytes:
    return seals.seal(PURPOSE, secret=secret).encode()


def secrets_of(hook: Webhook) -> list[str]:
    """Those that sign for it now: the new one first."""
    is_turning = hook.former_until is not None and hook.former_until > timezone.now()
    found = [hook.sealed, hook.former_sealed] if is_turning else [hook.sealed]
    return [seals.opened_for_ever(PURPOSE, bytes(one).decode())["secret"] for one in found]


def _demand(url: str, kinds: Iterable[str]) -> tuple[str, list[str]]:
    chosen = [kind.value for kind in Webhook.Kind if kind in set(kinds)]

    def some() -> None:
        if not chosen:
            raise Invalid(say("选一件要通知的事。", "Please choose what it is told of."), field="events")

    every({"url": lambda: outward.clean(url), "events": some})
    return outward.clean(url), chosen


def make(team: Team | None, url: str, kinds: Iterable[str], by: Any) -> tuple[Webhook, str]:
    """A receiver of a team's, or without one of the shop's, and its secret, which is shown this once."""
    url, chosen = _demand(url, kinds)
    secret = _new_secret()
    with transaction.atomic():
        if team is not None:
            # Locked, so that of two that are made at once the second counts the first.
            Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        if Webhook.objects.filter(team=team, ended_at=None).count() >= MOST:
            words = say("最多 {n} 个，请先结束一个。", "At most {n}: please end one first.", n=MOST)
            raise Invalid(words, field="url")
        made = Webhook.objects.create(team=team, url=url, kinds=chosen, sealed=_sealed(secret), made_by=by)
        _noted(by, "make", made)
    return made, secret


def _noted(by: Any, action: str, hook: Webhook) -> None:
    # The address may carry a key of its receiver's: it is in no log.
    team = hook.team.code if hook.team else ""
    audit.record(by, action, "Webhook", hook.uid, team=team, events=list(hook.kinds))


def _locked(hook: Webhook) -> Webhook:
    row = Webhook.objects.select_for_update(no_key=True, of=("self",)).select_related("team").get(pk=hook.pk)
    if row.ended_at is not None:
        raise Conflict()
    return row


@transaction.atomic
def update(hook: Webhook, url: str, kinds: Iterable[str], by: Any) -> Webhook:
    """Where it is called from now on, and with what; what waits goes there too. At another address it begins anew."""
    url, chosen = _demand(url, kinds)
    row = _locked(hook)
    is_elsewhere = row.url != url
    row.url, row.kinds = url, chosen
    row.save(update_fields=["url", "kinds"])
    if is_elsewhere:
        Webhook.objects.filter(pk=row.pk).update(
            failures=0, failing_since=None, rests_until=None, is_slow=False, told_at=None
        )
        WebhookMessage.objects.filter(webhook=row, state=State.WAITING).update(due_at=timezone.now())
        row.refresh_from_db()
    _noted(by, "update", row)
    return row


@transaction.atomic
def turn_secret(hook: Webhook, by: Any) -> tuple[Webhook, str]:
    """A new secret, shown this once. For a day both sign, so that its program misses nothing meanwhile."""
    row, secret = _locked(hook), _new_secret()
    row.former_sealed, row.former_until = row.sealed, timezone.now() + BOTH_FOR
    row.sealed = _sealed(secret)
    row.save(update_fields=["sealed", "former_sealed", "former_until"])
    _noted(by, "turn", row)
    return row, secret


@transaction.atomic
def end(hook: Webhook, by: Any) -> Webhook:
    """It is called no more; what was waiting for it is given up. Ending it twice is no mistake."""
    row = Webhook.objects.select_for_update(no_key=True, of=("self",)).select_related("team").get(pk=hook.pk)
    if row.ended_at is None:
        now = timezone.now()
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        webhook_note.give_up(list(WebhookMessage.objects.filter(webhook=row, state=State.WAITING)), now)
        _noted(by, "end", row)
    return row


@transaction.atomic
def test(hook: Webhook, by: Any) -> WebhookMessage:
    """Something of no matter, sent as all else is: its answer shows on the page."""
    row = _locked(hook)
    uid = uuid.uuid4()
    (made,) = webhook_note.write(
        [
            (
                row,
                WebhookMessage.Kind.WEBHOOK_TEST,
                f"test {uid.hex[:12]}",
                {"webhook": webhook_note.id_of(row)},
            )
        ]
    )
    return made


@transaction.atomic
def send_again(message: WebhookMessage, by: Any) -> WebhookMessage:
    """The same thing once more, under the same id: whoever has it already knows it by that."""
    row = _locked(message.webhook)
    message = WebhookMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.state != State.WAITING:
        now = timezone.now()
        message.move_to(
            State.WAITING, tries=0, begun_at=now, due_at=now, again_at=now, settled_at=None, leased_until=None
        )
        # She has mended it, perhaps: it is tried at once.
        Webhook.objects.filter(pk=row.pk).update(rests_until=None)
        _noted(by, "send_again", row)
        webhook_note.wake_after_commit()
    return message
