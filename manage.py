#!/usr/bin/env python
"""Commands of the shop. Those that shape the database act as its owner, all others as the app."""

import os
import sys
from importlib.util import find_spec

OWNERS_COMMANDS = {"migrate", "flush", "sqlmigrate", "backup", "restore"}


def main() -> None:
    """Run one command against the servers named in the environment, or else those of `make run`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    # An image that is deployed does not carry what `make run` needs.
    if find_spec("local"):
        from local import machine

        machine.recall()
    if OWNERS_COMMANDS & set(sys.argv[1:2]):
        os.environ.setdefault("DATABASE_AS_OWNER", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
