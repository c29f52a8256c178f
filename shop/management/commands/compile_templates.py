"""manage.py compile_templates: every template of the shop can be parsed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template


class Command(BaseCommand):
    """Parse each template, so that a wrong tag is found before a visitor finds it."""

    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Name every template that cannot be parsed."""
        wrong = []
        for folder in settings.TEMPLATE_FOLDERS:
            for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
                if "static" in path.relative_to(folder).parts:
                    continue
                try:
                    get_template(str(path.relative_to(folder)))
                except TemplateSyntaxError as mistake:
                    wrong.append(f"{path.relative_to(settings.ROOT)}: {mistake}")
        if wrong:
            raise CommandError("\n".join(wrong))
