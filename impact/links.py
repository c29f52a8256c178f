"""Addresses that this floor's mails lead to."""

from django.conf import settings
from django.urls import reverse

from impact.models import Entry


def operators_entry(entry: Entry) -> str:
    """An entry in the operators' room."""
    return settings.SITE_URL + reverse("admin:impact_entry_change", args=[entry.pk])
