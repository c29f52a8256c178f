from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """The ground floor: knows none of the shop's nouns."""

    name = "core"

    def ready(self) -> None:
        """Renew the database rights of the app's role after each migration."""
        from core import grants

        post_migrate.connect(grants.renew, sender=self)
