"""What the clock strikes for the whole house."""

import json
import logging
from contextlib import suppress
from io import StringIO

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from core import retention
from core.models import Measurement
from shop import alarms

log = logging.getLogger("sheaf.verify")


@shared_task(name="shop.tasks.forget_sessions")
def forget_sessions() -> int:
    """For beat, once a day."""
    return retention.forget_sessions()


@shared_task(name="shop.tasks.look_at_alarms")
def look_at_alarms() -> None:
    """For beat: what is amiss fires, what is over ends, and whoever hears of it gets a letter."""
    alarms.look()


@shared_task(name="shop.tasks.verify_all")
def verify_all() -> int:
    """For beat, once a day: recompute everything from the tables; how many rows break a rule."""
    said = StringIO()
    with suppress(SystemExit):
        call_command("verify", json=True, stdout=said)
    # Deliveries that wait have alarms of their own; at rest there are none, and a shop that is open never rests.
    found = [one for one in json.loads(said.getvalue()) if one["noun"] != "Delivery"]
    for one in found[:20]:
        log.error("%s %s %s: %s", one["rule"], one["noun"], one["id"], one["words"])
    Measurement.objects.update_or_create(
        name="verify_offences", defaults={"value": len(found), "at": timezone.now()}
    )
    return len(found)
