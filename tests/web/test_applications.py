"""A team that is not there yet: invited by mail or by text, written on a phone, looked at by its county, and let in."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.actions import way as ways
from accounts.models import Appointment, AuditEntry, SignInWay
from catalog.actions import application as applications
from catalog.actions import application_paper
from catalog.models import ApplicationPaper, ApplicationPaperFile, Leader, Team, TeamApplication
from core.api.ids import global_id
from core.refusals import NotFound
from tests import texts
from tests.accounts.world import Asker, a_person
from tests.catalog.world import a_county
from tests.texts import the_text
from tests.web.conftest import signed_in
from tests.web.office import ZIGUI, an_officer, elsewhere
from tests.web.test_desk import a_photo, fill, sure
from tests.web.test_pages import fields, words

pytestmark = pytest.mark.django_db
OFFICE, APPLY = "/zh/office/applications/", "/zh/apply/"
MINE = "{ myTeamApplications { id state isOver email } }"
WRITTEN = {
    "nameZh": "青滩脐橙队", "villageZh": "青滩村", "leaderZh": "周建国", "producerZh": "青滩柑橘合作社",
    "goods": "脐橙，一年三万斤", "linkingZh": "按斤收，比集市高两角，当天付现",
}  # fmt: skip


@pytest.fixture
def county(db):
    """Somebody who lets teams in, in Zigui alone, and her browser."""
    a_county()
    return an_officer("county_verifier", ZIGUI)


def invited(by, **to) -> TeamApplication:
    return applications.invite(by, a_county(), **to)


def handed_in(county, **her) -> tuple[TeamApplication, Client]:
    """One that waits for its county, and the browser of whoever wrote it."""
    mei = a_person(**her)
    row, browser = invited(county[0], email=mei.email), signed_in(mei)
    fill(browser, APPLY, "save_application", **WRITTEN)
    fill(browser, APPLY, "submit_application")
    row.refresh_from_db()
    assert row.state == "submitted"
    return row, browser


def id_of(row) -> str:
    return global_id(type(row).__name__, row.uid)


def states() -> list[str]:
    return list(TeamApplication.objects.order_by("pk").values_list("state", flat=True))


def test_from_a_letter_to_a_desk_by_pages(county, run_deliveries):
    officer, office = county
    page = words(office.get(f"{OFFICE}?open=invite_new_team&province=420000"))
    form = fields(page, "invite_new_team")
    office.post(
        "/do/invite_new_team/", {**form, "county": ZIGUI, "email": "Zhou@Qingtan.example"}, follow=True
    )
    run_deliveries()
    (letter,) = mail.outbox
    assert letter.to == ["zhou@qingtan.example"] and APPLY in letter.body
    assert Client().get(APPLY).status_code == 302, "a guest is asked to sign in, and is told nothing"
    mei = a_person(email="zhou@qingtan.example", name="周建国")
    her = signed_in(mei)
    assert "去填申请" in words(her.get("/zh/account/"))
    row = TeamApplication.objects.get()
    her.get(APPLY)
    assert states() == ["invited"], "looking uses nothing up"
    half = {name: WRITTEN[name] for name in ("nameZh", "villageZh")}
    her.post("/do/save_application/", {**fields(words(her.get(APPLY)), "save_application"), **half})
    page = words(fill(her, APPLY, "submit_application", lang="zh"))
    assert "还没写谁带头。" in page and "青滩脐橙队" in page and states() == ["writing"]
    page = words(her.get(f"{APPLY}?open=save_application~{id_of(row)}"))
    assert 'value="青滩村"' in page, "what was written is there"
    fill(her, APPLY, "save_application", **{**WRITTEN, "nameZh": "长" * 81})
    row.refresh_from_db()
    assert (row.name_zh, row.goods) == ("青滩脐橙队", WRITTEN["goods"]), "what was right is kept all the same"
    add = {"id": id_of(row), "kind": "LICENCE", "lang": "zh", "next": APPLY}
    her.post("/do/add_application_paper/", {**add, "file": SimpleUploadedFile("a.jpg", b"%PDF-1.7 x")})
    her.post("/do/add_application_paper/", {**add, "file": SimpleUploadedFile("b.pdf", a_photo().read())})
    assert list(ApplicationPaper.objects.values_list("is_pdf", flat=True)) == [True, False], (
        "by what lies in it"
    )
    mail.outbox.clear()
    fill(her, APPLY, "submit_application")
    run_deliveries()
    assert [one.to for one in mail.outbox] == [[officer.email]] and states() == ["submitted"]
    assert Asker(mei).refused("teamApplicationSave", id=id_of(row), nameZh="x") == "TOO_LATE"
    assert "等看的新团队" in words(office.get("/zh/office/"))
    assert "周建国" in words(office.get(OFFICE))
    row.refresh_from_db()
    seen = applications.seen_of(row)
    fill(office, OFFICE, "return_application", reason="请补村里的证明")
    assert "县里请您补充： 请补村里的证明" in words(her.get(APPLY)) and states() == ["returned"]
    fill(her, APPLY, "submit_application")
    assert Asker(officer).refused("teamApplicationAdmit", id=id_of(row), seen=seen) == "CONFLICT"
    row.refresh_from_db()
    fill(office, OFFICE, "admit_application")
    assert not Team.objects.exists(), "it is shown once more before it is done"
    mail.outbox.clear()
    assert "The team is set up, and her desk is open." in sure(
        office, OFFICE, "admit_application", code="hb07"
    )
    run_deliveries()
    team, leader = Team.objects.get(), Leader.objects.get()
    assert (team.code, team.name_zh, team.county_id) == ("HB07", "青滩脐橙队", ZIGUI)
    assert (leader.name_zh, leader.introduced_by, leader.verified_by) == ("周建国", mei, officer)
    part = Appointment.objects.get(subject=team.uid)
    assert (part.person, part.role, part.by) == (mei, "team_manager", officer)
    assert any("工作台已经为您打开" in one.body for one in mail.outbox if one.to == [mei.email])
    assert "这份邀请已经用过" in words(her.get(APPLY)) and states() == ["admitted"]
    deeds = AuditEntry.objects.filter(noun="TeamApplication").order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == ["invite", "begin", "add_paper", "add_paper", "submit", "return", "submit", "admit"]


def test_a_number_is_texted_and_lets_in_whoever_proves_it(county, run_deliveries):
    texts.SENT.clear()
    row = invited(county[0], phone="171 1234 5678")
    run_deliveries()
    sent = the_text()
    assert (sent.to, sent.template) == ("+8617112345678", "team_invitation")
    mei, eve = a_person(email=None, email_verified_at=None), a_person()
    for person in (mei, eve):
        assert Asker(person).ask(MINE) == {"myTeamApplications": []}
    ways.prove(mei, SignInWay.Kind.PHONE, "+8617112345678")
    her = signed_in(mei)
    fill(her, APPLY, "save_application", **WRITTEN)
    fill(her, APPLY, "submit_application")
    row.refresh_from_db()
    applications.admit(row, county[0], applications.seen_of(row))
    texts.SENT.clear()
    run_deliveries()
    assert Team.objects.get().code == "C42052701" and the_text().template == "application_decided"


def test_a_stranger_finds_an_invitation_like_one_that_never_was(county):
    row = invited(county[0], email="zhou@qingtan.example")
    eve = a_person()
    never = global_id("TeamApplication", county[0].uid)
    page = signed_in(eve).get(APPLY).content
    for state in ("open", "begun", "over", "taken back"):
        for id in (id_of(row), never):
            assert Asker(eve).refused("teamApplicationSave", id=id, nameZh="x") == "NOT_FOUND"
            assert Asker(eve).refused("applicationPaperAdd", id=id, kind="OTHER") == "NOT_FOUND"
        assert signed_in(eve).get(APPLY).content == page, state
        if state == "open":
            mei = a_person(email="zhou@qingtan.example")
            Asker(mei).done("teamApplicationSave", id=id_of(row), nameZh="青滩")
        elif state == "begun":
            TeamApplication.objects.update(state="invited", expires_at=timezone.now())
        else:
            TeamApplication.objects.update(state="withdrawn")
    assert "这份邀请已被收回" in words(signed_in(mei).get(APPLY)), "to her it says what has become of it"
    assert Asker(mei).refused("teamApplicationSave", id=id_of(row), nameZh="x") == "TOO_LATE"


def test_one_that_ran_out_or_was_taken_back_makes_room_for_another(county):
    officer, office = county
    mei = a_person()
    first = invited(officer, email=mei.email)
    asker = Asker(officer)
    to = {"county": ZIGUI, "email": mei.email}
    assert asker.refused("teamInvite", **to) == "CONFLICT"
    TeamApplication.objects.update(expires_at=timezone.now())
    assert "已过期" in words(signed_in(mei).get(APPLY))
    assert Asker(mei).refused("teamApplicationSave", id=id_of(first), nameZh="x") == "TOO_LATE"
    asker.done("teamInvite", **to)
    assert states() == ["withdrawn", "invited"]
    second = TeamApplication.objects.latest("pk")
    sure(office, OFFICE, "withdraw_team_invitation")
    asker.done("teamInvitationWithdraw", id=id_of(second))
    assert states() == ["withdrawn", "withdrawn"] and asker.ask(MINE) == {"myTeamApplications": []}
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamApplication.objects.update(state="invited")


def test_it_is_the_countys_own_and_nobody_decides_about_her_own(county):
    officer, _ = county
    row, her = handed_in(county)
    other, there = an_officer("county_verifier", elsewhere().code)
    seen = applications.seen_of(row)
    for asker in (Asker(other), Asker(row.applicant)):
        assert asker.refused("teamApplicationAdmit", id=id_of(row), seen=seen) in ("NOT_FOUND", "NOT_ALLOWED")
    assert Asker(other).refused("teamInvite", county=ZIGUI, email="x@example.com") == "NOT_ALLOWED"
    assert "周建国" not in words(there.get(f"{OFFICE}?all=true"))
    paper = ApplicationPaper.objects.create(application=row, kind="licence", is_pdf=True)
    ApplicationPaperFile.objects.create(paper=paper, body=b"%PDF-1.7")
    address = f"/zh/papers/{id_of(paper)}/"
    for browser, status in ((her, 200), (county[1], 200), (there, 404), (Client(), 404)):
        assert browser.get(address).status_code == status
    assert "no-store" in her.get(address)["Cache-Control"]
    TeamApplication.objects.update(applicant=officer)
    assert Asker(officer).refused("teamApplicationAdmit", id=id_of(row), seen=seen) == "NOT_ALLOWED"
    assert not Team.objects.exists()


def test_what_came_to_nothing_is_forgotten_and_papers_with_it(county):
    row, _ = handed_in(county)
    ApplicationPaper.objects.create(application=row, kind="licence", is_pdf=True)
    applications.send_back(row, county[0], "不在本县", applications.seen_of(row), for_good=True)
    assert applications.forget_old() == 0
    TeamApplication.objects.update(decided_at=timezone.now() - timedelta(days=91))
    assert applications.forget_old() == 2 and not TeamApplication.objects.exists()
    row, _ = handed_in(county)
    ApplicationPaper.objects.create(application=row, kind="licence", is_pdf=True)
    applications.forget(row.applicant)
    assert not TeamApplication.objects.exists() and not ApplicationPaper.objects.exists()


def test_one_that_waits_is_on_the_first_page_however_many_are_invited(county):
    row, _ = handed_in(county)
    for n in range(21):
        invited(county[0], email=f"w{n}@example.com")
    asked = """query($after: String) { office(may: "catalog.admit_teams") { applications(first: 20, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { id state } } } }"""
    first = Asker(county[0]).ask(asked)["office"]["applications"]
    assert first["nodes"][0] == {"id": id_of(row), "state": "SUBMITTED"} and first["pageInfo"]["hasNextPage"]
    rest = Asker(county[0]).ask(asked, after=first["pageInfo"]["endCursor"])["office"]["applications"]
    assert [one["state"] for one in rest["nodes"]] == ["INVITED"] * 2


def test_a_number_is_not_rung_by_inviting_and_taking_back_and_never_where_no_text_goes_out(county, settings):
    to = {"county": ZIGUI, "phone": "171 1234 5678"}
    Asker(county[0]).done("teamInvite", **to)
    applications.withdraw(TeamApplication.objects.get(), county[0])
    assert Asker(county[0]).refused("teamInvite", **to) == "TOO_MANY_REQUESTS"
    settings.TEXT_HOUSE = {"adapter": "", "options": {}}
    assert Asker(county[0]).refused("teamInvite", **{**to, "phone": "171 1234 5679"}) == "NOT_ALLOWED"
    assert states() == ["withdrawn"]


def test_what_was_sent_back_and_left_is_forgotten_and_what_is_being_written_is_not(county):
    row, _ = handed_in(county)
    long_ago = timezone.now() - timedelta(days=91)
    TeamApplication.objects.update(state="returned", reason="x", decided_at=long_ago, expires_at=long_ago)
    applications.forget_old()
    assert states() == ["returned"], "she wrote on it today"
    TeamApplication.objects.update(saved_at=long_ago)
    applications.forget_old()
    assert states() == []


def test_papers_are_the_countys_once_they_are_handed_in(county):
    row, her = handed_in(county)
    add = {"id": id_of(row), "kind": "LICENCE", "lang": "zh", "next": APPLY}
    TeamApplication.objects.update(state="writing", submitted_at=None)
    her.post("/do/add_application_paper/", {**add, "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 x")})
    paper = f"/zh/papers/{id_of(ApplicationPaper.objects.get())}/"
    assert (her.get(paper).status_code, county[1].get(paper).status_code) == (200, 404)
    TeamApplication.objects.update(state="submitted", submitted_at=timezone.now())
    assert county[1].get(paper).status_code == 200


def test_what_is_erased_while_somebody_writes_or_decides_is_not_found(county):
    row, _ = handed_in(county)
    TeamApplication.objects.filter(pk=row.pk).delete()
    photo = SimpleUploadedFile("a.pdf", b"%PDF-1.7 x")
    for deed in (
        lambda: application_paper.add(row, row.applicant, "licence", photo),
        lambda: applications.admit(row, county[0], applications.seen_of(row)),
    ):
        with pytest.raises(NotFound):
            deed()
