"""A round's desk in six tabs: each for whoever may, the pages of one beside each other, and who goes on from its entries."""

import re

import pytest
from django.test import Client

from contest.actions import result as results
from contest.models import Pick, Registration
from core import clock
from tests.accounts.world import a_person
from tests.catalog.world import a_team
from tests.contest.outside import a_source, a_statement
from tests.contest.rounds import a_field, follow
from tests.impact.disclosed import at_noon
from tests.impact.world import a_round
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, words

pytestmark = pytest.mark.django_db


def navs(page: str) -> list[list[str]]:
    """The words of each row of tabs."""
    rows = re.findall(r'<nav class="tabs[^>]*>(.*?)</nav>', page, re.S)
    return [[" ".join(one.split()) for one in re.findall(r">([^<]+)</a>", row)] for row in rows]


def test_an_organiser_has_six_tabs_and_the_pages_of_one_beside_each_other():
    round_ = a_round(a_team())
    her = signed_in(a_person(("organiser",)))
    desk = f"/en/organiser/{round_.edition.slug}/provincial/"
    six = ["Calendar", "Rules", "Entries", "Imports and integrity", "Judging", "Results"]
    within = {
        "calendar": ["Calendar", "Tasks", "Ceremonies and the door", "Training"],
        "tasks": ["Calendar", "Tasks", "Ceremonies and the door", "Training"],
        "entries": None,
        "imports": ["Statements", "Cases of integrity"],
        "integrity": ["Statements", "Cases of integrity"],
        "results": None,
    }
    for page, parts in within.items():
        shown = words(her.get(f"{desk}{page}/"))
        assert navs(shown) == ([six, parts] if parts else [six]), page
        assert shown.count('aria-current="page"') == (2 if parts else 1)


def test_an_importer_has_one_tab_of_one_page_and_an_auditor_both_of_its_pages():
    round_ = a_round(a_team())
    a_statement(a_source(), round_, ("o1", 70_00), stated=-1)
    desk = f"/zh/organiser/{round_.edition.slug}/provincial/"
    importer, auditor = (signed_in(a_person((role,))) for role in ("importer", "auditor"))
    assert navs(words(importer.get(f"{desk}imports/"))) == [["导入与核查"]]
    assert importer.get(f"{desk}integrity/").status_code == 404
    statements = words(auditor.get(f"{desk}imports/"))
    assert navs(statements) == [["导入与核查"], ["对账单", "诚信案件"]]
    assert "open=upload_import" not in statements and "open=create_outside_source" not in statements
    (statement,) = re.findall(rf'href="({desk}imports/[^"]+)"', statements)
    page = words(auditor.get(statement))
    assert "70.00" in page and "/do/roll_back_import/" not in page and "open=" not in page
    assert auditor.get(f"{desk}integrity/").status_code == 200
    for tab in ("calendar", "rules", "entries", "judging", "results"):
        assert auditor.get(f"{desk}{tab}/").status_code == 404
    assert desk[3:] in words(auditor.get("/zh/organiser/")), "found from her first page"
    assert signed_in(a_person(("observer",))).get(f"{desk}imports/").status_code == 404


def test_who_goes_on_stands_at_the_entries_and_the_committee_picks_there(monkeypatch):
    at_noon()
    field = a_field(monkeypatch, teams=4)
    her = signed_in(a_person(("organiser",)))
    desk = f"/en/organiser/{field.round.edition.slug}/provincial/entries/"
    field.plan(picks=1)
    assert "Once a result is published" in words(her.get(desk))
    field.scoring((80, 80), (70, 70), (60, 60), (50, 50))
    field.freeze()
    field.publish()
    shown = words(her.get(desk))
    assert "1 of them picked by the committee" in shown and "E01" in shown.split('id="advancement"')[1]
    form = fields(words(her.get(f"{desk}?open=pick_entry")), "pick_entry")
    given = {**form, "number": "E04", "words": "The only one of its county."}
    looked = her.post("/do/pick_entry/", given, follow=True).content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', looked)
    assert seen and not Pick.objects.exists()
    page = words(her.post("/do/pick_entry/", {**given, "seen": seen[1]}, follow=True))
    assert Pick.objects.get().entry.number == "E04"
    row = page.split('id="advancement"')[1]
    assert "The only one of its county." in row and "open=pick_entry" not in row
    field.window_over()
    assert results.finalise_due() == 1
    follow()
    entries = Registration.objects.filter(round=field.into).select_related("entry", "advanced_from")
    assert {one.advanced_from.number for one in entries} == {"E01", "E04"}
    row = words(her.get(desk)).split('id="advancement"')[1]
    sent = entries.get(advanced_from__number="E04").entry
    assert row.count("Takes part") >= 2 and sent.number in row
    # From here there and back, for anybody.
    slug = field.round.edition.slug
    went = words(Client().get(f"/en/contest/{slug}/E04/?level=PROVINCIAL"))
    assert f"/en/contest/{slug}/{sent.number}/?level=NATIONAL" in went
    came = words(Client().get(f"/en/contest/{slug}/{sent.number}/?level=NATIONAL"))
    assert f"/en/contest/{slug}/E04/?level=PROVINCIAL" in came and "counted from zero" in came
    assert clock.now() < field.into.opens_at
