"""A backup opened elsewhere is the same shop, and does nothing a second time."""

from pathlib import Path

import psycopg
import pytest
from django.utils import timezone

from core.models import Delivery, OutboxEvent
from local import house
from local.postgres import APP
from tests import servers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def restored(tmp_path):
    """The name of a database to restore into, dropped afterwards."""
    name = servers.own_database() + "_restored"
    servers.servers().mine.append(name)
    yield name
    servers.servers().drop(name)


def manage(*args: str, data: Path, database: str = "") -> str:
    env = servers.servers().environment(database or servers.own_database())
    return house.manage(env | {"DATA_DIR": str(data)}, *args)


def rows(database: str, query: str) -> list[tuple]:
    with psycopg.connect(servers.servers().servers.postgres.url(APP, database)) as connection:
        return connection.execute(query).fetchall()


def an_event_with(**delivery: object) -> Delivery:
    event = OutboxEvent.objects.create(name="OrderPaid", payload={"order": 7})
    return Delivery.objects.create(event=event, **delivery)


def test_what_was_done_or_may_have_been_done_is_not_done_again(tmp_path, restored):
    an_event_with(reaction="orders.tasks.sent_already", done_at=timezone.now())
    an_event_with(reaction="orders.tasks.may_have_been_sent")
    (tmp_path / "media" / "pictures").mkdir(parents=True)
    (tmp_path / "media" / "pictures" / "tea.webp").write_bytes(b"tea")
    manage("backup", str(tmp_path / "kept"), data=tmp_path)

    said = manage("restore", str(tmp_path / "kept"), "--into", restored, data=tmp_path / "elsewhere")

    assert "1 deliveries that reach outside" in said
    assert (tmp_path / "elsewhere" / "media" / "pictures" / "tea.webp").read_bytes() == b"tea"
    states = "SELECT reaction, done_at IS NULL, parked_at IS NULL FROM core_delivery ORDER BY id"
    assert rows(restored, states) == [
        ("orders.tasks.sent_already", False, True),
        ("orders.tasks.may_have_been_sent", True, False),
    ]
    parked = manage("parked", data=tmp_path, database=restored)
    assert parked.split()[:2] == ["1", "orders.tasks.may_have_been_sent"]
    # The shop that was backed up goes on untouched.
    assert Delivery.objects.filter(parked_at=None).count() == 2


def test_the_roles_keep_to_their_rights_after_a_restore(tmp_path, restored):
    an_event_with(reaction="orders.tasks.sent_already", done_at=timezone.now())
    manage("backup", str(tmp_path / "kept"), data=tmp_path)
    manage("restore", str(tmp_path / "kept"), "--into", restored, data=tmp_path)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(restored, "DELETE FROM core_outboxevent")
    assert rows(restored, "UPDATE core_delivery SET tries = tries RETURNING 1") == [(1,)]


def test_a_shop_in_use_is_never_overwritten(tmp_path):
    from accounts.models import Person

    Person.objects.create(email="li@example.com")
    manage("backup", str(tmp_path / "kept"), data=tmp_path)

    with pytest.raises(SystemExit, match="in use"):
        manage("restore", str(tmp_path / "kept"), data=tmp_path)

    assert Person.objects.get().email == "li@example.com"


def test_a_backup_that_our_keys_cannot_read_is_refused(tmp_path, restored):
    manage("backup", str(tmp_path / "kept"), data=tmp_path)
    manifest = tmp_path / "kept" / "backup.json"
    manifest.write_text(
        manifest.read_text().replace('"household_keys": [\n', '"household_keys": [\n"other",\n')
    )

    with pytest.raises(SystemExit, match="HOUSEHOLD_KEYS lacks"):
        manage("restore", str(tmp_path / "kept"), "--into", restored, data=tmp_path)
