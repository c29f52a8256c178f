"""Appointing by pages alone: a letter with a link, accepted by a press, and ended at noon by every door."""

import re
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Appointment, AuditEntry, Person, RoleInvitation
from accounts.permissions import may
from accounts.places import Place
from core.api.ids import global_id
from tests.accounts.world import Asker, a_person, an_operator, holds, the_mail, token_in
from tests.catalog.world import a_team
from tests.factor import awake, by_password
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, post, unfolded, words

pytestmark = pytest.mark.django_db
PEOPLE, NEW = "/en/office/people/", "/en/office/people/new/"


@pytest.fixture
def letters(run_deliveries):
    def come():
        run_deliveries()
        return the_mail()

    return come


def offered(by: Client, letters, email: str, **given: str) -> str:
    """Invite by the form; the token in the letter."""
    post(by, "send_role_invitation", next=PEOPLE, email=email, **given)
    return token_in(letters())


def test_a_verifier_is_invited_by_page_and_accepts_by_a_press_and_nobody_else_can(letters):
    mei, eve = a_person(language="en"), a_person()
    clerk = signed_in(a_person(("owner", "operator")))
    page = clerk.get(f"{NEW}?role=COUNTY_VERIFIER&kind=REGION&province=420000").content.decode()
    assert '<option value="420527"' in page and "Hubei Yichang Zigui" in page
    post(clerk, "send_role_invitation", next=PEOPLE, role="COUNTY_VERIFIER", email=mei.email, region="420527",
         endsAt="2030-11-30T12:00", reason="sent by the county")  # fmt: skip
    assert mei.email in clerk.get(PEOPLE).content.decode()
    letter = letters()
    token = token_in(letter)
    assert letter.to == [mei.email] and "County verifier, Zigui County, Yichang, Hubei" in letter.subject
    assert "30 Nov 2030 12:00" in letter.body and "sent by the county" in letter.body
    link = f"/en/role/?token={quote(token)}"

    # Whoever looks at the link changes nothing: scanners, previews, whoever it was passed on to.
    before = RoleInvitation.objects.values().get()
    for looks in (Client(headers={"User-Agent": "preview bot"}), signed_in(eve), signed_in(mei)):
        for _ in range(2):
            assert looks.head(link).status_code == looks.get(link).status_code == 200
    assert RoleInvitation.objects.values().get() == before and not Client().get(link).cookies.get("session")
    seen = signed_in(mei).get(link).content.decode()
    assert "County verifier" in seen and "30 Nov 2030 12:00" in seen and "accept_role" in seen
    assert "accept_role" not in signed_in(eve).get(link).content.decode()
    assert Asker(eve).refused("roleInvitationAccept", token=token) == "NOT_ALLOWED"
    assert Asker().refused("roleInvitationAccept", token=token) == "SIGN_IN_REQUIRED"
    assert not Appointment.objects.filter(role="county_verifier").exists()

    # Nor does she need the letter once she is in: it waits in her account, and in nobody else's.
    hers = by_password(Client(headers={"Accept-Language": "en"}), mei)
    waits = hers.get("/en/account/").content.decode()
    link = re.search(r'href="(/en/role/\?token=[^"]+)"', waits)
    assert link and "invited to be County verifier" in waits
    assert "accept_role" in hers.get(link[1]).content.decode()
    assert "/role/" not in signed_in(eve).get("/en/account/").content.decode()
    mine = "{ myRoleInvitations { where token } }"
    assert [Asker(who).ask(mine)["myRoleInvitations"] for who in (None, eve)] == [[], []]
    assert Asker(eve).ask("query($t: String!) { roleInvitation(token: $t) { token } }", t=token) == {
        "roleInvitation": {"token": None}
    }

    assert "second-factor" in post(hers, "accept_role", token=token).url
    row = Appointment.objects.get(role="county_verifier")
    assert (row.person, row.region_id, row.reason) == (mei, "420527", "sent by the county")
    assert row.ends_at == datetime.fromisoformat("2030-11-30T12:00+08:00")
    assert may(awake(Person.objects.get(pk=mei.pk)), "impact.verify_household", Place(region="420527"))
    assert "My work" in hers.get("/en/account/").content.decode()
    assert "second-factor" in hers.get("/en/office/").url, "her role sleeps until she has set one up"
    assert "County verifier" in signed_in(Person.objects.get(pk=mei.pk)).get("/en/office/").content.decode()
    assert Asker(mei).refused("roleInvitationAccept", token=token) == "TOO_LATE", "once"
    assert mei.email not in words(clerk.get(f"{PEOPLE}?time=COMING"))


def test_an_invitation_that_is_old_withdrawn_or_whose_sender_may_no_more_opens_nothing(letters, monkeypatch):
    owner, mei = a_person(("owner",)), a_person()
    clerk, asker = signed_in(owner), Asker(mei)
    token = offered(clerk, letters, mei.email, role="AUDITOR")
    assert asker.refused("roleInvitationAccept", token=token + "x") == "INVALID"
    row = RoleInvitation.objects.get()
    post(clerk, "withdraw_role_invitation", id=global_id("RoleInvitation", row.uid), next=PEOPLE)
    assert asker.refused("roleInvitationAccept", token=token) == "TOO_LATE"
    assert asker.ask("query($t: String!) { roleInvitation(token: $t) { where } }", t=token) == {
        "roleInvitation": None
    }

    token = offered(clerk, letters, mei.email, role="AUDITOR")
    RoleInvitation.objects.filter(used_at=None).update(expires_at=timezone.now())
    assert asker.refused("roleInvitationAccept", token=token) == "TOO_LATE"

    token = offered(clerk, letters, mei.email, role="AUDITOR")
    Appointment.objects.filter(person=owner).update(ends_at=timezone.now())
    assert asker.refused("roleInvitationAccept", token=token) == "TOO_LATE"
    assert not mei.appointments.exists()


