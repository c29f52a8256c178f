"""A team's manager, leader and packer: each may at her own team, in her term, what the table says, and nothing else changes."""

import re
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Appointment, AuditEntry, RoleInvitation
from catalog.actions import member as members
from catalog.models import Lot, Product, TeamMember
from core.api.ids import global_id
from core.refusals import Refusal
from impact.models import Household
from orders.models import Claim, Refund, Shipment
from tests.accounts.world import PASSWORD, Asker, a_person, at_once, the_mail, token_in
from tests.catalog.world import a_team, works_at
from tests.factor import App, app_clock, by_password
from tests.orders.sold import Sold
from tests.orders.world import Buyer, key
from tests.web.test_pages import post, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop")]

MANAGER, LEADER, PACKER = ROLES = ("team_manager", "leader", "packer")
NEEDS_CODE, HOUR = "SECOND_FACTOR_REQUIRED", timedelta(hours=1)
CLOSED = {"NOT_FOUND", "NOT_ALLOWED"}
# What each deed is refused with once its asker was let in: what is sent along is never good, so that nothing changes.
LET_IN = {"INVALID", "REFUND_TOO_LARGE"}


@pytest.fixture
def sold(till: Any, a_stand: Any) -> Sold:
    made = Sold(till, a_stand)
    made.arrive(1)
    made.claim(n=1)
    return made


def deeds(sold: Sold) -> dict[str, tuple[tuple[str, ...], str, dict[str, Any]]]:
    """Of the tea's team: who may, the mutation, and what is sent."""
    lot = sold.lots[1]
    product = lot.variant.product
    team, claim = global_id("Team", product.team.uid), global_id("Claim", Claim.objects.get().uid)
    both, all_of_them = (MANAGER, LEADER), ROLES
    parcel = {"shipmentId": sold.parcel_id(1), "carrier": "顺丰", "trackingNumber": "x", "expectedUnits": 2}
    line = {"lineId": sold.line_id(1), "units": 0}
    return {
        "a product": (both, "productCreate", {"team": team, "nameZh": "", "category": "fruit", "kind": "FRESH"}),
        "a price": (both, "variantSave", {"id": global_id("Variant", lot.variant.uid), "priceMinor": -1}),
        "its story": (both, "teamUpdate", {"id": team, "villageZh": "村" * 99}),
        "its leader": ((MANAGER,), "leaderIntroduce", {"team": team, "nameZh": ""}),
        "a household": (both, "householdPropose", {"team": team, "county": "x", "consented": True, "name": "示例"}),
        "what they are called": (both, "householdNamesOpen", {"team": team, "purpose": " "}),
        "who grew a lot": (both, "lotShareOut", {"lot": global_id("Lot", lot.uid), "shares": [{"household": global_id("Household", lot.uid), "grams": 1}]}),
        "a parcel": (all_of_them, "shipmentShip", parcel | {"idempotencyKey": key()}),
        "an answer": (both, "claimAnswer", {"claimId": claim, "words": "", "amount": "0", "idempotencyKey": key()}),
        "money for a claim": ((MANAGER,), "claimAnswer", {"claimId": claim, "words": "x", "amount": "9999", "idempotencyKey": key()}),
        "money back": ((MANAGER,), "refundRequest", {"number": sold.order["number"], "lines": [line], "idempotencyKey": key()}),
        "a recall": ((MANAGER,), "lotRecall", {"id": global_id("Lot", lot.uid), "reason": ""}),
        "an invitation": ((MANAGER,), "teamMemberInvite", {"team": team, "email": "nowhere", "role": "PACKER"}),
    }  # fmt: skip


def everything() -> list[Any]:
    """What must not change."""
    rows = (Appointment, TeamMember, RoleInvitation, Product, Lot, Household, Claim, Refund, Shipment)
    return [list(one.objects.order_by("pk").values()) for one in rows] + [AuditEntry.objects.count()]


def codes(asker: Asker, act: str, given: dict[str, Any]) -> set[str]:
    return {error["code"] for error in asker.do(act, **given)["errors"]}


