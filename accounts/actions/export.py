"""All that we know of a person, for that person."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.actions import audit
from accounts.models import Person
from accounts.reads import account_in_full


def export(person: Person) -> dict[str, Any]:
    """Everything kept of the person; each floor adds its part by `settings.PERSON_EXPORTERS`.

    An exporter takes the person and returns named sections of plain values: {"orders": [...]}.
    """
    told: dict[str, Any] = {"exported_at": timezone.now(), **account_in_full(person)}
    for exporter in getattr(settings, "PERSON_EXPORTERS", ()):
        found = import_string(exporter)(person)
        # What stands with accounts that have gone into hers is hers too.
        for before in person.merged.order_by("pk"):
            for name, rows in import_string(exporter)(before).items():
                found[name] += rows
        told.update(found)
    with transaction.atomic():
        audit.record(person, "export", "Person", person.uid)
    return told
