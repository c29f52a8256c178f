"""manage.py rebuild_search: make the search index anew from the published products."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog import search


class Command(BaseCommand):
    help = "Make the search index anew from the published products."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many products are known."""
        engine = search.engine()
        self.stdout.write(f"{engine.name}: {engine.rebuild()} products")
