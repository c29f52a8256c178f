"""Addresses as they are written on a parcel, and as they are told."""

from accounts.models import Region
from accounts.reads import region_in_full
from core import language


def on_a_parcel(region: Region, street: str) -> str:
    """As a courier in China reads it: from the large to the small, in Chinese."""
    return "".join(each.name_zh for each in region_in_full(region)) + " " + street


def localized(region: Region, street: str) -> str:
    """In the reader's language: from the large to the small in Chinese, the other way round in English."""
    names = [language.localized(each, "name") for each in region_in_full(region)]
    if language.current() == "zh":
        return "".join(names) + street
    return ", ".join([street, *reversed(names)])
