"""Whether somebody hears what teams write to those who bought from them, and who is written to when one does."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from accounts.actions import letters
from accounts.models import LetterKind, Person
from catalog.models import TeamNews
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid
from orders.events import NewsAddressed
from orders.links import whose_off_key
from orders.marks import mark_of_mailbox
from orders.models import NewsLetter, Order
from orders.reads.news import Buyer, buyers_of, chooses

# So many letters within so long, from however many teams: more is on her own pages alone.
MOST = 2
WITHIN = timedelta(days=30)
KEPT = timedelta(days=60)
_AT_ONCE = 500
_COUNTED = 7_302_064  # any number, as long as nobody else uses it

NOT_HERE = say(
    "付了款、邮箱确认是您的，才能选。",
    "This can be chosen once the order is paid and its mailbox is known to be yours.",
)
UNKNOWN = say(
    "这个链接关不了什么。请从信里的链接打开。",
    "This link switches nothing off. Please open the one in our letter.",
)


def choose(order: Order, by: Any, wanted: bool) -> None:
    """From an order's page: an account hears from all teams it bought from, a guest from those of this order."""
    whose = chooses(order, by)
    if whose is None:
        raise Conflict(NOT_HERE, field="number")
    if isinstance(whose, Person):
        (letters.ask_for if wanted else letters.leave)(whose, LetterKind.NEWS)
    elif not wanted:
        _leave(whose)
    else:
        Order.objects.filter(pk=order.pk, news_wanted_at=None).update(news_wanted_at=timezone.now())


def switch_off(key: str) -> None:
    """By what stands in each such letter, whoever is signed in: no more of them to whoever it was sent to."""
    whose = whose_off_key(key)
    if whose is None:
        raise Invalid(UNKNOWN, field="key")
    if isinstance(whose, Person):
        letters.leave(whose, LetterKind.NEWS)
    else:
        _leave(whose)


def _leave(order: Order) -> None:
    """A guest is her mailbox: of all that she bought under it."""
    if order.email:
        Order.objects.filter(person=None, email=order.email).update(news_wanted_at=None)


def address(news: TeamNews) -> int:
    """Write down who is to be written to of it, once a mailbox, and none beyond what was promised. Called again it goes on
    where it was ended. How many are written to by this call."""
    if news.state != TeamNews.State.PUBLISHED:
        return 0
    buyers = buyers_of(news.team_id)
    return sum(_address(news, buyers[at : at + _AT_ONCE]) for at in range(0, len(buyers), _AT_ONCE))


@transaction.atomic
def _address(news: TeamNews, buyers: Sequence[Buyer]) -> int:
    # One at a time in the whole shop: two teams' news at once would both count the letters of before.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COUNTED])
    now = timezone.now()
    marks: dict[int, Buyer] = {mark: one for one in buyers if (mark := mark_of_mailbox(one.mailbox))}
    sent = NewsLetter.objects.filter(mailbox__in=marks)
    told = set(sent.filter(news=news).values_list("mailbox", flat=True))
    recent = sent.filter(addressed_at__gt=now - WITHIN).values("mailbox").annotate(n=Count("pk"))
    full = set(recent.filter(n__gte=MOST).values_list("mailbox", flat=True))
    rows = NewsLetter.objects.bulk_create(
        NewsLetter(news=news, order_id=one.order_id, person_id=one.person_id, mailbox=mark, addressed_at=now)
        for mark, one in marks.items()
        if mark not in told | full
    )
    record(*[NewsAddressed(letter_id=row.pk) for row in rows])
    return len(rows)


def forget_old() -> int:
    """Letters of which none is counted any more."""
    return NewsLetter.objects.filter(addressed_at__lt=timezone.now() - KEPT).delete()[0]
