"""The office keeps teams, their leaders, managers and lots, by its pages: each deed where its place is."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import appointment as appointments
from accounts.models import Appointment, AuditEntry, Person
from accounts.places import Place
from catalog.models import Leader, Lot, Product, Team
from core.refusals import Conflict
from tests.accounts.world import a_person, the_mail, token_in
from tests.catalog.world import a_county, a_lot, a_product, a_team, a_variant, works_at
from tests.web.conftest import signed_in
from tests.web.office import ELSEWHERE, ZIGUI, an_officer, elsewhere, gone, id_of, send, twice
from tests.web.test_desk import fill, sure
from tests.web.test_pages import post, unfolded, words

pytestmark = pytest.mark.django_db


def test_a_team_is_set_up_put_right_suspended_with_a_reason_and_woken(office, operator):
    a_county()
    page = unfolded(office, "/en/office/teams/?province=420000", "create_team")
    given = {"county": ZIGUI, "code": "hb99", "nameZh": "示例99队", "nameEn": "Demo 99"}
    made = send(office, page, "create_team", **given)
    team = Team.objects.get(code="HB99")
    there = f"/en/office/teams/{id_of('Team', team)}/"
    assert made.url == there and (team.slug, team.division_id) == ("shili-99-dui", "420500")
    assert send(office, page, "create_team", **given).status_code == 302 and Team.objects.count() == 1
    assert "Another team has this code." in words(office.get("/en/office/teams/?province=420000"))
    product = a_lot(a_variant(a_product(team))).variant.product
    fill(office, there, "amend_team", nameZh="示例九十九队", villageZh="茶园村")
    page = unfolded(office, there, "suspend_team")
    send(office, page, "suspend_team", reason=" ")
    assert Team.objects.get().is_active, "a reason is asked for"
    send(office, page, "suspend_team", reason="营业执照过期")
    team.refresh_from_db()
    assert (team.name_zh, team.village_zh, team.is_active) == ("示例九十九队", "茶园村", False)
    assert Product.objects.get(pk=product.pk).state == "suspended"
    assert "Suspended" in words(office.get("/en/office/teams/?state=AT_REST"))
    manager = a_person()
    works_at(team, manager)
    assert "营业执照过期" in words(signed_in(manager).get("/en/desk/"))
    fill(office, there, "resume_team")
    team.refresh_from_db()
    assert team.is_active and team.rest_reason == ""
    said = (
        AuditEntry.objects.filter(actor=operator, noun="Team").order_by("pk").values_list("deed", flat=True)
    )
    assert list(said) == ["create", "change", "rest", "wake"]


def test_who_introduces_a_leader_does_not_verify_her_by_page_or_in_the_database(office, operator):
    team = a_team(verified=False)
    Leader.objects.all().delete()
    there = f"/en/office/teams/{id_of('Team', team)}/"
    fill(office, there, "introduce_leader", nameZh="覃夏至")
    assert "a colleague verifies" in words(office.get(there))
    post(office, "verify_leader", team=id_of("Team", team), named="覃夏至")
    assert Leader.objects.get().verified_at is None
    with pytest.raises(IntegrityError, match="who_introduces_a_leader_does_not_verify"), transaction.atomic():
        Leader.objects.update(verified_by=operator, verified_at=timezone.now())
    colleague = signed_in(a_person(("operator",)))
    page = words(colleague.get(there))
    assert "覃夏至" in page
    sure(colleague, there, "verify_leader")
    assert Leader.objects.get().verified_at is not None


def test_a_leader_is_verified_as_she_was_seen_or_declined_with_words_that_her_team_reads(office):
    manager = a_person()
    team = a_team(verified=False, manager=manager)
    there, desk = f"/en/office/teams/{id_of('Team', team)}/", signed_in(manager)
    seen = words(office.get(there))
    fill(
        desk,
        "/en/desk/team/",
        "introduce_leader",
        nameZh="覃夏至",
        isWoman="on",
    )
    looked = send(office, seen, "verify_leader")
    send(office, words(office.get(looked.url)), "verify_leader", named="向立春 · Xiang Lichun")
    assert Leader.objects.get().verified_at is None, "another was seen"
    fill(office, there, "decline_leader", reason="身份证没带来")
    leader = Leader.objects.get()
    assert leader.is_woman and leader.declined_at and leader.introduced_by == manager
    assert "身份证没带来" in words(desk.get("/en/desk/team/"))
    assert "身份证没带来" not in words(desk.get(f"/en/t/{team.slug}/"))
    sure(office, there, "verify_leader")
    leader.refresh_from_db()
    assert leader.verified_at and leader.decline_reason == ""


def test_a_manager_is_ended_at_once_by_the_office_or_by_her_own_team_and_the_last_one_stays(office):
    mei, sun, li = a_person(), a_person(), a_person()
    team = a_team(manager=mei)
    hers = {one.pk: works_at(team, one) for one in (sun, li)} | {mei.pk: mei.appointments.get()}
    there, desk = f"/en/office/teams/{id_of('Team', team)}/", signed_in(sun)
    form = {"team": id_of("Team", team), "member": id_of("Appointment", hers[li.pk])}
    assert desk.get("/en/desk/orders/").status_code == 200
    stranger = a_person()
    a_team(manager=stranger)
    for other in (stranger, a_person()):
        post(signed_in(other), "end_member", **form)
    assert team.members.filter(ended_at=None).count() == 3
    gone_sun = {**form, "member": id_of("Appointment", hers[sun.pk])}
    twice(office, "end_member", item=gone_sun["member"], back=there, **gone_sun)
    assert "manages none yet" in words(desk.get("/en/desk/")), "at the next request"
    own = signed_in(mei)
    twice(own, "end_member", item=form["member"], back="/en/desk/people/", **form)
    assert list(team.members.filter(ended_at=None).values_list("person", flat=True)) == [mei.pk]
    last = {**form, "member": id_of("Appointment", hers[mei.pk])}
    twice(own, "end_member", item=last["member"], back="/en/desk/people/", **last)
    assert team.members.filter(ended_at=None).count() == 1


def test_a_manager_is_invited_by_letter_and_the_desk_is_hers_from_her_press_until_it_ends(
    office, run_deliveries
):
    mei, sun, team = a_person(language="en"), a_person(language="en"), a_team()
    there, here = f"/en/office/teams/{id_of('Team', team)}/", "/en/desk/people/"

    def invited(by, page, person):
        fill(by, page, "invite_member", email=person.email)
        run_deliveries()
        return token_in(the_mail())

    def desk_of(person):
        return team.name_en in words(signed_in(Person.objects.get(pk=person.pk)).get("/en/desk/"))

    token = invited(office, there, mei)
    hers = signed_in(mei)
    assert hers.get(f"/en/role/?token={quote(token)}").status_code == 200 and not desk_of(mei)
    post(hers, "accept_role", token=token)
    assert desk_of(mei) and mei.email in words(office.get(there))
    run_deliveries()
    mail.outbox.clear()
    # She was appointed, and so invites another; who has no part in the team invites nobody.
    post(signed_in(a_person()), "invite_member", team=id_of("Team", team), email=sun.email)
    token = invited(signed_in(Person.objects.get(pk=mei.pk)), here, sun)
    post(signed_in(sun), "accept_role", token=token)
    assert desk_of(sun)
    row = Appointment.objects.get(person=mei)
    gone_mei = {"team": id_of("Team", team), "member": id_of("Appointment", row)}
    twice(office, "end_member", item=gone_mei["member"], back=there, **gone_mei)
    row.refresh_from_db()
    assert not desk_of(mei) and row.ends_at <= timezone.now(), "her appointment ends with it"


def test_teams_are_kept_where_the_role_is_and_another_countys_are_not_there():
    _, office = an_officer("operator", ZIGUI)
    here, there = a_team(verified=False), a_team(county=elsewhere())
    listed = words(office.get("/en/office/teams/"))
    assert here.name_en in listed and there.name_en not in listed
    assert gone(office, f"/en/office/teams/{id_of('Team', there)}/")
    post(office, "suspend_team", id=id_of("Team", there), reason="示例")
    post(office, "create_team", county=ELSEWHERE, code="HB98", nameZh="示例", nameEn="Demo")
    there.refresh_from_db()
    assert there.is_active and Team.objects.count() == 2
    assert gone(signed_in(a_person()), "/en/office/teams/", f"/en/office/teams/{id_of('Team', here)}/")


def test_a_lot_is_recalled_on_its_listing_where_the_role_is_and_nowhere_else(office):
    lot = a_lot(a_variant(a_product(a_team())))
    there = f"/en/office/listings/{id_of('Product', lot.variant.product)}/"
    given = {"item": id_of("Lot", lot), "id": id_of("Lot", lot), "reason": "农残超标", "back": there}
    elsewhere()
    _, beside = an_officer("operator", ELSEWHERE)
    for client in (beside, signed_in(a_person())):
        post(client, "recall_lot", **given)
    assert not Lot.objects.filter(state="recalled").exists()
    assert lot.code in words(office.get(there))
    fill(office, there, "recall_lot", **given)
    assert not Lot.objects.filter(state="recalled").exists(), "it is looked at once more"
    twice(office, "recall_lot", **given)
    assert Lot.objects.get().state == "recalled"


def test_a_desk_is_a_managers_while_she_is_appointed_and_ends_with_it(office):
    mei, sun, team = a_person(), a_person(), a_team()
    at = Place(subject=team.uid)

    def has_desk(person):
        return team.name_en in words(signed_in(Person.objects.get(pk=person.pk)).get("/en/desk/"))

    row = appointments.appoint(mei, "team_manager", at)
    later = timezone.now() + timedelta(days=1)
    appointments.appoint(sun, "team_manager", at, starts_at=later)
    assert has_desk(mei) and not has_desk(sun), "hers begins tomorrow"
    there = f"/en/office/teams/{id_of('Team', team)}/"
    assert mei.email in words(office.get(there)) and sun.email in words(office.get(there)), "with her day"
    with pytest.raises(Conflict):
        appointments.end(row, None, "示例")
    works_at(team, a_person())
    appointments.end(row, None, "示例")
    assert not has_desk(mei)
    row = appointments.appoint(mei, "team_manager", at, ends_at=later)
    assert has_desk(mei)
    Appointment.objects.filter(pk=row.pk).update(ends_at=timezone.now())
    assert not has_desk(mei), "its term is over"
    Appointment.objects.filter(pk=row.pk).update(ends_at=later)
    gone_mei = {"team": id_of("Team", team), "member": id_of("Appointment", row)}
    twice(office, "end_member", item=gone_mei["member"], back=there, **gone_mei)
    row.refresh_from_db()
    assert not has_desk(mei) and row.ends_at <= timezone.now(), "she is appointed no longer"
    assert not team.members.filter(person=mei, ended_at=None).exists()
