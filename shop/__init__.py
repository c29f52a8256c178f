"""Puts the house together: settings, addresses, schema, reactions, pages."""

from shop.celery import app as celery_app

__all__ = ["celery_app"]
