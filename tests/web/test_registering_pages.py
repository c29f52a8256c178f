"""A team's way into a round by pages alone: its desk, its county's office, the organiser's two tabs, and what everybody reads."""

import pytest
from django.test import Client

from contest.models import Registration, RegistrationAppeal, Stage
from core import clock
from core.api.ids import global_id
from tests.accounts.world import a_person, an_organisation
from tests.contest.registering import HUBEI, YICHANG, a_registering_round, a_team_with, registered, somebody
from tests.web.conftest import signed_in
from tests.web.test_pages import post, unfolded, words

pytestmark = pytest.mark.django_db


def press(client: Client, page: str, act: str, **fields: str) -> None:
    """Send a form of a page, and once more where it is to be looked at first."""
    key = f"{act}~{fields['item']}" if "item" in fields else act
    if f'action="/do/{act}/"' not in words(client.get(page)):
        assert f'action="/do/{act}/"' in unfolded(client, page, key), (page, act)
    post(client, act, back=page, **fields)
    shown = words(client.get(page))
    if 'name="seen"' in shown:
        seen = shown.split('name="seen" value="')[1].split('"')[0]
        post(client, act, back=page, seen=seen, **fields)


def test_a_team_goes_its_way_by_pages():
    round_ = a_registering_round()
    village = a_team_with()
    manager, officer = signed_in(village.person), signed_in(somebody("city_officer", YICHANG).person)
    organiser = signed_in(somebody("organiser", HUBEI).person)
    key = global_id("Round", f"{round_.edition.slug}/provincial/{HUBEI}")
    team = global_id("Team", village.team.uid)
    asked = {"item": key, "team": team, "round": key, "goalZh": "示例目标", "goalEn": "A goal"}
    press(manager, "/en/desk/contest/", "apply_to_round", **asked)
    id = global_id("Registration", registered(village.team).uid)
    assert "A goal" in words(officer.get("/en/office/registrations/?state=APPLIED"))
    press(officer, "/en/office/registrations/", "check_registration", item=id, id=id)
    entries = f"/en/organiser/{round_.edition.slug}/provincial/entries/?region={HUBEI}"
    press(organiser, entries, "approve_registration", item=id, id=id)
    assert registered(village.team).state == Registration.State.LIVE
    press(organiser, entries, "disqualify_registration", item=id, id=id, reason="示例原因")
    assert registered(village.team).state == Registration.State.DISQUALIFIED
    assert "示例原因" in words(manager.get("/zh/desk/contest/"))
    press(manager, "/en/desk/contest/", "appeal_registration", item=id, id=id, words="请再看一次")
    appeal = global_id("RegistrationAppeal", RegistrationAppeal.objects.get().uid)
    other = signed_in(a_person(("organiser",)))
    given = {"item": appeal, "appeal": appeal, "granted": "on", "answer": "核实无误"}
    press(other, entries, "answer_registration_appeal", **given)
    assert registered(village.team).state == Registration.State.LIVE
    assert "核实无误" in words(manager.get("/zh/desk/contest/"))
    press(manager, "/en/desk/contest/", "withdraw_registration", item=id, id=id, reason="")
    assert registered(village.team).state == Registration.State.WITHDRAWN


def test_the_calendar_says_what_the_clock_will_do_and_everybody_reads_the_edition():
    round_ = a_registering_round()
    edition = global_id("OfficeEdition", round_.edition.uid)
    organiser = signed_in(a_person(("organiser",)))
    page = f"/zh/organiser/{round_.edition.slug}/provincial/calendar/?region={HUBEI}"
    day = clock.today().replace(year=clock.today().year + 2)
    key = global_id("Round", f"{round_.edition.slug}/provincial/{HUBEI}")
    partner = {"role": "ORGANISER", "nameZh": "示例省会", "nameEn": "Demo Society", "dutyZh": "组织"}
    press(organiser, page, "save_partner", edition=edition, **partner, organisationCode="NOBODY99")
    assert not round_.edition.partners.exists()
    society = an_organisation(name_zh="示例省工会")
    society.refresh_from_db()
    press(
        organiser, page, "save_partner", edition=edition, **partner, organisationCode=society.mobiliser_code
    )
    assert round_.edition.partners.get().organisation == society
    assert "示例省会 是本店的认证单位 示例省工会" in words(organiser.get(page))
    press(organiser, page, "set_target", edition=edition, kind="TEAMS", goal="72")
    press(organiser, page, "set_amount_target", edition=edition, goalMinor="3000000.00")
    stage = {"number": "1", "kind": "SCORE", "nameZh": "线上", "nameEn": "Online", "picks": "30"}
    times = {"opensAt": f"{day}T08:00", "closesAt": f"{day}T20:00"}
    press(organiser, page, "save_stage", round=key, **stage, **times)
    press(
        organiser, page, "arrange_round", round=key, objectionsCloseAt=f"{day}T20:00", advances="6", picks="1"
    )
    round_.plan.refresh_from_db()
    assert (round_.plan.advances, round_.plan.picks, Stage.objects.get().picks) == (6, 1, 30)
    shown = words(organiser.get(page))
    assert "线上" in shown and "示例省会" in shown and "3,000,000.00" in shown
    for lang, name in (("zh", "示例省会"), ("en", "Demo Society")):
        public = words(Client().get(f"/{lang}/contest/{round_.edition.slug}/"))
        assert name in public and "72" in public
