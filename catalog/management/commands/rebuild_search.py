"""manage.py rebuild_search: make the search index anew from the published products."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog import search


class Command(BaseCommand):
    help = "Make the search index anew from the published products, while searches go on."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many products are known."""
        known = search.rebuild()
        self.stdout.write(f"{search.engine().name}: {known} products")
