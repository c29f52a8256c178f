"""What the app's role may do is held by the database, not by good manners."""

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from core import grants
from tests import servers

pytestmark = pytest.mark.django_db


def rights_of_the_app() -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s",
            [settings.DATABASE_APP_ROLE],
        )
        rights: dict[str, set[str]] = {}
        for table, right in cursor.fetchall():
            rights.setdefault(table, set()).add(right)
    return rights


def test_append_only_tables_can_be_read_and_added_to_and_nothing_else():
    rights = rights_of_the_app()
    tables = grants.append_only_tables()
    assert "core_outboxevent" in tables
    assert {table: rights[table] for table in tables} == {table: {"SELECT", "INSERT"} for table in tables}


def test_from_lasting_tables_nothing_is_taken_and_every_other_of_ours_is_at_the_apps_hands():
    rights = rights_of_the_app()
    ours = {
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed
    }
    usual = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    kept = grants.lasting_tables()
    assert "contest_snapshot" in kept
    assert {table: rights[table] for table in kept} == {table: usual - {"DELETE"} for table in kept}
    assert {t for t in ours - grants.append_only_tables() - kept if rights.get(t) != usual} == set()
    assert rights["django_migrations"] == {"SELECT"}


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE core_outboxevent SET name = 'x'",
        "DELETE FROM core_outboxevent",
        "TRUNCATE core_outboxevent CASCADE",
        "DROP TABLE core_outboxevent CASCADE",
        "ALTER TABLE core_outboxevent DISABLE TRIGGER ALL",
        "CREATE TABLE mine ()",
        "SET ROLE sheaf_owner",
    ],
)
def test_the_app_cannot_tamper(deed):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed)


def test_neither_role_is_a_superuser():
    postgres = servers.servers().servers.postgres
    with psycopg.connect(postgres.url("postgres", "postgres")) as superuser:
        query = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'sheaf%' ORDER BY 1"
        assert superuser.execute(query).fetchall() == [
            ("sheaf_app", False, False),
            ("sheaf_owner", False, False),
        ]
