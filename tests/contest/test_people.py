"""What the contest keeps of a person: every column that names somebody is told her on export, and forgotten or kept as
docs/data.md says."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from contest import people
from contest.models import Case, CaseItem, Registration, RegistrationAppeal
from core import clock
from impact.models import Entry
from tests.catalog import world as shelves
from tests.impact.world import a_round

pytestmark = pytest.mark.django_db
ROW = re.compile(r"^\| \*\*(\w+)\*\* ([^|]+) \|[^|]+\|[^|]+\|[^|]+\| ([^|]+) \|", re.M)


def naming() -> dict[str, tuple[str, str]]:
    """`Model.column` of each foreign key to a person on this floor → its table and column."""
    return {
        f"{model.__name__}.{field.name}": (model._meta.db_table, field.column)
        for model in apps.get_app_config("contest").get_models()
        for field in model._meta.fields
        if field.is_relation and field.related_model is Person
    }


def kept() -> dict[str, str]:
    """`Model.column` → how long it is kept, as docs/data.md says."""
    told = {}
    for model, columns, how_long in ROW.findall(Path("docs/data.md").read_text(encoding="utf-8")):
        told |= {f"{model}.{name}": how_long for name in re.findall(r"`(\w+)`", columns)}
    return told


def asked(statements: list[str], verb: str, table: str, column: str) -> bool:
    """Whether one of them chooses rows of this table by who is named in this column."""
    named = re.compile(rf'(?:"{table}"|U\d+)\."{column}" = ')
    return any(one.startswith(verb) and f'"{table}"' in one and named.search(one) for one in statements)


def test_every_column_that_names_a_person_is_told_her_on_export():
    her, found = shelves.a_person(), naming()
    assert len(found) >= 40 and {"CaseItem.person", "Case.appealed_by", "Objection.filed_by"} < set(found)
    with CaptureQueriesContext(connection) as seen:
        people.export(her)
    statements = [one["sql"] for one in seen]
    assert {name for name, where in found.items() if not asked(statements, "SELECT", *where)} == set()


def test_what_is_until_she_is_erased_is_forgotten_then_and_nothing_else_is():
    her, how_long = shelves.a_person(), kept()
    with CaptureQueriesContext(connection) as seen:
        people.erase(her)
    statements = [one["sql"] for one in seen]
    forgotten = {name for name, where in naming().items() if asked(statements, "DELETE", *where)}
    said = {
        name for name in naming() if how_long[name].startswith(("until she is erased", "as the engagement"))
    }
    assert forgotten == said > {"Engagement.person", "View.person", "LessonRead.person"}


def test_she_is_told_what_she_said_for_her_team_what_was_kept_out_and_which_steps_were_hers():
    team, her = shelves.a_team(), shelves.a_person()
    round_ = a_round(team)
    entry, now = Entry.objects.get(team=team), clock.now()
    Registration.objects.filter(entry=entry).update(checked_by=her, checked_at=now)
    registration = Registration.objects.get(entry=entry)
    RegistrationAppeal.objects.create(
        registration=registration, against="declined", words="示例", filed_by=her, filed_at=now
    )
    case = Case.objects.create(
        round=round_,
        entry=entry,
        rule="F9",
        subject="x",
        effect="exclude",
        opened_at=now,
        state="appealed",
        decision="excluded",
        reason="confirmed",
        decided_at=now,
        appealed_at=now,
        appealed_by=her,
        appeal="不是我们刷的",
    )
    CaseItem.objects.create(case=case, part="engagement", person=her, found_at=now)
    told = people.export(her)
    assert told["case_appeals"] == [
        {
            "entry__team__name_zh": team.name_zh,
            "rule": "F9",
            "appeal": "不是我们刷的",
            "appealed_at": now,
            "answered_at": None,
        }
    ]
    (out,) = told["kept_out_of_scores"]
    assert (out["case__rule"], out["part"], out["found_at"]) == ("F9", "engagement", now)
    assert [one["words"] for one in told["registration_appeals"]] == ["示例"]
    assert told["contest_steps"] == [{"what": "Registration.checked_by", "at": now}]
    nothing = people.export(shelves.a_person())
    assert not any(nothing.values()), "of another nothing of this"
    people.erase(her)
    case.refresh_from_db()
    assert (case.appealed_by, case.items.count()) == (her, 1), "a result stands on it"
