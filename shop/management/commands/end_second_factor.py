"""End a second factor on the server: for the last owner who has lost app and sheet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import second_factor
from accounts.clean import mailbox
from accounts.models import Person
from core.refusals import Refusal


class Command(BaseCommand):
    help = "End somebody's second factor, where nobody is left who could do it by a page; she is told, and signs in anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")
        parser.add_argument("--reason", required=True, help="for the audit log")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.with_mailbox(mailbox(options["email"])).first()
        if person is None:
            raise CommandError("There is no such account.")
        try:
            second_factor.end_on_the_server(person, options["reason"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            "Her second factor has ended, and her sessions with it; her role asks her to set up another."
        )
