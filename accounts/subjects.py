"""What stands on a floor above and has people appointed to it: known here by its uid alone, named by its own floor."""

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.module_loading import import_string

from accounts.models.appointment import OF_A_TEAM, AtAPlace
from core.api.ids import global_id, uid_of
from core.language import Words, say


class Subject(NamedTuple):
    """A team or an edition as this floor may call it; `region` is the code of where it lies, if it lies anywhere."""

    name: Words
    region: str | None = None


def _rows(kind: str) -> QuerySet:
    rows: QuerySet = import_string(settings.SUBJECTS[kind])()
    return rows


def kind_of(role: str) -> str:
    """What a role that is held at a subject is held at, by its kind in the API: a team or an edition."""
    return "Team" if role in OF_A_TEAM else "Edition"


def subject(role: str, uid: UUID) -> Subject | None:
    """What bears this uid, of the kind that the role is held at."""
    return _subject(_rows(kind_of(role)).filter(uid=uid).first())


def subject_with(role: str, public_id: str, field: str) -> UUID:
    """The uid of what has this public id, of the kind that the role is held at; InvalidId for anything else."""
    return uid_of(public_id, kind_of(role), field=field)


def choices(role: str, most: int, where: Q) -> list[tuple[str, Words]]:
    """(public id, name) of what the role can be held at, by name; `where` is a condition on its `uid` and on `lies`, the
    code of its region."""
    kind = kind_of(role)
    rows = _rows(kind).filter(where).order_by("zh")[:most]
    return [(global_id(kind, row["uid"]), say(row["zh"], row["en"] or row["zh"])) for row in rows]


def named(rows: QuerySet) -> QuerySet:
    """The rows with what their subjects are called, in the same statement: `subject_of` finds it there."""
    facts = JSONObject(zh="zh", en="en", lies="lies")
    here = [_rows(kind).filter(uid=OuterRef("subject")) for kind in settings.SUBJECTS]
    called = [Subquery(known.values_list(facts)[:1]) for known in here]
    return rows.annotate(subject_named=Coalesce(*called) if len(called) > 1 else called[0])


def subject_of(row: AtAPlace) -> Subject | None:
    """What an appointment is to, as it came with the row or asked for now."""
    if row.subject is None:
        return None
    if "subject_named" in row.__dict__:
        return _subject(row.__dict__["subject_named"])
    return subject(row.role, row.subject)


def _subject(found: dict[str, str] | None) -> Subject | None:
    return Subject(say(found["zh"], found["en"]), found["lies"]) if found else None
