"""Small promises of the ground floor: states, the trade's clock, rates, types' enums and the SDL's keeper."""

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Organisation, Region
from core import clock, rates
from core.api.types import enum_of
from core.refusals import Conflict, TooMany
from shop.management.commands import sdl


@pytest.fixture
def organisation(db):
    return Organisation.objects.create(kind="union", name_zh="示例工会", region=Region.objects.first())


def test_only_the_moves_in_the_table_are_made(organisation):
    with pytest.raises(Conflict):
        organisation.move_to("suspended")
    organisation.move_to("verified", verified_at=(now := timezone.now()))
    organisation.refresh_from_db()
    assert (organisation.state, organisation.verified_at) == ("verified", now)
    assert organisation.can_move_to("suspended") and not organisation.can_move_to("declined")


def test_of_two_that_move_at_once_one_is_refused(organisation):
    twin = Organisation.objects.get(pk=organisation.pk)
    organisation.move_to("verified")
    with pytest.raises(Conflict):
        twin.move_to("declined")
    organisation.refresh_from_db()
    assert organisation.state == "verified"


def test_the_enum_of_a_column_is_its_choices_and_may_be_stored(organisation):
    kinds = enum_of(Organisation, "kind")
    assert kinds._meta.name == "OrganisationKind" and kinds is enum_of(Organisation, "kind")
    Organisation.objects.filter(kind=kinds.UNION).update(kind=kinds.SCHOOL)
    organisation.refresh_from_db()
    assert organisation.kind == "school" == kinds.SCHOOL.value


@pytest.mark.django_db
def test_the_trades_clock_moves_and_the_walls_does_not():
    before = timezone.now()
    clock.stand_at(datetime(2027, 5, 1, 9, tzinfo=clock.SHANGHAI))
    assert clock.today().isoformat() == "2027-05-01"
    clock.move(timedelta(days=1))
    assert clock.now().date().isoformat() == "2027-05-02"
    assert timezone.now() - before < timedelta(minutes=1)
    clock.back_to_now()
    assert abs(clock.now() - timezone.now()) < timedelta(minutes=1)


def test_a_rate_is_kept_by_name_and_asker():
    assert [rates.allow("x", "a", 2, 60) for _ in range(3)] == [True, True, False]
    assert rates.allow("x", "b", 2, 60) and rates.allow("y", "a", 2, 60)
    with pytest.raises(TooMany):
        rates.demand("x", "a", 2, 60)


def test_what_one_window_refuses_the_next_does_not_count():
    windows = [("one", "a", 2), ("all", "a", 3)]
    assert [rates.allow_each(windows, 60) for _ in range(5)] == [True, True, False, False, False]
    assert rates.allow("all", "a", 3, 60) and not rates.allow("all", "a", 3, 60)


def test_without_a_cache_nobody_is_held_up(monkeypatch):
    monkeypatch.setattr("core.rates._count_each", lambda *a: 1 / 0)
    assert rates.allow("x", "a", 0, 60)


def test_a_break_must_be_named_in_the_changelog():
    before, after = "type Query { a: Int b: Int }", "type Query { a: Int }"
    assert sdl.unnamed_breaks(before, after, "") == ["Query.b was removed."]
    assert sdl.unnamed_breaks(before, after, "- Query.b was removed. Use a.") == []


def test_a_stale_sdl_is_found_and_written_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(sdl, "WHERE", tmp_path / "schema.graphql")
    monkeypatch.setattr(sdl, "CHANGELOG", tmp_path / "CHANGELOG.md")
    with pytest.raises(CommandError, match="stale"):
        call_command("sdl", "--check")
    call_command("sdl")
    call_command("sdl", "--check")
    text = sdl.WHERE.read_text()
    assert "type EventConnection" in text
    sdl.WHERE.write_text(text + "\ntype Gone { a: Int }\n")
    with pytest.raises(CommandError, match="Gone was removed"):
        call_command("sdl")