def test_the_form_offers_what_she_may_give_and_says_what_is_wrong(letters):
    clerk, mei, team = signed_in(an_operator()), a_person(), a_team()
    roles = clerk.get(NEW).content.decode()
    assert 'value="AUDITOR"' in roles and 'value="OWNER"' not in roles
    page = clerk.get(f"{NEW}?role=PACKER").content.decode()
    assert team.name_en in page
    assert Asker(an_operator()).refused("roleInvitationSend", email=mei.email, role="OWNER") == "NOT_ALLOWED"
    for given, field in [
        ({"email": "nobody"}, "email"),
        ({"region": "999999"}, "region"),
        ({"endsAt": "2020-01-01T00:00:00+08:00"}, "endsAt"),
        ({"role": "PACKER"}, "role"),
        ({"role": "PACKER", "subject": global_id("Organisation", team.uid)}, "subject"),
    ]:
        answer = Asker(an_operator()).do(
            "roleInvitationSend", **{"email": mei.email, "role": "AUDITOR", **given}
        )
        assert [error["field"] for error in answer["errors"]] == [[field]], given
    assert not RoleInvitation.objects.exists()
    offered(clerk, letters, mei.email, role="PACKER", subject=global_id("Team", team.uid))
    sent = {"email": mei.email, "role": "PACKER", "subject": global_id("Team", team.uid)}
    assert Asker(an_operator()).refused("roleInvitationSend", **sent) == "CONFLICT"


def test_an_appointment_is_ended_by_page_after_one_more_look(run_deliveries):
    owner, ada = a_person(("owner",)), an_operator(name="Ada")
    clerk, row = signed_in(owner), ada.appointments.get()
    id = global_id("Appointment", row.uid)
    assert "End it" in clerk.get(PEOPLE).content.decode()
    form = fields(unfolded(clerk, PEOPLE, "end_appointment"), "end_appointment")
    assert form["id"] == id
    looked = words(clerk.post("/do/end_appointment/", {**form, "reason": "has left"}, follow=True))
    assert "Ada is Operator no more" in looked and not Appointment.objects.get(pk=row.pk).ends_at
    seen = fields(looked, "end_appointment")
    post(clerk, "end_appointment", **{**seen, "reason": "has left"})
    row.refresh_from_db()
    assert row.ends_at and row.end_reason == "has left" and row.ended_by == owner
    ended = clerk.get(f"{PEOPLE}?time=ENDED").content.decode()
    assert "Ended before its time: has left" in ended
    run_deliveries()
    assert [letter.to for letter in mail.outbox] == [[ada.email]]
    # An officer of another place does not see it, and an auditor ends nothing.
    local, auditor = a_person(), a_person(("auditor",))
    holds(local, "operator", Place(region="420500"))
    other = holds(a_person(), "observer", Place(region="422823"))
    theirs = {"id": global_id("Appointment", other.uid), "reason": "x"}
    assert Asker(local).refused("appointmentEnd", **theirs) == "NOT_FOUND"
    assert Asker(auditor).refused("appointmentEnd", **theirs) == "NOT_ALLOWED"
    assert Asker(a_person()).refused("appointmentEnd", **theirs) == "NOT_FOUND"
    assert not Appointment.objects.get(pk=other.pk).ends_at


def test_nobodys_page_asks_once_more_for_what_she_is_appointed_to():
    """A guest's asks nothing of it; whoever is signed in has it with her own row."""
    buyer, clerk = a_person(), a_person(("operator",))
    for client, own in ((Client(), 0), (signed_in(buyer), 1), (signed_in(clerk), 1)):
        for path in ("/en/", "/en/shop/", "/en/teams/", "/en/cart/", "/en/groups/"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            about = [one["sql"] for one in asked if "accounts_appointment" in one["sql"]]
            assert len(about) <= own and all('FROM "accounts_person"' in sql for sql in about), path
    with CaptureQueriesContext(connection) as asked:
        signed_in(buyer).get("/en/account/")
    about = [one["sql"] for one in asked if 'FROM "accounts_appointment"' in one["sql"]]
    assert about == []


def test_a_role_that_ends_at_noon_is_refused_at_noon_by_page_api_and_admin(monkeypatch):
    noon = (timezone.now() + timedelta(minutes=30)).replace(microsecond=0)
    ada, mei = a_person(), a_person()
    holds(ada, "operator", ends_at=noon)
    client, asker = signed_in(ada), Asker(ada)
    row = holds(mei, "observer")

    def doors() -> tuple[int, int, int, str]:
        page, rows = client.get(PEOPLE).status_code, client.get("/operators/accounts/person/").status_code
        office = 200 if asker.ask("{ office { permissions } }")["office"] else 404
        return (
            page,
            rows,
            office,
            asker.refused("appointmentEnd", id=global_id("Appointment", row.uid), reason=" "),
        )

    real = timezone.now
    for at, opens in [(noon - timedelta(microseconds=1), True), (noon, False)]:
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        said = doors()
        monkeypatch.setattr(timezone, "now", real)
        assert said == ((200, 200, 200, "INVALID") if opens else (404, 302, 404, "NOT_FOUND")), at
    assert not AuditEntry.objects.exists()
