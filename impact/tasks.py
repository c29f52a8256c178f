"""Celery's side of the impact floor."""

from celery import shared_task

from accounts import mail
from accounts.permissions import holders
from core.deliveries import reaction
from core.events import Event
from impact.actions import disclosure, standings, statement
from impact.events import EntryHasFewHouseholds
from impact.links import operators_entry
from impact.models import Entry


@reaction("impact.tasks.fold_standings", inside=True, together=500)
def fold_standings(events: list[Event]) -> None:
    """After a purchase or a refund: fold what has committed, for all that wait at once."""
    standings.fold()


@shared_task(name="impact.tasks.fold_waiting")
def fold_waiting() -> int:
    """For beat: should a wake-up have been lost, a standing is late by a second or two."""
    return standings.fold()


@shared_task(name="impact.tasks.fold_statements")
def fold_statements() -> int:
    """For beat: what the ledger has moved comes into its teams' months within some seconds."""
    return statement.fold()


@shared_task(name="impact.tasks.disclose")
def disclose() -> int:
    """For beat: what is told of counts, made at the day's boundary and at a freeze, or as soon after as it strikes."""
    return disclosure.disclose()


@reaction("impact.tasks.tell_operators_of_few_households")
def tell_operators_of_few_households(event: EntryHasFewHouseholds) -> None:
    """To the operators: an entry will stand still. Which family left is not said, nor how many are left."""
    entry = Entry.objects.select_related("team", "round").get(pk=event.entry_id)
    for person in holders("impact.hear_of_few_households"):
        context = {"entry": entry, "team": entry.team, "link": operators_entry(entry)}
        mail.send(person.email, person.language, "entry_few_households", context)
