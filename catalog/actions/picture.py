"""A team's own photos: checked, made smaller, and freed of what the camera wrote about place and time."""

from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from catalog import clean, search
from catalog.actions import desk, waiting
from catalog.models import Picture, Product
from catalog.photos import MOST_OF_A_PAGE, cleaned
from core.language import say
from core.refusals import Invalid, NotFound

MOST_PICTURES = 5


def add(
    product: Product, file: UploadedFile, by: Person | None, alt_zh: str = "", alt_en: str = ""
) -> Picture:
    """Show a photo with the product, at up to 1280 and 480 pixels, 80,000 and 25,000 bytes."""
    desk.must_at_desk(by, product.team_id)
    alt = {name: _words(product, name, text) for name, text in (("alt_zh", alt_zh), ("alt_en", alt_en))}
    photo = cleaned(file, MOST_OF_A_PAGE)
    # Files are written before the transaction begins, and taken away again should it fail.
    name = f"pictures/{uuid4().hex}"
    files = [
        default_storage.save(f"{name}.webp", ContentFile(photo.full)),
        default_storage.save(f"{name}-card.webp", ContentFile(photo.card)),
    ]
    try:
        return _add(product, by, files, (photo.width, photo.height), alt)
    except BaseException:
        _forget(files)
        raise


def _add(
    product: Product, by: Person | None, files: list[str], size: tuple[int, int], alt: dict[str, str]
) -> Picture:
    with transaction.atomic():
        row = desk.opened(product, by)
        count = row.pictures.count()
        if count >= MOST_PICTURES:
            raise Invalid(say("最多 {n} 张照片。", "At most {n} photos.", n=MOST_PICTURES), field="photo")
        picture = row.pictures.create(
            file=files[0], card_file=files[1], width=size[0], height=size[1], position=count, **alt
        )
        audit.record(by, "add", "Picture", picture.uid, product=str(row.uid))
        _shown(row)
    return picture


def remove(picture: Picture, by: Person | None) -> None:
    """Take a photo away; its files go once that is certain."""
    files = [picture.file.name, picture.card_file.name]
    with transaction.atomic():
        row = desk.opened(picture.product_id, by)
        audit.record(by, "remove", "Picture", picture.uid, product=str(row.uid))
        picture.delete()
        _place(list(row.pictures.all()))
        _shown(row)
        transaction.on_commit(lambda: _forget(files))


def change(picture: Picture, by: Person | None, *, place: int | None = None, **words: str | None) -> None:
    """Put a photo at a place among its product's (the first is the one on cards, in lists and in what is passed on), or say
    what it shows (`alt_zh`, `alt_en`; emptied, its product's name). What is left out stays."""
    with transaction.atomic():
        row = desk.opened(picture.product_id, by)
        photos = list(row.pictures.all())
        if picture not in photos:
            raise NotFound()  # deleted meanwhile
        if place is not None:
            at = clean.whole(place, "place", 1, len(photos)) - 1
            photos.remove(picture)
            _place([*photos[:at], picture, *photos[at:]])
        said = {name: _words(row, name, text) for name, text in words.items() if text is not None}
        if said:
            Picture.objects.filter(pk=picture.pk).update(**said)
        audit.record(by, "change", "Picture", picture.uid, product=str(row.uid))
        _shown(row)


def _words(product: Product, name: str, text: str) -> str:
    """What a photo shows, for whoever does not see it; without a word the product's name."""
    otherwise = product.name_zh if name == "alt_zh" else product.name_en
    return clean.text_for(Picture, name, clean.text_for(Picture, name, text) or otherwise)


def _place(photos: list[Picture]) -> None:
    for position, photo in enumerate(photos):
        if photo.position != position:
            Picture.objects.filter(pk=photo.pk).update(position=position)


def _shown(row: Product) -> None:
    waiting.touch(row)
    search.index([row.id])


def _forget(files: list[str]) -> None:
    for name in files:
        default_storage.delete(name)
