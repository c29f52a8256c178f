"""Print the link by which a shop gets its first operator: `manage.py open_shop`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts import links
from accounts.actions import set_up
from accounts.models import Shop


class Command(BaseCommand):
    help = (
        "Print a link, good once and for an hour, that makes an operator: the first of a new shop, or one more of "
        "a shop that has lost its own. The link printed before it is good no more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-new", action="store_true", help="print nothing where the shop has an operator"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_new"] and Shop.objects.filter(set_up_closed_at__isnull=False).exists():
            return
        token = set_up.new_link()
        self.stdout.write("This link sets the shop up. Nobody else has it; it works once, within an hour:")
        self.stdout.write(f"  {links.set_up('zh', token)}")
        self.stdout.write(f"  {links.set_up('en', token)}")
