"""Photos of a claim: freed of what a camera adds, and written before the transaction that keeps their names."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from catalog.photos import cleaned
from core.language import say
from core.refusals import Invalid
from orders.models import Claim, ClaimPhoto, ClaimReply
from orders.reads.claim import MOST_PHOTOS


@contextmanager
def stored(uid: UUID, photos: Sequence[Any], *, before: int = 0) -> Iterator[list[str]]:
    """The names of their files, which are taken away again should what happens with them fail; `before` it were so many."""
    if before + len(photos) > MOST_PHOTOS:
        raise Invalid(_TOO_MANY, field="photo")
    try:
        # All are looked at before one is written.
        full = [cleaned(photo).full for photo in photos]
    except Invalid as refused:
        raise Invalid(refused.words, field="photo") from refused
    names: list[str] = []
    try:
        for content in full:
            # A second of one name gets another one by the storage.
            names.append(default_storage.save(f"claims/{uid}.webp", ContentFile(content)))
        yield names
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise


_TOO_MANY = say("一项售后最多 {n} 张照片。", "There can be {n} photos at most of one problem.", n=MOST_PHOTOS)


def keep(claim: Claim, names: Sequence[str], reply: ClaimReply | None = None) -> None:
    """These files are photos of the claim, or of a word of its buyer's."""
    ClaimPhoto.objects.bulk_create(ClaimPhoto(claim=claim, reply=reply, file=name) for name in names)


def count(claim: Claim) -> int:
    """How many it has."""
    return bool(claim.photo) + claim.photos.count()
