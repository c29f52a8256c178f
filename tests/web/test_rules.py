"""The tab of rules at the organiser's desk, by pages alone: drafted, edited, tried out, frozen."""

import hashlib

import pytest
from django.test import Client

from contest.actions import rulebook as rules
from contest.models import Rulebook
from contest.reads.keeping import key_of_round
from core.api.ids import global_id
from tests.catalog import world as shelves
from tests.contest import committee
from tests.impact import world
from tests.web.conftest import signed_in
from tests.web.office import gone, twice
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_():
    return world.a_round(shelves.a_team(), shelves.a_team(), days=(1, 10, 17))


@pytest.fixture
def tab(round_):
    return f"/en/organiser/{round_.edition.slug}/provincial/rules/"


@pytest.fixture
def organiser():
    return signed_in(committee.an_organiser())


def test_rules_are_drafted_edited_tried_out_and_frozen_by_pages_alone(round_, tab, organiser):
    assert "This round has no rules yet." in words(organiser.get(tab))
    post(organiser, "draft_rulebook", round=global_id("Round", key_of_round(round_)), back=tab)
    page = words(organiser.get(tab))
    assert "Rules, version 1" in page and "Freeze the rules" in page and "5000.00" in page
    book = Rulebook.objects.get()
    its = {"rulebook": global_id("Rulebook", book.uid), "back": tab}
    opened = words(organiser.get(f"{tab}?open=edit_rulebook~caps"))
    assert 'name="caps.personMinor"' in opened and 'value="5000.00"' in opened
    post(
        organiser,
        "edit_rulebook",
        item="caps",
        **its,
        **{"caps.personMinor": "3000.5", "caps.personDays": "4"},
    )
    book.refresh_from_db()
    assert (book.parameters["caps"]["person_minor"], book.parameters["caps"]["person_days"]) == (300_050, 4)
    post(organiser, "write_rulebook", **its, textZh="公平竞赛。", textEn="Be fair.")
    assert "Be fair." in words(organiser.get(tab))
    looked = {"simulate": "true", "indicators.welfare.weightBps": "20", "indicators.amount.weightBps": "30"}
    tried = words(organiser.get(tab, looked))
    assert "As of" in tried and "1–1" in tried and 'value="20"' in tried
    wrong = words(organiser.get(tab, {"simulate": "true", "indicators.welfare.weightBps": "20"}))
    assert "Together they must be 100%; they are 90%." in wrong
    twice(organiser, "freeze_rulebook", **its)
    book.refresh_from_db()
    frozen = words(organiser.get(tab))
    assert book.is_frozen and book.sha256 in frozen and "Change this part" not in frozen


def test_what_is_refused_stands_beside_its_field_as_it_was_written(round_, tab, organiser):
    post(organiser, "draft_rulebook", round=global_id("Round", key_of_round(round_)), back=tab)
    its = {"rulebook": global_id("Rulebook", Rulebook.objects.get().uid), "item": "indicators"}
    back = f"{tab}?open=edit_rulebook~indicators"
    post(organiser, "edit_rulebook", **its, back=back,
         **{"indicators.welfare.weightBps": "35.5", "indicators.amount.weightBps": "a lot"})  # fmt: skip
    page = words(organiser.get(back))
    assert 'value="35.5"' in page and 'value="a lot"' in page and "Please give a whole number." in page
    assert Rulebook.objects.get().parameters["indicators"][0]["weight_bps"] == 3_000


def test_an_indicator_is_added_by_a_form_and_another_version_drafted_and_chosen(round_, tab, organiser):
    at = global_id("Round", key_of_round(round_))
    post(organiser, "draft_rulebook", round=at, back=tab)
    its = {"rulebook": global_id("Rulebook", Rulebook.objects.get().uid), "back": tab}
    post(organiser, "add_indicator", **its, indicator="returning", nameZh="回头客", nameEn="Who came back",
         measure="further.returning", ref="500", x0="")  # fmt: skip
    assert "Who came back" in words(organiser.get(tab)) and "Take out" in words(organiser.get(tab))
    post(organiser, "remove_indicator", **its, indicator="returning")
    assert "Who came back" not in words(organiser.get(tab))
    twice(organiser, "freeze_rulebook", **its)
    post(organiser, "draft_rulebook", round=at, like=its["rulebook"], back=tab)
    second = Rulebook.objects.get(version=2)
    post(organiser, "choose_rulebook", rulebook=global_id("Rulebook", second.uid), round=at, back=tab)
    assert "Rules, version 2" in words(organiser.get(tab))


def test_the_tab_and_its_simulator_are_for_whoever_keeps_the_contest(round_, tab):
    for person in (shelves.a_person(), committee.a_judge(round_)):
        assert gone(signed_in(person), tab, f"{tab}?simulate=true")


def test_everybody_reads_frozen_rules_and_their_file_has_the_hash_that_is_told(round_):
    public = f"/en/contest/{round_.edition.slug}/rules/"
    book = rules.draft(round_, None)
    file = f"/contest/rules/{global_id('Rulebook', book.uid)}.json"
    assert "The rules are not frozen yet." in words(Client().get(public)) and gone(Client(), file)
    rules.freeze(book, None)
    book.refresh_from_db()
    page = words(Client().get(public))
    assert book.sha256 in page and file in page and "Public welfare" in page
    assert hashlib.sha256(Client().get(file).content).hexdigest() == book.sha256
    assert gone(Client(), "/contest/rules/nothing.json")
