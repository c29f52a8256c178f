"""A team's own photos, and where they are."""

from functools import lru_cache

import graphene
from django.core.files.storage import DEFAULT_STORAGE_ALIAS, FileSystemStorage, storages

from catalog.api.access import HELD
from catalog.models import Picture
from core.api.facts import reads as reads_columns
from core.api.types import Localized, ModelType


def _address(picture: Picture, column: str) -> str:
    """Where a photo is. On our own disk its name says so; a storage elsewhere may sign an address for an hour."""
    storage, name = storages[DEFAULT_STORAGE_ALIAS], picture.__dict__.get(column)
    if type(storage) is FileSystemStorage and type(name) is str and storage.base_url:
        return _on_disk(storage.base_url, name)
    return str(getattr(picture, column).url)


@lru_cache(maxsize=8_000)
def _on_disk(base_url: str, name: str) -> str:
    return FileSystemStorage(base_url=base_url).url(name)


class PictureType(ModelType):
    """A team's own photo of a product, at two sizes."""

    class Meta:
        model = Picture
        fields = ("width", "height", "alt_zh", "alt_en")
        access = HELD
        about = {
            "width": "In pixels, of `url`.",
            "height": "In pixels, of `url`.",
            "alt_zh": "What it shows, in Chinese.",
            "alt_en": "What it shows, in English; empty where nobody said it.",
        }

    url = graphene.String(required=True, description="The large one, at most 1280 pixels.")
    card_url = graphene.String(required=True, description="The small one, at most 480 pixels.")
    alt = Localized("alt", description="What it shows, in words.")

    @reads_columns("file")
    def resolve_url(root, info):
        """The address of the large size; a storage elsewhere may sign it for an hour."""
        return _address(root, "file")

    @reads_columns("card_file")
    def resolve_card_url(root, info):
        """The address of the small size, for lists; signed as the large one is."""
        return _address(root, "card_file")
