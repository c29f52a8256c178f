"""The address of a group purchase."""

from django.conf import settings


def group_page(language: str, join_code: str) -> str:
    """The link by which colleagues come in; shop/urls.py serves it."""
    return f"{settings.SITE_URL}/{language}/g/{join_code}/"
