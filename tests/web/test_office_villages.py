"""The office for households, organisations and the contest's frame, by its pages: each deed where its place is, and
nobody about her own."""

import re

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Organisation
from core import clock
from core.api.ids import global_id
from impact.models import DetailReading, Edition, Entry, Household, HouseholdDetail, Round
from tests.accounts.world import a_person, an_organisation
from tests.catalog.world import a_county, a_team
from tests.impact import world
from tests.web.conftest import signed_in
from tests.web.office import (
    ZIGUI,
    an_officer,
    elsewhere,
    gone,
    id_of,
    proposed,
    send,
)
from tests.web.test_desk import fill, sure
from tests.web.test_pages import post, unfolded, words

pytestmark = pytest.mark.django_db


# --- households ---


def test_a_verifier_sees_codes_of_her_county_and_opens_one_for_a_purpose_that_its_team_reads():
    verifier, office = an_officer("county_verifier", ZIGUI)
    manager = a_person()
    team = a_team(manager=manager)
    family, other = proposed(team), proposed(team, county=elsewhere())
    code = family.uid.hex[:6].upper()
    listed = words(office.get("/en/office/households/"))
    assert code in listed and other.uid.hex[:6].upper() not in listed
    assert "覃示例" not in listed
    there = f"/en/office/households/{id_of('OfficeHousehold', family)}/"
    assert gone(office, f"/en/office/households/{id_of('OfficeHousehold', other)}/")
    page = unfolded(office, there, "open_details")
    assert send(office, page, "open_details", purpose="  ").status_code == 302
    assert not DetailReading.objects.exists()
    opened = send(office, page, "open_details", purpose="入户核对")
    shown = words(opened)
    assert opened.status_code == 200 and "no-store" in opened["Cache-Control"]
    assert all(told in shown for told in ("覃示例", "13800138000", "6217 示例"))
    assert f'href="/zh/office/households/{id_of("OfficeHousehold", family)}/"' in shown
    assert "覃示例" not in words(office.get(there)), "shown once"
    assert not any("覃示例" in str(value) for value in office.session.values())
    reading = DetailReading.objects.get()
    assert (reading.reader, reading.purpose, reading.household) == (verifier, "入户核对", family)
    assert "入户核对" in words(signed_in(manager).get("/en/desk/households/"))
    post(office, "open_details", id=id_of("OfficeHousehold", other), purpose="好奇")
    assert DetailReading.objects.count() == 1


def test_a_household_is_verified_by_another_than_proposed_it_and_declined_with_a_reason():
    verifier, office = an_officer("county_verifier", ZIGUI)
    manager = a_person()
    team = a_team(manager=manager)
    good, bad, own = proposed(team), proposed(team), proposed(team, verifier)
    for family in (good, bad, own):
        there = f"/en/office/households/{id_of('OfficeHousehold', family)}/"
        if family == bad:
            sure(office, there, "decline_household", reason="不在村里住")
        elif family == good:
            sure(office, there, "verify_household")
        else:
            assert "somebody else verifies" in words(office.get(there))
            post(office, "verify_household", id=id_of("OfficeHousehold", family))
    states = {h: Household.objects.get(pk=h.pk).state for h in (good, bad, own)}
    assert states == {good: "verified", bad: "rejected", own: "proposed"}
    assert set(HouseholdDetail.objects.values_list("household", flat=True)) == {good.pk, own.pk}
    assert "不在村里住" in words(signed_in(manager).get("/en/desk/households/"))
    there = f"/en/office/households/{id_of('OfficeHousehold', good)}/"
    _, other = an_officer("county_verifier", elsewhere().code)
    post(other, "take_out_household", id=id_of("OfficeHousehold", good), reason="示例")
    assert Household.objects.get(pk=good.pk).state == "verified"
    sure(office, there, "take_out_household", reason="搬走了")
    out = Household.objects.get(pk=good.pk)
    assert (out.state, out.decline_reason) == ("withdrawn", "搬走了")
    assert set(HouseholdDetail.objects.values_list("household", flat=True)) == {own.pk}
    assert "搬走了" in words(signed_in(manager).get("/en/desk/households/"))
    with (
        pytest.raises(IntegrityError, match="who_proposes_a_household_does_not_verify"),
        transaction.atomic(),
    ):
        Household.objects.filter(pk=own.pk).update(verified_by=verifier)


# --- organisations ---


def test_an_organisation_is_verified_suspended_with_a_reason_and_given_a_coordinator(office):
    mei, sun = a_person(), a_person()
    union = an_organisation(coordinator=mei, state="proposed")
    there = f"/en/office/organisations/{id_of('Organisation', union)}/"
    assert union.name_en in words(office.get("/en/office/organisations/?state=PROPOSED"))
    fill(office, there, "verify_organisation")
    page = unfolded(office, there, "suspend_organisation")
    send(office, page, "suspend_organisation", reason="")
    assert Organisation.objects.get().state == "verified"
    send(office, page, "suspend_organisation", reason="换届未完成")
    assert Organisation.objects.get().state == "suspended"
    assert "换届未完成" in words(signed_in(mei).get("/en/organisations/"))
    page = unfolded(office, there, "name_coordinator")
    send(office, page, "name_coordinator", email="nobody@example.com")
    assert "There is no such account." in words(office.get(there))
    send(office, page, "name_coordinator", email=sun.email)
    assert union.memberships.filter(role="coordinator", ended_at=None).count() == 2
    own = a_person(("operator",))
    union.memberships.create(person=own)
    assert "somebody else decides" in words(signed_in(own).get(there))


