"""Wish lists: what somebody remembers and forgets again, and the one letter that she gets when it can be bought."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from catalog.models import Product, Variant
from catalog.reads import is_in_season, is_known_short, variants_on_sale
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, NotFound
from orders.actions.unpaid import HELD_FOR
from orders.events import WishCameTrue
from orders.models import Wish
from orders.reads import wish as reads

Letter = Wish.Letter
MOST = 100
# As long as an order may stand unpaid: what is free for less is somebody else's, changing her mind.
LASTS = HELD_FOR
KEPT = timedelta(days=30)
_AT_ONCE = 200


@transaction.atomic
def keep(person: Person, product: Product, letter: str = Letter.NONE, variant: Variant | None = None) -> Wish:
    """Put a product on her list, or ask for one letter of it. Asked twice it is there once."""
    if letter == Letter.BACK:
        _must_be_gone(product, variant)
    elif variant is not None:
        raise Invalid(field="variant_id")
    if letter == Letter.SEASON and is_in_season(product):
        raise Conflict(say("现在就是当季。", "It is in season now."), field="letter")
    # Her row is the lock: a hundred tabs do not make a longer list.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    names = {"name_zh": _name(product, variant, "zh"), "name_en": _name(product, variant, "en")}
    row = Wish.objects.filter(person=person, product=product, letter=letter, variant=variant).first()
    if row is not None and row.done_at is None:
        return row
    if reads.wishes_of(person).count() >= MOST:
        words = say(
            "心愿单最多记 {n} 样，先删几样。", "A wish list holds {n} things: take some off first.", n=MOST
        )
        raise Conflict(words)
    if row is not None:
        row.delete()
    return Wish.objects.create(
        person=person, product=product, letter=letter, variant=variant, made_at=timezone.now(), **names
    )


def _must_be_gone(product: Product, variant: Variant | None) -> None:
    if variant is None or variant.product_id != product.pk:
        raise NotFound(field="variant_id")
    if variants_on_sale([variant.pk]).exists() and not is_known_short(variant.units_available, 1):
        words = say("这一规格现在就能买。", "This size can be bought now.")
        raise Conflict(words, field="variant_id")


def _name(product: Product, variant: Variant | None, language: str) -> str:
    parts = [getattr(row, f"name_{language}") or row.name_zh for row in (product, variant) if row is not None]
    return " ".join(parts)


def leave(person: Person, wish: Wish) -> None:
    """Take it off the list; no letter comes of it any more."""
    Wish.objects.filter(pk=wish.pk, person=person).delete()


@transaction.atomic
def note() -> int:
    """For beat: see what can be bought now, and write down whose letters are due; how many they are.

    Nothing a team does leads here but what lies on the shelf: a text that was edited, a product that was copied and a
    sheet that was imported change nothing. Two workers take different rows.
    """
    now = timezone.now()
    rows = reads.waiting()
    rows.filter(reads.bought_meanwhile()).update(done_at=now)
    rows.exclude(reads.can_be_had()).exclude(free_since=None).update(free_since=None)
    rows.filter(reads.can_be_had(), free_since=None).update(free_since=now)
    due = rows.filter(reads.can_be_had(), free_since__lte=now - LASTS).select_related("person", "product")
    due = due.order_by("pk").select_for_update(of=("self",), skip_locked=True)
    told: list[Wish] = []
    not_hers: list[Wish] = []
    for wish in due[:_AT_ONCE]:
        (told if reads.is_sent_to_her(wish.person, wish.product) else not_hers).append(wish)
    # Where it is not sent to her it is not to be had by her; its time begins anew, and nobody waits behind it.
    Wish.objects.filter(pk__in=[wish.pk for wish in not_hers]).update(free_since=None)
    Wish.objects.filter(pk__in=[wish.pk for wish in told]).update(done_at=now)
    record(*[WishCameTrue(wish_id=wish.pk) for wish in told])
    return len(told)


def unite(lasting: Person, gone: Person) -> None:
    """Two lists become one: of what is on both one is kept, the one that waits."""
    for wish in Wish.objects.filter(person=gone).order_by("pk").select_for_update():
        same: Any = {"product": wish.product_id, "variant": wish.variant_id, "letter": wish.letter}
        hers = Wish.objects.filter(person=lasting, **same).first()
        if hers is not None and hers.done_at is not None and wish.done_at is None:
            hers.delete()
        elif hers is not None:
            wish.delete()
            continue
        Wish.objects.filter(pk=wish.pk).update(person=lasting)


def forget_old() -> int:
    """What she was told of a month ago, or has bought."""
    return Wish.objects.filter(done_at__lt=timezone.now() - KEPT).delete()[0]
