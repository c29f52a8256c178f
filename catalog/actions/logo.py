"""The shop's logo: cleaned as every photo, shown on every page."""

from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.actions import audit
from accounts.actions.shop import locked, save
from accounts.models import Person
from accounts.permissions import must
from catalog.photos import cleaned


def put_up(file: UploadedFile, by: Person) -> None:
    """Show it in place of the one before, whose file goes. Raises Invalid for what is no photo of at least 400 pixels."""
    must(by, "accounts.keep_shop")
    # The file is written before the transaction begins, and taken away again should it fail.
    name = default_storage.save(f"pictures/{uuid4().hex}.webp", ContentFile(cleaned(file).card))
    try:
        with transaction.atomic():
            shop = locked()
            before, shop.logo = shop.logo, name
            save(shop, "logo")
            audit.record(by, "put_up_logo", "Shop", shop.pk)
    except BaseException:
        default_storage.delete(name)
        raise
    if before:
        default_storage.delete(before)
