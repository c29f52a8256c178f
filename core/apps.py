from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """The ground floor: knows none of the shop's nouns."""

    name = "core"

    def ready(self) -> None:
        """Renew the database rights of the app's role after each migration; read what comes of it fast."""
        from core import grants, internals

        post_migrate.connect(grants.renew, sender=self)
        if settings.FAST:
            internals.read_moments_quickly()
