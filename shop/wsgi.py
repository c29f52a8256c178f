"""The web's entrance: `granian --interface wsgi shop.wsgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
# Before the settings are read: no page may hold a connection longer than this, and each thread keeps one.
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "5000")
os.environ.setdefault("DATABASE_POOL", "4")

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

house = get_wsgi_application()
application = import_string("core.api.door.Door")(house)
