"""What waits beside what is approved: held apart, handed in, written over by an approval, or taken back (decision 0068)."""

from django.db.models import F
from django.utils import timezone

from accounts.models import Person
from catalog.models import Product, Variant, VariantChange
from catalog.reads.wanted import REVIEWED, Size, anything_waits, sold, wanted

Changes = Product.Changes
State = Product.State


def sell(variant: Variant, size: Size) -> None:
    """From now on it is offered like this; another price, or other parts of it, are a new price story."""
    is_told_anew = size.parts and (size.price_minor, size.parts) != (variant.price_minor, sold(variant).parts)
    for name in (*REVIEWED, "price_minor", "is_offered"):
        setattr(variant, name, getattr(size, name))
    if variant.pk is None:
        variant.save()
    if is_told_anew or (size.parts and variant.story is None):
        variant.story = variant.stories.create(**{f"{part}_bps": bps for part, bps in size.parts.items()})
    variant.save(update_fields=[*REVIEWED, "price_minor", "is_offered", "story", "position"])
    VariantChange.objects.filter(variant=variant).delete()


def hold(variant: Variant, size: Size) -> None:
    """What its team wants waits; what is approved stays as it is. Taken off sale it is at once."""
    if variant.pk is None:  # a new size: not offered until it is approved
        for name in (*REVIEWED, "price_minor"):
            setattr(variant, name, getattr(size, name))
        variant.is_offered = False
        variant.save()
    else:
        variant.is_offered &= size.is_offered
        variant.save(update_fields=["is_offered", "position"])
    values = {name: getattr(size, name) for name in (*REVIEWED, "price_minor", "parts", "is_offered")}
    VariantChange.objects.update_or_create(variant=variant, defaults=values)


def hand_in(product: Product, by: Person | None) -> None:
    """What waits is put before an operator. Of what is off the shelf, it goes in with the product."""
    if product.state in (State.PUBLISHED, State.SUSPENDED):
        _write(product, changes_state=Changes.WAITING, submitted_at=timezone.now(), submitted_by=by)


def recount(product: Product) -> None:
    """Where nothing is left that waits, nothing is asked of an operator."""
    if product.changes_state != Changes.NONE and not anything_waits(product):
        _write(product, changes_state=Changes.NONE)


def touch(product: Product) -> None:
    """Its team has written what an operator looks at: who approves it must have seen this version, or a later one."""
    Product.objects.filter(pk=product.pk).update(version=F("version") + 1, written_version=F("version") + 1)


def write_over(product: Product) -> None:
    """What waits is what is offered from now on."""
    for variant in product.variants.select_related("story", "change"):
        if (size := wanted(variant)) != sold(variant):
            sell(variant, size)
    VariantChange.objects.filter(variant__product=product).delete()
    product.certificates.filter(is_waiting=True).update(is_waiting=False)
    _write(product, changes_state=Changes.NONE)


def return_to_team(product: Product) -> None:
    """An operator asks for other changes than these; they stay on the desk."""
    _write(product, changes_state=Changes.RETURNED)


def withdraw(product: Product) -> None:
    """What waits is gone, and a size that never was offered with it; what is approved stays."""
    for change in VariantChange.objects.filter(variant__product=product, is_offered=True):
        variant = change.variant
        change.delete()
        if variant.story_id is None and not variant.is_offered and not variant.lots.exists():
            variant.delete()
    product.certificates.filter(is_waiting=True).delete()
    _write(product, changes_state=Changes.NONE)


def _write(product: Product, **fields: object) -> None:
    for name, value in fields.items():
        setattr(product, name, value)
    product.save(update_fields=sorted(fields))
