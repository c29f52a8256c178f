"""Every night a backup that can be read, a copy elsewhere, a restore on trial; and none that is kept for ever."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.utils import timezone

from impact.models import HouseholdDetail
from local import house
from local.postgres import OWNER
from orders.models import Notice
from shop import backups, nightly
from tests import servers
from tests.catalog import world as shelves
from tests.figures import in_full_alone
from tests.shop.test_rotate_keys import families

KEEP, DAYS = 3, 35


@pytest.fixture
def home(tmp_path, settings) -> Path:
    settings.DATA_DIR, settings.BACKUP_DIR, settings.BACKUP_COPY = tmp_path, tmp_path / "backups", ""
    return settings.BACKUP_DIR


@pytest.fixture
def quick(home, monkeypatch) -> None:
    """What a backup holds is not the question here."""

    def keep(folder: Path) -> dict:
        folder.mkdir()
        (folder / "database.dump").write_bytes(b"dump")
        manifest = {"made_at": timezone.now().isoformat()}
        (folder / "backup.json").write_text(json.dumps(manifest))
        return manifest

    monkeypatch.setattr(backups, "keep", keep)
    monkeypatch.setattr(backups, "read_through", lambda folder: 75)


def one_of(home: Path, age: timedelta) -> str:
    folder = home / (timezone.now() - age).strftime(nightly.STAMP)
    folder.mkdir(parents=True)
    (folder / "backup.json").write_text("{}")
    return folder.name


def manage(data: Path, *args: str, **env: str) -> str:
    told = servers.servers().environment(servers.own_database())
    return house.manage(told | {"DATA_DIR": str(data), **env}, *args)


@pytest.mark.django_db(transaction=True)
def test_a_night_leaves_a_backup_that_was_read_copied_and_restored_on_trial(tmp_path):
    families(2)
    Notice.objects.create(provider="stripe", event_id="evt_1", kind="charge.updated", body=b"{}")
    Notice.objects.update(
        received_at=timezone.now() - timedelta(hours=1)
    )  # waits for a worker: no fault of a backup
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    said = manage(tmp_path, "backup", "--drill", BACKUP_COPY=f"cp -r {{folder}} {elsewhere}")

    record = json.loads((tmp_path / "last_backup.json").read_text())
    folder = tmp_path / "backups" / record["folder"]
    assert "read through, copied elsewhere.\nRestored on trial: everything holds." in said
    assert record["tables"] > 50 and record["bytes"] == sum(p.stat().st_size for p in folder.iterdir())
    assert record["copied_at"] > record["made_at"] and record["drilled_at"] > record["copied_at"]
    assert record["drill"] == ""
    copied = (elsewhere / record["folder"] / "database.dump").read_bytes()
    assert copied == (folder / "database.dump").read_bytes()

    # A shop in which something does not hold is restored as it is, and the drill says so.
    HouseholdDetail.objects.update(sealed=b"open")
    with pytest.raises(SystemExit, match="2 words of impact.HouseholdDetail.sealed cannot be read"):
        manage(tmp_path, "backup", "--drill")
    assert "details lie open" in json.loads((tmp_path / "last_backup.json").read_text())["drill"]
    with psycopg.connect(servers.servers().servers.postgres.url(OWNER, "postgres")) as connection:
        query = "SELECT count(*) FROM pg_database WHERE datname LIKE '%drill'"
        assert connection.execute(query).fetchone() == (0,), "what a drill makes it drops"
    assert not (tmp_path / "media").exists()

    # A dump whose end is torn still lists its contents; it is no backup all the same.
    torn = tmp_path / "torn"
    shutil.copytree(folder, torn)
    whole = (folder / "database.dump").read_bytes()
    for size in (len(whole) - 2000, 0):
        (torn / "database.dump").write_bytes(whole[:size])
        with pytest.raises((backups.CannotRestore, subprocess.CalledProcessError)):
            backups.read_through(torn)


@pytest.mark.usefixtures("quick")
def test_old_ones_go_by_number_and_by_age_and_nothing_else_is_touched(home):
    recent = [one_of(home, timedelta(days=n)) for n in (1, 2, 3)]
    old = one_of(home, timedelta(days=DAYS + 1))
    (home / "by-hand").mkdir()
    (home / f"2030-01-01T00-00-00Z{nightly.UNFINISHED}").mkdir()

    made = nightly.back_up(KEEP, DAYS)

    assert {path.name for path in home.iterdir()} == {".lock", "by-hand", made.folder, *recent[:2]}
    nightly.take_old_ones_away(home, 100, 1)
    assert old not in {path.name for path in home.iterdir()} and recent[1] not in {
        p.name for p in home.iterdir()
    }


@pytest.mark.usefixtures("home")
def test_the_newest_stays_whatever_its_age(home):
    newest = one_of(home, timedelta(days=400))
    one_of(home, timedelta(days=401))
    nightly.take_old_ones_away(home, KEEP, DAYS)
    assert [path.name for path in home.iterdir()] == [newest]


@pytest.mark.usefixtures("quick")
def test_a_backup_that_cannot_be_read_is_not_the_last_one(home, monkeypatch):
    assert nightly.last() is None
    made = nightly.back_up(KEEP, DAYS)
    assert nightly.last() == made and made.age < timedelta(minutes=1)

    def torn(folder: Path) -> int:
        raise subprocess.CalledProcessError(1, "pg_restore")

    monkeypatch.setattr(backups, "read_through", torn)
    with pytest.raises(subprocess.CalledProcessError):
        nightly.back_up(KEEP, DAYS)
    assert nightly.last() == made
    assert [path.name for path in nightly.all_of(home)] == [made.folder]


@pytest.mark.usefixtures("quick")
def test_a_copy_that_fails_is_said_and_the_backup_stays(home, settings):
    settings.BACKUP_COPY = "cp -r {folder} '/no where/at all'"
    with pytest.raises(nightly.BackupFailed, match="was made, but not copied: cp ended with 1"):
        nightly.back_up(KEEP, DAYS)
    assert nightly.last().copies and not nightly.last().copied_at
    settings.BACKUP_COPY = "no-such-program {all}"
    with pytest.raises(nightly.BackupFailed, match="No such file"):
        nightly.copy_elsewhere(nightly.all_of(home)[0])


def test_the_hour_is_that_of_the_wall():
    at = datetime(2030, 5, 1, 3, 0, tzinfo=UTC)
    assert nightly.next_at("03:10", at) == at + timedelta(minutes=10)
    assert nightly.next_at("03:00", at) == at + timedelta(days=1)


@pytest.mark.usefixtures("quick")
def test_a_night_that_failed_is_tried_once_more_before_the_next(monkeypatch):
    at, nights = [datetime(2030, 5, 1, 3, 0, tzinfo=UTC)], []
    monkeypatch.setattr(timezone, "now", lambda: at[0])

    class Enough(BaseException):
        pass

    def sleep(seconds: float) -> None:
        at[0] += timedelta(seconds=seconds)

    def night() -> None:
        nights.append(timezone.localtime(at[0]).strftime("%d %H:%M"))
        if len(nights) == 2:
            raise OSError("disk full")
        if len(nights) == 4:
            raise Enough

    with pytest.raises(Enough):
        nightly.every_night("03:10", night, sleep)
    # The first at once, since there is none; then each at its hour, and half an hour later where it failed.
    assert nights == ["01 11:00", "02 03:10", "02 03:40", "03 03:10"]


@in_full_alone("backs up and restores once more, over a shop that was opened and not used")
@pytest.mark.django_db(transaction=True)
def test_a_shop_that_nobody_has_used_yet_makes_room_for_a_backup(tmp_path):
    shelves.a_person()
    manage(tmp_path, "backup", str(tmp_path / "made"))
    unused = servers.servers().new_database(f"{servers.own_database()}_unused")
    told = servers.servers().environment(unused) | {"DATA_DIR": str(tmp_path / "other")}
    assert house.manage(told, "restore", str(tmp_path / "made")) == "Restored.\n"
