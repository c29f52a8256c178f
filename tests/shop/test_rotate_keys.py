"""Keys are changed while the shop serves: what older ones sealed is sealed anew, and nobody meets a gap."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts import seals
from accounts.actions import erasure
from accounts.models import AuditEntry, Person
from core import sealed
from impact import sealing
from impact.actions import household
from impact.actions.household import Proposal
from impact.models import Edition, HouseholdDetail
from tests.catalog import world as shelves

OLD, NEW, STRANGE = (Fernet.generate_key().decode() for _ in range(3))
DETAILS = sealing.SEALED[0]


def rotate(*words: str) -> str:
    said = StringIO()
    call_command("rotate_keys", *words, stdout=said)
    return said.getvalue()


def families(n: int) -> list:
    team, person = shelves.a_team(), shelves.a_person()
    return [
        household.propose(Proposal(team, team.county, timezone.now(), {"name": f"向{i}"}), person)
        for i in range(n)
    ]


def names() -> list[str]:
    rows = HouseholdDetail.objects.order_by("household")
    return [sealing.unseal_facts(row.sealed)["name"] for row in rows]


@pytest.mark.django_db
def test_what_an_older_key_sealed_is_sealed_with_the_first_and_says_the_same(settings):
    settings.HOUSEHOLD_KEYS = [OLD]
    families(3)
    edition = Edition.objects.create(slug="e", ordinal=1, name_zh="届", sealed_key=sealing.seal(b"k" * 32))
    changed = list(HouseholdDetail.objects.values_list("changed_at", flat=True))
    settings.HOUSEHOLD_KEYS = [NEW, OLD]
    assert "key 2 of HOUSEHOLD_KEYS: 4 words are sealed with it" in rotate("--count")
    assert not AuditEntry.objects.filter(deed="keys.reseal").exists(), "to count changes nothing"

    said = rotate()

    assert "impact.HouseholdDetail.sealed: 3 sealed anew; 3 with the first key\n" in said
    assert "key 2 of HOUSEHOLD_KEYS: no word in the database is sealed with it: it can be taken out" in said
    settings.HOUSEHOLD_KEYS = [NEW]
    assert names() == ["向0", "向1", "向2"]
    edition.refresh_from_db()
    assert sealing.unseal(edition.sealed_key) == b"k" * 32
    assert list(HouseholdDetail.objects.values_list("changed_at", flat=True)) == changed
    entries = AuditEntry.objects.filter(deed="keys.reseal").order_by("pk").values_list("object_uid", "facts")
    assert list(entries) == [
        ("HOUSEHOLD_KEYS", {"column": f"impact.{column}", "words": words, "left": 0})
        for column, words in (("HouseholdDetail.sealed", 3), ("Edition.sealed_key", 1))
    ]
    assert "0 sealed anew; 3 with the first key" in rotate(), "a second run finds nothing to do"


@pytest.mark.django_db
def test_stopped_in_the_middle_it_goes_on_where_it_was(settings, monkeypatch):
    settings.HOUSEHOLD_KEYS = [OLD]
    families(5)
    settings.HOUSEHOLD_KEYS = [NEW, OLD]
    monkeypatch.setattr(sealed, "AT_ONCE", 2)

    def stop(done: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sealed.reseal(DETAILS, stop)
    assert sealed.count(DETAILS) == {0: 3, 1: 2}
    assert names() == [f"向{i}" for i in range(5)], "both keys are read meanwhile"

    assert sealed.reseal(DETAILS).sealed_anew == 2
    assert sealed.count(DETAILS) == {0: 5}


@pytest.mark.django_db
def test_what_is_written_meanwhile_is_never_put_back(settings, monkeypatch):
    settings.HOUSEHOLD_KEYS = [OLD]
    first, second = families(2)
    settings.HOUSEHOLD_KEYS = [NEW, OLD]
    replace = sealed._replace

    def after_somebody_wrote(column, pk, word, anew):
        if pk == first.pk:
            # By a process that has not heard of the new key's place yet.
            HouseholdDetail.objects.filter(pk=pk).update(
                sealed=Fernet(OLD).encrypt('{"name": "新"}'.encode())
            )
        if pk == second.pk:
            HouseholdDetail.objects.filter(pk=pk).delete()
        return replace(column, pk, word, anew)

    monkeypatch.setattr(sealed, "_replace", after_somebody_wrote)
    done = sealed.reseal(DETAILS)

    assert names() == ["新"]
    assert (done.sealed_anew, dict(done.by_key), done.is_done) == (0, {1: 1}, False)
    monkeypatch.undo()
    settings.HOUSEHOLD_KEYS = [NEW, OLD]
    assert "1 sealed anew" in rotate()


@pytest.mark.django_db(transaction=True)
def test_whoever_reads_meanwhile_always_reads_and_whoever_writes_always_writes(settings):
    settings.HOUSEHOLD_KEYS = [OLD]
    made = families(40)
    settings.HOUSEHOLD_KEYS = [NEW, OLD]
    failed, reads, over = [], [], threading.Event()

    def read() -> None:
        try:
            while not over.is_set():
                reads.append(len(names()))
        except Exception as failure:
            failed.append(failure)
        finally:
            connection.close()

    def write() -> None:
        try:
            for n, one in enumerate(made):
                word = sealing.seal_facts({"name": f"写{n}"})
                HouseholdDetail.objects.filter(household=one).update(sealed=word)
        except Exception as failure:
            failed.append(failure)
        finally:
            connection.close()

    others = [threading.Thread(target=work) for work in (read, read, write)]
    for each in others:
        each.start()
    sealed.reseal(DETAILS)
    others[2].join()
    over.set()
    for each in others:
        each.join()
    assert not failed and set(reads) == {40}
    assert sealed.reseal(DETAILS).is_done
    settings.HOUSEHOLD_KEYS = [NEW]
    assert names() == [f"写{n}" for n in range(40)]


@pytest.mark.django_db
def test_a_word_of_an_unknown_key_is_counted_and_left_alone(settings):
    settings.HOUSEHOLD_KEYS = [STRANGE]
    families(1)
    before = bytes(HouseholdDetail.objects.get().sealed)
    settings.HOUSEHOLD_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="1 words are sealed with a key that is not in the settings"):
        rotate()
    assert bytes(HouseholdDetail.objects.get().sealed) == before


@pytest.mark.django_db
def test_a_closed_accounts_address_follows_the_secret_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    word = seals.seal(erasure.REACH, email="li@example.com")
    person = Person.objects.create_user("gone@example.com", "a long password")
    Person.objects.create_user("here@example.com", "a long password")
    Person.objects.filter(pk=person.pk).update(
        reach_sealed=word, reach_until=timezone.now() + timedelta(days=1)
    )
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    said = rotate()
    assert "accounts.Person.reach_sealed: 1 sealed anew; 1 with the first key" in said
    assert (
        "fallback 1 of SECRET_KEY: no word in the database is sealed with it" in said and "180 days" in said
    )
    settings.SECRET_KEY_FALLBACKS = []
    person.refresh_from_db()
    assert erasure.reach(person) == "li@example.com"
