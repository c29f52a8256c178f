"""The web's entrance: `python -m core.front shop.wsgi:application`."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
# Before the settings are read: no page may hold a connection longer than this, and each thread keeps one.
# One that compose hands on empty is not set.
os.environ["STATEMENT_TIMEOUT_MS"] = os.environ.get("STATEMENT_TIMEOUT_MS", "").strip() or "5000"
os.environ["DATABASE_POOL"] = os.environ.get("DATABASE_POOL", "").strip() or "4"

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils.module_loading import import_string

from core import logs

logs.this_is("web")
house = get_wsgi_application()
# Django's own checks are a command's; the server runs none.
import_string("orders.checks.refuse_other_mode")()
# What it asked by goes back to the pool: this thread serves nobody, and one of those who do would be without.
connections.close_all()
application = import_string("shop.health.Watched")(import_string("core.fast.Door")(house))
# An answer is some thousand objects, which go with it: looking through them for rings of garbage while it is made,
# as after each 700 that are there at once, took a fourteenth of a list.
gc.set_threshold(10_000)
