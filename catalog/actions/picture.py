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
from core.refusals import Invalid

MOST_PICTURES = 5


def add(
    product: Product, file: UploadedFile, by: Person | None, alt_zh: str = "", alt_en: str = ""
) -> Picture:
    """Show a photo with the product, at up to 1280 and 480 pixels, 80,000 and 25,000 bytes."""
    desk.must_at_desk(by, product.team_id)
    alt = {
        "alt_zh": clean.text_for(Picture, "alt_zh", alt_zh or product.name_zh),
        "alt_en": clean.text_for(Picture, "alt_en", alt_en or product.name_en),
    }
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
        waiting.touch(row)
        search.index([row.id])
    return picture


def remove(picture: Picture, by: Person | None) -> None:
    """Take a photo away; its files go once that is certain."""
    files = [picture.file.name, picture.card_file.name]
    with transaction.atomic():
        row = desk.opened(picture.product_id, by)
        audit.record(by, "remove", "Picture", picture.uid, product=str(row.uid))
        picture.delete()
        waiting.touch(row)
        search.index([row.id])
        transaction.on_commit(lambda: _forget(files))


def _forget(files: list[str]) -> None:
    for name in files:
        default_storage.delete(name)