def test_each_role_may_at_its_team_in_its_term_what_the_table_says_and_nothing_changes_when_refused(sold):
    own, other, now = sold.lots[1].variant.product.team, sold.lots[0].variant.product.team, timezone.now()
    terms = {
        "before": (now + HOUR, None),
        "within": (now - HOUR, now + HOUR),
        "ended": (now - HOUR, now - timedelta(seconds=1)),
    }
    wrong, asked = [], deeds(sold)
    for role in ROLES:
        for team, term in [(own, term) for term in terms] + [(other, "within")]:
            person = a_person()
            works_at(team, person, role, starts_at=terms[term][0], ends_at=terms[term][1])
            asker, before = Buyer(person), everything()
            for name, (roles, act, given) in asked.items():
                is_hers = team == own and term == "within" and role in roles
                said = codes(asker, act, given)
                if not said or not said <= (LET_IN if is_hers else CLOSED):
                    wrong.append((role, "own" if team == own else "other", term, name, said))
            assert everything() == before, role
    assert wrong == []


def test_what_a_role_may_ends_at_the_very_moment_of_its_term(sold):
    team, ends = sold.lots[1].variant.product.team, timezone.now() + HOUR
    person = a_person()
    works_at(team, person, ends_at=ends)
    asker = Buyer(person)
    look = "{ desk { team { code } permissions } }"
    for at, is_there in ((ends - timedelta(microseconds=1), True), (ends, False)):
        with mock.patch("django.utils.timezone.now", lambda at=at: at):
            assert (asker.ask(look)["desk"] is not None) is is_there
            assert codes(asker, *deeds(sold)["a product"][1:]) == ({"INVALID"} if is_there else {"NOT_FOUND"})


def test_a_packer_is_told_of_parcels_and_of_no_sum_no_household_no_claim_and_no_colleague(sold):
    team = sold.lots[1].variant.product.team
    person = a_person()
    works_at(team, person, PACKER)
    asker, id = Buyer(person), global_id("Team", team.uid)
    seen = asker.ask("""{ desk { permissions claimsOpen parcelsWaiting listMadeAt toPack { name }
        parcels(first: 5) { nodes { number recipient phone address lines { name units } } } }
        householdDesk { verified } myTeams { code } }""")
    assert seen["desk"]["permissions"] == ["catalog.enter_desk", "orders.pack_and_send"]
    assert seen["desk"]["claimsOpen"] is None and seen["householdDesk"] is None
    assert [parcel["number"] for parcel in seen["desk"]["parcels"]["nodes"]] == [sold.order["number"]]
    assert seen["myTeams"] == [{"code": team.code}]
    for hidden in (
        "desk { claims(first: 1) { nodes { words } } }",
        "desk { products(first: 1) { nodes { slug } } }",
        "desk { parcels(first: 1) { nodes { lines { net { minor } } } } }",
        "desk { parcels(first: 1) { nodes { lines { refunded { minor } } } } }",
        "desk { team { people { email } } }",
        "desk { team { offers { email } } }",
        "desk { team { leader { isWoman } } }",
        f'teamProducts(team: "{id}", first: 1) {{ nodes {{ slug }} }}',
        f'householdDesk(team: "{id}") {{ money {{ householdsOwed {{ minor }} }} }}',
        f'householdDesk(team: "{id}") {{ households(first: 1) {{ nodes {{ code }} }} }}',
    ):
        answer = asker.send("{ " + hidden + " }")
        (error,) = answer["errors"]
        assert error["extensions"]["code"] in CLOSED, hidden
        assert not any(word in str(answer["data"]) for word in ("words", "slug", "minor", "email", "isWoman"))


# --- Without what her role asks for ---


