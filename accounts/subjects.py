"""What stands on a floor above and has people appointed to it: known here by its uid alone, named by its own floor."""

from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.module_loading import import_string

from accounts.models.appointment import AtAPlace
from core.language import Words, say


class Subject(NamedTuple):
    """A team or an edition as this floor may call it; `region` is the code of where it lies, if it lies anywhere."""

    name: Words
    region: str | None = None


def _rows(uid: Any) -> list[QuerySet]:
    """What bears this uid, of each floor: f(uid) -> rows of {zh, en, lies}."""
    return [import_string(known)(uid) for known in settings.SUBJECTS]


def subject(uid: UUID) -> Subject | None:
    """What bears this uid, by whichever floor knows it."""
    for rows in _rows(uid):
        if found := rows.first():
            return _subject(found)
    return None


def named(rows: QuerySet) -> QuerySet:
    """The rows with what their subjects are called, in the same statement: `subject_of` finds it there."""
    facts = JSONObject(zh="zh", en="en", lies="lies")
    called = [Subquery(known.values_list(facts)[:1]) for known in _rows(OuterRef("subject"))]
    return rows.annotate(subject_named=Coalesce(*called) if len(called) > 1 else called[0])


def subject_of(row: AtAPlace) -> Subject | None:
    """What an appointment is to, as it came with the row or asked for now."""
    if row.subject is None:
        return None
    if "subject_named" in row.__dict__:
        return _subject(row.__dict__["subject_named"])
    return subject(row.subject)


def _subject(found: dict[str, str] | None) -> Subject | None:
    return Subject(say(found["zh"], found["en"]), found["lies"]) if found else None
