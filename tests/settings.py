"""The shop's settings on this process's own test database."""

import os
import tempfile

from tests import servers

# Before shop.settings reads them. The name of the settings is pytest's to choose.
os.environ.update({k: v for k, v in servers.environment().items() if k != "DJANGO_SETTINGS_MODULE"})
os.environ["SITE_URL"] = "http://testserver"
# The browser's driver runs an event loop in the test's thread, and Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from shop.settings import *  # noqa: F403
from shop.settings import CACHES, LOGGING, STORAGES

# A password costs Argon2 50 ms, on purpose; tests make hundreds.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
_media = tempfile.TemporaryDirectory(prefix="sheaf-media-")
MEDIA_ROOT = _media.name
# Wake-ups go nowhere: tests hand deliveries over themselves (run_deliveries), or open a live_shop.
CELERY_BROKER_URL = "memory://"
CACHES["default"]["KEY_PREFIX"] = servers.own_database()
LOGGING["root"]["level"] = "WARNING"
TEXT_HOUSE = {"adapter": "tests.texts.Outbox", "options": {}}
