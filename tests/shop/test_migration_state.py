"""Migrated in a quarter of the time, to the same database (shop/migration_state.py)."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.management.commands import migrate
from django.db import connection
from django.db import models as m
from django.db.migrations import AddConstraint, AddField, CreateModel
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState, StateApps

from local.machine import ROOT
from local.postgres import Postgres
from shop.management.commands.migrate import Command
from shop.migration_state import Executor, Growing
from tests import servers
from tests.figures import FULL, full

# To draw all of the shop's takes ten seconds: at full size.
FLOORS = full(
    {"core", "accounts", "catalog", "orders", "together", "impact", "contest"}, {"core", "accounts"}
)
AS_DJANGO_DOES = """
import django; django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), interactive=False, skip_checks=True, verbosity=0)
"""


def shape(apps: StateApps) -> dict[str, Any]:
    """What a migration asks of each model: its columns and its rules."""
    return {
        model._meta.label: [
            [(field.name, str(field.deconstruct()[1:])) for field in model._meta.fields],
            [rule.deconstruct() for rule in model._meta.constraints],
            [index.deconstruct() for index in model._meta.indexes],
        ]
        for model in apps.get_models()
    }


def test_what_has_grown_is_what_would_be_drawn_anew(monkeypatch):
    drawn: list[str] = []
    whole = ModelState.render

    def counted(state: ModelState, apps: StateApps) -> Any:
        drawn.append(state.name)
        return whole(state, apps)

    monkeypatch.setattr(ModelState, "render", counted)
    loader, state = MigrationLoader(None, ignore_no_migrations=True), Growing()
    assert shape(state.apps) == {}
    wanted = [node for node in loader.graph.leaf_nodes() if node[0] in FLOORS]
    for step in dict.fromkeys(step for node in wanted for step in loader.graph.forwards_plan(node)):
        for operation in loader.graph.nodes[step].operations:
            operation.state_forwards(step[0], state)
    count, grown = len(drawn), shape(state.apps)
    del state.__dict__["apps"]
    assert grown == shape(state.apps) and len(grown) > 15
    # Each once, and those that were altered, with their neighbours; Django draws a multiple of it.
    assert count < full(50, 10) * len(grown)


def test_who_points_at_whom_is_known_as_it_grows():
    state = Growing()
    assert state.apps.get_models() == []
    key: Any = ("id", m.BigAutoField(primary_key=True))
    to_village: Any = m.ForeignKey("fair.Village", on_delete=m.PROTECT, related_name="%(class)ss")
    rule = m.CheckConstraint(condition=m.Q(oldest__isnull=True), name="nobody_is_oldest")
    for operation in (
        CreateModel("Village", [key]),
        CreateModel("Person", [key, ("village", to_village)]),
        AddField("Village", "oldest", m.ForeignKey("fair.Person", on_delete=m.CASCADE, null=True)),
        AddConstraint("Village", rule),
    ):
        operation.state_forwards("fair", state)
    village, person = (state.apps.get_model("fair", name) for name in ("Village", "Person"))
    assert [of.related_model for of in village._meta.related_objects] == [person]
    assert [of.related_model for of in person._meta.related_objects] == [village]
    assert [one.name for one in village._meta.constraints] == ["nobody_is_oldest"]
    assert village.persons.rel.related_model is person and village.oldest.field.related_model is person


@pytest.mark.django_db
def test_the_command_goes_by_it_whatever_state_it_is_given():
    assert issubclass(Command, migrate.Command) and vars(migrate)["MigrationExecutor"] is Executor
    given = ProjectState()
    before = given.apps
    left = Executor(connection).migrate([], [], given)
    assert type(left) is Growing and left.apps is not before


@pytest.mark.skipif(not FULL, reason="migrates as slowly as Django does: make test-full")
@pytest.mark.proof
def test_both_ways_lead_to_one_database():
    mine, dumps = servers.servers(), []
    postgres = mine.servers.postgres
    assert isinstance(postgres, Postgres)
    ours = [str(ROOT / "manage.py"), "migrate", "--no-input", "--skip-checks", "-v", "0"]
    for command in (ours, ["-c", AS_DJANGO_DOES]):
        name = mine.new_database(f"test_ways_{os.getpid()}", "template1")
        env = mine.environment(name) | {"DATABASE_AS_OWNER": "1"}
        subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=True)
        dump = [str(postgres.bin / "pg_dump"), "--schema-only", postgres.url("postgres", name)]
        told = subprocess.run(dump, capture_output=True, text=True, check=True).stdout
        dumps.append([line for line in told.splitlines() if "restrict" not in line])
    assert dumps[0] == dumps[1] and len(dumps[0]) > 1_000