def test_who_verifies_unions_sees_unions_of_her_place_alone():
    a_county()
    _, office = an_officer("union_verifier", "420500")
    union = an_organisation(state="proposed", region_id=ZIGUI)
    others = [
        an_organisation(state="proposed", region_id=ZIGUI, kind="enterprise"),
        an_organisation(state="proposed", region_id="420000"),
    ]
    listed = words(office.get("/en/office/organisations/"))
    for one in (union, *others):
        path = f"/en/office/organisations/{id_of('Organisation', one)}/"
        assert (path in listed) == (one == union) and gone(office, path) == (one != union)
        post(office, "verify_organisation", id=id_of("Organisation", one))
        one.refresh_from_db()
        assert one.is_verified == (one == union)


# --- the contest's frame ---


def test_an_edition_and_its_round_are_created_in_shanghais_time_and_teams_let_in_and_out(office):
    fill(office, "/en/organiser/", "create_edition",
         slug="hubei-2", ordinal="2", nameZh="示例大赛", nameEn="Demo contest")  # fmt: skip
    edition = Edition.objects.get()
    page = unfolded(office, "/en/organiser/", "create_round")
    day = clock.today().replace(year=clock.today().year + 1)
    times = {"opensAt": f"{day}T09:00", "closesAt": f"{day}T08:00", "freezesAt": f"{day}T21:00"}
    asked = {
        "item": id_of("OfficeEdition", edition),
        "edition": id_of("OfficeEdition", edition),
        "level": "PROVINCIAL",
    }
    send(office, page, "create_round", **asked, region="420000", **times)
    assert not Round.objects.exists() and "It closes after it opens." in words(office.get("/en/organiser/"))
    send(office, page, "create_round", **asked, region="420000", **{**times, "closesAt": f"{day}T20:00"})
    round_ = Round.objects.get()
    assert round_.opens_at.astimezone(clock.SHANGHAI).isoformat() == f"{day}T09:00:00+08:00"
    (calendar,) = set(
        re.findall(r'href="(/en/organiser/[^"#]+/calendar/[^"#]+)"', words(office.get("/en/organiser/")))
    )
    assert calendar == "/en/organiser/hubei-2/provincial/calendar/?region=420000"
    there = calendar.replace("calendar", "entries")
    key = global_id("Round", "hubei-2/provincial/420000")
    few, many = a_team(), a_team()
    world.households(many, 10)
    for team in (few, many):
        post(office, "let_in_entry", round=key, team=id_of("Team", team), back=there)
    assert list(Entry.objects.values_list("team", flat=True)) == [many.pk], "ten households or more"
    page = unfolded(office, there, "take_out_entry")
    entry = id_of("OrganiserEntry", Entry.objects.get())
    send(office, page, "take_out_entry", item=entry, entry=entry, reason="自愿退出")
    assert Entry.objects.get().out_reason == "自愿退出" and "自愿退出" in words(office.get(there))
    fill(office, there, "let_in_entry", item=id_of("Team", many), team=id_of("Team", many))
    assert Entry.objects.get().approved_at
    later = {**times, "closesAt": f"{day}T23:00", "freezesAt": f"{day}T23:30"}
    fill(office, calendar, "set_round_times", **later)
    assert Round.objects.get().freezes_at.astimezone(clock.SHANGHAI).minute == 30


def test_once_a_round_has_begun_its_times_stay_and_what_was_bought_for_stays_in(office):
    lot = world.a_lot()
    round_ = world.a_round(lot.variant.product.team)
    order = world.an_order((lot, 2))
    world.pay(order)
    key = global_id("Round", f"{round_.edition.slug}/provincial/")
    desk = f"/en/organiser/{round_.edition.slug}/provincial"
    assert 'action="/do/set_round_times/"' not in words(office.get(f"{desk}/calendar/"))
    there = f"{desk}/entries/"
    at = dict.fromkeys(("opensAt", "closesAt", "freezesAt"), "2031-05-01T09:00")
    post(
        office,
        "set_round_times",
        round=key,
        **{**at, "closesAt": "2031-05-02T09:00", "freezesAt": "2031-05-03T09:00"},
    )
    assert Round.objects.get().opens_at == round_.opens_at
    entry = id_of("OrganiserEntry", Entry.objects.get())
    post(office, "take_out_entry", entry=entry, reason="示例", back=there)
    assert Entry.objects.get().approved_at and "suspend or disqualify it; they stay" in words(
        office.get(there)
    )
    for who in (a_person(), a_person(("county_verifier",))):
        assert gone(signed_in(who), there, "/en/organiser/")