@pytest.mark.parametrize("role", ROLES)
def test_with_her_password_alone_the_desk_waits_for_her_code_or_her_device_and_nothing_changes(sold, role):
    person = a_person()
    works_at(sold.lots[1].variant.product.team, person, role)
    asker = Asker()
    by_password(asker.client, person)
    before = everything()
    for name, (roles, act, given) in deeds(sold).items():
        # A leader answers the claim, and is asked for her device before anything is said of its money.
        waits = role in roles or (role == LEADER and act == "claimAnswer")
        assert codes(asker, act, given) == ({NEEDS_CODE} if waits else {"NOT_FOUND"}), name
    assert asker.ask("{ desk { parcelsWaiting } householdDesk { verified } }") == {
        "desk": None,
        "householdDesk": None,
    }
    lends = {"name": "x", "password": PASSWORD, "scopes": ["DESK"]}
    assert asker.refused("tokenCreate", **lends) == NEEDS_CODE and not person.api_tokens.exists()
    assert everything() == before
    to = "account/second-factor" if role == MANAGER else "account/device"
    for path in ("", "orders/", "packing.csv", "claims/", "people/"):
        if path in ("claims/", "people/") and role == PACKER:
            continue
        led = asker.client.get(f"/en/desk/{path}")
        assert led.url == f"/en/{to}/?next=%2Fen%2Fdesk%2F{path.replace('/', '%2F')}", path


def test_a_copied_session_invites_nobody_ends_nobody_and_gives_nothing_back(sold):
    """It was awake when it was copied; the device's own cookie was not copied along."""
    manager = sold.managers[1]
    team = sold.lots[1].variant.product.team
    mei = a_person()
    id, mine = global_id("Team", team.uid), global_id("Appointment", works_at(team, mei, PACKER).uid)
    thief, cookie = Asker(), settings.SESSION_COOKIE_NAME
    thief.client.cookies[cookie] = manager.client.cookies[cookie].value
    assert thief.ask("{ desk { parcelsWaiting } }")["desk"], "it is hers, and awake"
    part = {"lineId": sold.line_id(1), "units": 1}
    money = {"number": sold.order["number"], "lines": [part]}
    answer = {"claimId": global_id("Claim", Claim.objects.get().uid), "words": "x", "amount": "1.00"}
    before = everything()
    for act, given in (
        ("teamMemberInvite", {"team": id, "email": "thief@example.com"}),
        ("teamMemberEnd", {"team": id, "member": mine}),
        ("deviceCodeGive", {"appointmentId": mine}),
        ("refundRequest", {**money, "idempotencyKey": key()}),
        ("claimAnswer", {**answer, "idempotencyKey": key()}),
        ("lotRecall", {"id": global_id("Lot", sold.lots[1].uid), "reason": "x"}),
    ):
        assert codes(thief, act, given) == {NEEDS_CODE}, act
    assert everything() == before
    assert manager.done("teamMemberInvite", team=id, email="sun@example.com", role="LEADER")["errors"] == []
    assert manager.done("teamMemberEnd", team=id, member=mine)["errors"] == []


def test_a_leader_proves_her_device_by_two_codes_the_second_from_her_teams_manager(run_deliveries):
    mei, manager = a_person(), a_person()
    team = a_team(manager=manager)
    row = works_at(team, mei, LEADER)
    hers, clerk = by_password(Client(headers={"Accept-Language": "en"}), mei), Asker(manager).client
    led = hers.get("/en/desk/").url
    assert led == "/en/account/device/?next=%2Fen%2Fdesk%2F"
    post(hers, "ask_for_device_code", next=led)
    run_deliveries()
    (first,) = re.findall(r"\d{6}", the_mail().subject)
    id = global_id("Appointment", row.uid)
    assert "A code for her new device" in words(clerk.get("/en/desk/people/"))
    post(clerk, "give_device_code", next="/en/desk/people/", item=id, id=id)
    second = clerk.get("/en/desk/people/").context["told"]["deviceCode"]
    back = {"lang": "en", "next": "/en/desk/"}
    hers.post("/do/prove_device/", {**back, "mailed": first, "given": "000000"})
    assert hers.get("/en/desk/").status_code == 302
    assert hers.post("/do/prove_device/", {**back, "mailed": first, "given": second}).url == "/en/desk/"
    assert team.name_en in words(hers.get("/en/desk/")) and hers.get("/en/desk/people/").status_code == 404
    stranger = by_password(Client(), mei)
    assert stranger.get("/en/desk/").url.startswith("/en/account/device/"), "once a device, and no other"


