"""The operators' admin: the shop's own lock on its door, deeds by the same actions, each write audited."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client

from accounts.actions import membership as memberships
from accounts.actions import operator as operators
from accounts.models import ApiToken, AuditEntry, Person, Region
from accounts.operators import OperatorAdmin
from core.api.ids import global_id
from core.refusals import Conflict, Invalid
from shop.permissions import OWNER, PERMISSIONS
from tests.accounts.world import (
    PASSWORD,
    Asker,
    a_link,
    a_person,
    an_operator,
    an_organisation,
    at_once,
    role_of,
    the_mail,
    token_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


@pytest.fixture(autouse=True)
def our_urls(our_schema, settings):
    settings.ROOT_URLCONF = "tests.accounts.urls"


def desk(person):
    """A browser at the operators' desk."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def choose(client, model, action, *rows):
    """Tick rows of a list and choose a deed; the messages."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], "confirmed": "yes"}
    reply = client.post(f"/operators/accounts/{model}/", chosen, follow=True)
    assert reply.status_code == 200
    return [str(message) for message in reply.context["messages"]]


def test_the_admins_door_has_the_shops_lock():
    ada = an_operator()
    client = Client(headers={"Accept-Language": "en"})

    def sign_in(email, password=PASSWORD):
        return client.post("/operators/login/", {"username": email, "password": password})

    assert "wrong" in sign_in(ada.email, "not-it").content.decode()
    unproved = an_operator(email_verified_at=None)
    assert "not confirmed" in sign_in(unproved.email).content.decode()
    assert sign_in(a_person().email).status_code == 200, "not an operator: no entrance"
    assert sign_in(ada.email).status_code == 302
    for _ in range(5):
        sign_in(ada.email, "not-it")
    assert "Too many" in sign_in(ada.email).content.decode()


def test_who_is_no_operator_sees_nothing_of_it():
    for person in (a_person(), an_operator(is_active=False)):
        assert desk(person).get("/operators/accounts/person/").status_code == 302


def test_the_door_asks_the_table_of_permissions(monkeypatch):
    """The column of a role is not asked past it, by the rooms or by the form before them."""
    monkeypatch.setitem(PERMISSIONS, "accounts.enter_rooms", OWNER)
    ada, owner = an_operator(), a_person(("owner",))

    def entered(person) -> tuple[int, int]:
        form = Client().post("/operators/login/", {"username": person.email, "password": PASSWORD})
        return desk(person).get("/operators/").status_code, form.status_code

    assert entered(ada) == (302, 200)
    assert entered(owner) == (200, 302)


def test_every_room_opens_for_an_operator():
    ada = an_operator()
    mei = a_person()
    an_organisation(coordinator=mei)
    Asker(mei).done("tokenCreate", name="x", password=PASSWORD)
    client = desk(ada)
    rows = [mei, mei.memberships.get().organisation, ApiToken.objects.get(), AuditEntry.objects.first()]
    for row in rows:
        room = f"/operators/accounts/{row._meta.model_name}/"
        assert client.get(room).status_code == 200
        page = client.get(f"{room}{row.pk}/change/")
        assert page.status_code == 200
        assert mei.password not in page.content.decode()
        assert client.get(f"{room}add/").status_code == 403
        assert client.post(f"{room}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/operators/accounts/region/420527/change/").status_code == 200


def test_every_room_of_the_house_keeps_to_the_rules():
    loose = [
        model.__name__
        for model, room in admin.site._registry.items()
        if not isinstance(room, OperatorAdmin) and model._meta.app_label in {"accounts"}
    ]
    assert loose == [] and apps.get_model("auth", "Group") not in admin.site._registry


def test_the_form_of_an_organisation_changes_its_place_and_nothing_else():
    ada = an_operator()
    client = desk(ada)
    top, leaf = an_organisation(), an_organisation(state="proposed")
    page = f"/operators/accounts/organisation/{leaf.pk}/change/"
    inline = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    client.post(page, {"parent": top.pk, "state": "verified", "name_zh": "别的", **inline})
    leaf.refresh_from_db()
    assert (leaf.parent, leaf.state, leaf.name_zh) == (top, "proposed", "示例工会")
    deeds = list(AuditEntry.objects.order_by("id").values_list("actor", "deed", "object_uid"))
    assert deeds == [(ada.pk, "place_under", str(leaf.uid)), (ada.pk, "admin_change", str(leaf.uid))]
    page = f"/operators/accounts/organisation/{top.pk}/change/"
    reply = client.post(page, {"parent": leaf.pk, **inline}, follow=True)
    top.refresh_from_db()
    assert top.parent is None and "cannot stand below itself" in reply.content.decode()
    assert AuditEntry.objects.count() == 2, "what was refused is not written down as done"


def test_the_form_of_a_person_changes_nothing():
    ada, mei = an_operator(), a_person(name="Mei")
    before = Person.objects.filter(pk=mei.pk).values().get()
    desk(ada).post(
        f"/operators/accounts/person/{mei.pk}/change/",
        {"name": "Eve", "appointments-0-role": "owner", "password": "x"},
    )
    assert Person.objects.filter(pk=mei.pk).values().get() == before


def test_a_closed_account_is_signed_out_at_once_and_nothing_of_before_opens_it_again(run_deliveries):
    ada, mei = an_operator(), a_person()
    union = an_organisation(coordinator=mei, members=())
    asker = Asker(mei)
    script = asker.done("tokenCreate", "text", name="x", password=PASSWORD)["text"]
    invitation = a_link(union, mei)
    Asker().done("passwordResetRequest", email=mei.email)
    run_deliveries()
    link = token_in(the_mail())
    choose(desk(ada), "person", "close", mei)
    assert asker.who() is None and Asker().refused("signIn", email=mei.email, password=PASSWORD) == "INVALID"
    choose(desk(ada), "person", "open_again", mei)
    assert asker.who() is None
    assert Asker(token=script).send("{ viewer { email } }")["errors"][0]["extensions"]["code"] == "BAD_TOKEN"
    assert Asker().refused("passwordReset", token=link, password="a-brand-new-one-9") == "INVALID"
    assert Asker(a_person()).refused("invitationAccept", token=invitation) == "TOO_LATE"
    asker.done("signIn", email=mei.email, password=PASSWORD)
    assert asker.who() == mei.email
    deeds = AuditEntry.objects.filter(actor=ada).order_by("id").values_list("deed", flat=True)
    assert list(deeds) == ["close", "open_again"]


def test_an_account_in_strangers_hands_is_signed_out_everywhere_and_stays_open():
    ada, mei = an_operator(), a_person()
    stolen = Asker(mei)
    script = stolen.done("tokenCreate", "text", name="x", password=PASSWORD)["text"]
    choose(desk(ada), "person", "sign_out_everywhere", mei)
    assert stolen.who() is None
    assert "errors" in Asker(token=script).send("{ viewer { email } }")
    Asker().done("signIn", email=mei.email, password=PASSWORD)


def test_what_only_she_looks_after_is_handed_over_before_her_account_is_closed():
    ada, mei, li, sun = an_operator(), a_person(), a_person(), a_person()
    union = an_organisation(coordinator=mei, members=(li,))
    (said,) = choose(desk(ada), "person", "close", mei)
    assert "the organisation “示例工会”" in said
    mei.refresh_from_db()
    assert mei.is_active and Asker(mei).refused("personErase", password=PASSWORD) == "CONFLICT"
    (said,) = name_somebody(ada, union, "nobody@example.com")
    assert "no such account" in said
    assert name_somebody(ada, union, sun.email.upper()) == []
    assert role_of(sun, union) == "coordinator" and role_of(mei, union) == "coordinator"
    assert AuditEntry.objects.get(deed="appoint").actor == ada
    choose(desk(ada), "person", "close", mei)
    mei.refresh_from_db()
    assert not mei.is_active
    assert Asker(sun).refused("membershipEnd", id=part_of(sun, union)) == "INVALID", (
        "a closed one does not count"
    )


def test_an_operator_names_no_coordinator_where_she_belongs_herself_and_nobody_who_cannot_sign_in():
    ada, mei, unproved = an_operator(), a_person(), a_person(email_verified_at=None)
    own, theirs = an_organisation(members=(ada,)), an_organisation(members=(unproved,))
    name_somebody(ada, own, mei.email)
    name_somebody(ada, theirs, unproved.email)
    name_somebody(ada, theirs, ada.email)
    assert (
        role_of(mei, own) is None and role_of(unproved, theirs) == "member" and role_of(ada, theirs) is None
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_last_coordinators_whose_accounts_are_closed_at_one_moment_one_stays():
    ada, li = an_operator(), a_person()
    for _ in range(5):
        mei, sun = a_person(), a_person()
        union = an_organisation(coordinator=mei, members=(li,))
        union.memberships.create(person=sun, role="coordinator")
        said = at_once(2, lambda n, pair=(mei, sun): operators.close(pair[n], ada))
        assert sum(isinstance(each, Conflict) for each in said) == 1
        assert Person.objects.filter(pk__in=[mei.pk, sun.pk], is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_close_each_others_accounts_at_one_moment_one_stays():
    ada, mei = a_person(("owner", "operator")), a_person(("owner", "operator"))
    pair = (ada, mei)
    said = at_once(2, lambda n: operators.close(pair[1 - n], pair[n]))
    assert [isinstance(each, Conflict) for each in said].count(True) == 1, said
    assert Person.objects.filter(is_active=True, appointments__role="owner").count() == 1


def name_somebody(person, organisation, email):
    """Name a coordinator in the office; what is refused."""
    asked = {"organisation": global_id("Organisation", organisation.uid), "email": email}
    return [error["message"] for error in Asker(person).do("coordinatorName", **asked)["errors"]]


def part_of(person, organisation):
    """The public id of a membership."""
    return global_id("Membership", person.memberships.get(organisation=organisation, ended_at=None).uid)


def test_whoever_an_operator_names_hears_of_it_once(run_deliveries):
    ada, mei, li = an_operator(), a_person(language="en"), a_person(language="zh")
    first = a_person(language="en")
    union = an_organisation(coordinator=first, members=(li,))
    for named in (mei, mei, li, li):
        memberships.appoint(union, named, ada)
    run_deliveries()
    beside = [m for m in mail.outbox if "another coordinator" in m.subject or "多了一位" in m.subject]
    # Whoever coordinates already hears of each who does beside her.
    assert sorted(m.to[0] for m in beside) == sorted([first.email, first.email, mei.email, li.email])
    hers = [m for m in mail.outbox if m not in beside]
    told = {m.to[0]: (m.subject, m.body) for m in hers}
    assert len(hers) == 2 and set(told) == {mei.email, li.email}
    assert told[mei.email][0] == f"You now coordinate {union.name_en or union.name_zh}"
    assert "/en/organisations/" in told[mei.email][1] and "协调人" in told[li.email][0]
    # Ended before the letter went: nobody is told what is not so.
    mail.outbox.clear()
    sun = a_person()
    part = memberships.appoint(union, sun, ada)
    memberships.end(part, sun)
    run_deliveries()
    assert mail.outbox == []


def test_an_erased_account_stays_erased():
    ada, mei = an_operator(), a_person()
    Asker(mei).done("personErase", password=PASSWORD)
    mei.refresh_from_db()
    with pytest.raises(Invalid):
        operators.open_again(mei, ada)


def test_a_token_gets_a_scope_by_an_operator_who_does_not_own_it():
    ada, mei = an_operator(), a_person()
    for person in (ada, mei):
        Asker(person).done("tokenCreate", name="x", password=PASSWORD)
    token, own = mei.api_tokens.get(), ada.api_tokens.get()
    page = f"/operators/accounts/apitoken/{token.pk}/change/"
    desk(ada).post(page, {"scopes": "documents"})
    desk(ada).post(f"/operators/accounts/apitoken/{own.pk}/change/", {"scopes": "documents"})
    desk(ada).post(page, {"scopes": "everything"})
    assert mei.api_tokens.get().scopes == ["documents"]
    assert ada.api_tokens.get().scopes == ["buy", "desk", "read"]
    desk(ada).post(page, {"scopes": "documents,desk"})
    assert mei.api_tokens.get().scopes == ["documents"], "what is hers to give she gives herself"


def test_the_audit_log_is_edited_by_nobody():
    AuditEntry.objects.create(deed="x", noun="y", object_uid="z")
    for statement in ("UPDATE accounts_auditentry SET deed = 'a'", "DELETE FROM accounts_auditentry"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditEntry.objects.get().deed == "x"


def test_a_room_where_nothing_may_change_has_no_save_and_writes_nothing_down():
    ada, mei = an_operator(), a_person()
    client = desk(ada)
    entry = AuditEntry.objects.create(deed="x", noun="y", object_uid="z")
    region = Region.objects.get(code="420527")
    for row in (mei, entry, region):
        page = f"/operators/accounts/{row._meta.model_name}/{row.pk}/change/"
        assert 'name="_save"' not in client.get(page).content.decode(), page
        assert client.post(page, {"code": "1", "name_zh": "别处"}).status_code == 403, page
    assert (
        'name="_save"' in client.get(f"/operators/accounts/organisation/{an_organisation().pk}/change/").text
    )
    assert list(AuditEntry.objects.all()) == [entry]


def test_a_key_that_means_something_is_read_only_even_where_something_may_change(monkeypatch):
    room = admin.site._registry[Region]
    monkeypatch.setattr(room, "editable", ("name_en",))
    client = desk(an_operator())
    page = "/operators/accounts/region/420527/change/"
    assert 'name="code"' not in client.get(page).content.decode()
    client.post(page, {"code": "999999", "name_en": "Zigui"})
    assert not Region.objects.filter(code="999999").exists()
