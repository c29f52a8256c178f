"""A ceremony: who is invited, who comes, what is taken along, and the round that it opens."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.test import Client
from openpyxl import load_workbook

from accounts.models import AuditEntry
from accounts.places import Place
from contest.actions import rulebook
from contest.actions.ceremony import forget_guests
from contest.models import Ceremony, CeremonyGuest
from core import clock
from core.api.ids import global_id
from impact.models import Round
from tests.accounts.world import Asker, a_person, holds
from tests.impact.world import a_round
from tests.web.conftest import signed_in
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def coming() -> Round:
    """A round that begins in five days."""
    return a_round(days=(5, 20, 27))


@pytest.fixture
def organiser(coming):
    person = a_person()
    holds(person, "organiser", Place(subject=coming.edition.uid))
    return person


def a_ceremony(organiser, coming, **facts) -> Ceremony:
    opens = (
        {"opens": global_id("Round", f"{coming.edition.slug}/provincial/")}
        if facts.pop("opens", True)
        else {}
    )
    given = {
        "edition": coming.edition.slug,
        "titleZh": "启动仪式",
        "beginsAt": "2026-05-14T09:30",
        **opens,
        **facts,
    }
    post(signed_in(organiser), "save_ceremony", **given)
    return Ceremony.objects.latest("id")


def invited(organiser, ceremony, name="示例来宾", email="") -> CeremonyGuest:
    post(
        signed_in(organiser),
        "invite_guest",
        ceremony=global_id("OrganiserCeremony", ceremony.uid),
        name=name,
        body="示例单位",
        email=email,
    )
    return CeremonyGuest.objects.latest("id")


def test_a_guest_is_told_by_letter_shows_her_code_and_is_let_in_once(
    organiser, coming, client, run_deliveries
):
    guest = invited(organiser, a_ceremony(organiser, coming), email="guest@example.com")
    run_deliveries()
    (letter,) = [one for one in mail.outbox if one.to == ["guest@example.com"]]
    there = f"/zh/invited/{guest.code}/"
    assert there in letter.body and guest.code in letter.body
    page = client.get(there)
    assert "示例来宾" in words(page) and '<svg class="qr"' in page.content.decode()
    assert "签到</button>" not in page.content.decode(), "nobody lets herself in"
    post(client, "let_in_guest", code=guest.code)
    guest.refresh_from_db()
    assert guest.came_at is None
    door = signed_in(organiser)
    assert "签到</button>" in door.get(there).content.decode(), "the door's own phone opens the code"
    post(door, "let_in_guest", code=f" {guest.code[:5].lower()} {guest.code[5:]}")
    guest.refresh_from_db()
    first = guest.came_at
    assert first and guest.let_in_by == organiser
    post(door, "let_in_guest", code=guest.code)
    guest.refresh_from_db()
    assert guest.came_at == first
    assert AuditEntry.objects.filter(noun="Ceremony", deed="let_in").count() == 1


def test_another_editions_organiser_lets_nobody_in_and_sees_no_guest(organiser, coming):
    ceremony = a_ceremony(organiser, coming)
    guest = invited(organiser, ceremony)
    other = a_person()
    holds(other, "organiser", Place(subject=a_round().edition.uid))
    browser = signed_in(other)
    assert Asker(other).refused("ceremonyLetIn", code=guest.code) == "NOT_FOUND"
    assert (
        browser.get(
            f"/zh/organiser/attendance/{global_id('OrganiserCeremony', ceremony.uid)}.csv"
        ).status_code
        == 404
    )
    assert "示例来宾" not in words(browser.get(f"/zh/organiser/{coming.edition.slug}/provincial/ceremony/"))
    guest.refresh_from_db()
    assert guest.came_at is None


def test_who_came_is_taken_along_and_that_is_written_down(organiser, coming):
    ceremony = a_ceremony(organiser, coming)
    here, _ = invited(organiser, ceremony, "=示例甲"), invited(organiser, ceremony, "示例乙")
    browser = signed_in(organiser)
    post(browser, "let_in_guest", code=here.code)
    there = f"/zh/organiser/attendance/{global_id('OrganiserCeremony', ceremony.uid)}."
    rows = [
        line for line in browser.get(there + "csv").content.decode("utf-8-sig").splitlines() if "示例" in line
    ]
    assert len(rows) == 2 and any(row.startswith("'=示例甲") or "\"'=示例甲" in row for row in rows)
    sheet = load_workbook(BytesIO(browser.get(there + "xlsx").content)).active
    assert {str(row[0].value) for row in sheet.rows} >= {"示例乙"}
    assert AuditEntry.objects.filter(noun="Ceremony", deed="download").count() == 2


def test_it_opens_the_round_at_the_moment_that_the_audit_log_tells(organiser, coming):
    ceremony = a_ceremony(organiser, coming)
    asker, id = Asker(organiser), global_id("OrganiserCeremony", ceremony.uid)
    assert asker.refused("ceremonyOpen", ceremony=id) == "CONFLICT"
    coming.refresh_from_db()
    assert coming.phase(clock.now()) == Round.Phase.COMING, "its rulebook is not frozen"
    book = rulebook.draft(coming, None)
    rulebook.freeze(book, None)
    rulebook.choose(book, coming, None)
    before = clock.now()
    asker.done("ceremonyOpen", ceremony=id)
    coming.refresh_from_db()
    ceremony.refresh_from_db()
    assert before <= coming.opens_at <= clock.now() and ceremony.opened_at == coming.opens_at
    entry = AuditEntry.objects.get(noun="Edition", deed="open")
    assert datetime.fromisoformat(entry.facts["opens_at"]) == coming.opens_at
    assert coming.phase(clock.now()) == Round.Phase.OPEN
    assert asker.refused("ceremonyOpen", ceremony=id) == "TOO_LATE"


def test_of_two_ceremonies_one_opens_a_round_and_none_opens_what_has_begun(organiser, coming):
    a_ceremony(organiser, coming)
    a_ceremony(organiser, coming)
    assert Ceremony.objects.count() == 1
    a_ceremony(organiser, coming, opens=False)
    assert Ceremony.objects.count() == 2
    begun = a_round()
    holds(organiser, "organiser", Place(subject=begun.edition.uid))
    post(
        signed_in(organiser),
        "save_ceremony",
        edition=begun.edition.slug,
        titleZh="x",
        beginsAt="2026-05-14T09:30",
        opens=global_id("Round", f"{begun.edition.slug}/provincial/"),
    )
    assert Ceremony.objects.count() == 2


def test_whoever_was_invited_is_forgotten_ninety_days_after(organiser, coming):
    ceremony = a_ceremony(organiser, coming)
    invited(organiser, ceremony)
    Ceremony.objects.update(begins_at=clock.now() - timedelta(days=89))
    assert forget_guests() == 0
    Ceremony.objects.update(begins_at=clock.now() - timedelta(days=91))
    assert forget_guests() == 1


def test_everybody_is_told_of_a_ceremony_and_nobody_of_its_guests(organiser, coming):
    invited(organiser, a_ceremony(organiser, coming))
    told = Asker(language="zh").ask(
        "query($e: String!) { ceremonies(edition: $e) { title opensRound openedAt } }", e=coming.edition.slug
    )
    assert told == {"ceremonies": [{"title": "启动仪式", "opensRound": True, "openedAt": None}]}


def test_everybody_reads_of_it_on_the_editions_page_at_once(organiser, coming):
    there = f"/zh/contest/{coming.edition.slug}/"
    assert "启动仪式" not in words(Client().get(there))
    ceremony = a_ceremony(organiser, coming)
    shown = words(Client().get(there))
    assert ceremony.title_zh in shown and "开启赛段" in shown
    ceremony.title_zh = "示例换了名"
    ceremony.save(update_fields=["title_zh"])
    again = words(Client().get(there))
    assert "示例换了名" in again