def test_a_manager_sets_her_factor_up_on_the_way_and_comes_back_to_what_she_wrote(sold):
    with app_clock() as tick:
        person = a_person()
        works_at(sold.lots[1].variant.product.team, person)
        app, client = App(person), by_password(Client(headers={"Accept-Language": "en"}), person)
        led = client.get("/en/desk/orders/").url
        tick()
        assert client.post("/do/give_second_factor/", {"code": app.code(), "lang": "en", "next": "/en/desk/orders/"}).url == "/en/desk/orders/"  # fmt: skip
        assert "second-factor" in led and sold.order["number"] in words(
            client.get("/en/desk/orders/?state=DELIVERED")
        )
        form = {"number": sold.order["number"], "line": sold.line_id(1), "units": "1", "note": "漏发"}
        form |= {"idempotencyKey": key(), "lang": "en", "item": form["number"], "back": "/en/desk/orders/"}
        assert client.post("/do/request_refund/", form).url.startswith("/en/account/second-factor/")
        assert not Refund.objects.exists(), "what moves money wants another code"


# --- Beginning and ending ---


def test_two_managers_who_end_each_other_at_one_moment_leave_one_and_a_packer_goes_in_her_next_request(sold):
    team = sold.lots[1].variant.product.team
    mei = sold.managers[1].person
    packer = a_person()
    row = works_at(team, packer, PACKER)
    hers = Buyer(packer)
    look = "{ desk { parcelsWaiting } }"
    assert hers.ask(look)["desk"]
    members.end(row, mei)
    assert hers.ask(look)["desk"] is None
    assert hers.refused("shipmentShip", **deeds(sold)["a parcel"][2]) == "NOT_FOUND"
    assert TeamMember.objects.get(team=team, person=packer).ended_at
    last = mei.appointments.get(role=MANAGER)
    with pytest.raises(Refusal) as refused:
        members.end(last, mei)
    assert refused.value.code == "CONFLICT" and Appointment.objects.get(pk=last.pk).ends_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_end_each_other_at_one_moment_one_stays():
    mei, sun = a_person(), a_person()
    team = a_team(manager=mei)
    rows = [works_at(team, sun), mei.appointments.get()]
    said = at_once(2, lambda n: members.end(rows[n], (mei, sun)[n]))
    connection.close()
    assert sorted(type(one).__name__ for one in said) == ["Conflict", "NoneType"], said
    assert Appointment.objects.filter(subject=team.uid, ends_at=None).count() == 1


def test_who_is_invited_as_a_leader_keeps_the_term_and_is_one_of_the_teams_people_from_her_press(
    run_deliveries,
):
    manager, mei = a_person(), a_person(language="en")
    team = a_team(manager=manager)
    until = timezone.now().replace(microsecond=0) + timedelta(days=3)
    asker, id = Asker(manager), global_id("Team", team.uid)
    asker.done("teamMemberInvite", team=id, email=mei.email, role="LEADER", endsAt=until.isoformat())
    assert asker.refused("teamMemberInvite", team=id, email=mei.email, role="LEADER") == "CONFLICT"
    assert asker.refused("teamMemberInvite", team=id, email=mei.email, role="OPERATOR") == "INVALID"
    run_deliveries()
    token = token_in(the_mail())
    waiting = asker.ask("{ desk { team { offers { id email roleName canWithdraw } people { email } } } }")
    (offer,) = waiting["desk"]["team"]["offers"]
    assert (offer["email"], offer["canWithdraw"]) == (mei.email, True)
    assert [one["email"] for one in waiting["desk"]["team"]["people"]] == [manager.email]
    Asker(mei).done("roleInvitationAccept", token=token)
    row = Appointment.objects.get(person=mei)
    part = TeamMember.objects.get(person=mei)
    assert (row.role, row.subject, row.ends_at) == (LEADER, team.uid, until)
    assert (part.role, part.until, part.ended_at) == ("member", until, None)
    assert not Asker(a_person()).ask("{ desk { parcelsWaiting } }")["desk"]
    mei.refresh_from_db()
    assert Asker(mei).ask("{ desk { permissions } }")["desk"]["permissions"]
