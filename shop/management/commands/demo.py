"""Load the demo shop: `manage.py demo --size small`; `--finished` plays its contest to the end; `--sign-ins` prints who may
be played, `--codes` by which codes."""

from argparse import SUPPRESS
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shop.demo import factors, finish, load, sign_ins


class Command(BaseCommand):
    help = "Load the demo (once), keep its round open, and make its payments known to the stand-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=list(load.SIZES), default="small")
        parser.add_argument("--orders", type=int, help=SUPPRESS)  # another size, for tests
        parser.add_argument("--sign-ins", action="store_true", help="print the demo's sign-ins and stop")
        parser.add_argument("--codes", action="store_true", help="print its second factors alone and stop")

        parser.add_argument(
            "--finished", action="store_true", help="play its second edition to the end, by the moved clock"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sign_ins"] or options["codes"]:
            if options["sign_ins"]:
                self.stdout.write(sign_ins.lines())
            self.stdout.write(factors.lines(named_alone=options["sign_ins"]))
            return
        orders = options["orders"] or load.SIZES[options["size"]]
        if not load.is_loaded():
            load.load(orders)
        factors.set_up()
        if (here := load.begun()) and here.orders != orders:
            self.stdout.write(
                f"The demo of {here.orders:,} orders is here already; for another, start with an empty DATA_DIR."
            )
        if load.keep_open():
            self.stdout.write("The trade's clock was set back into the demo's round.")
        load.tell_provider()
        if options["finished"] and not finish.is_finished():
            finish.finish()
        if finish.is_finished():
            self.stdout.write("The demo's second edition is over: its result is on /zh/contest/.")
