"""Memberships and the links by which people come in: once, in time, and only who is meant."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import invitation as invitations
from accounts.actions import membership as memberships
from accounts.models import AuditEntry, Invitation, Membership
from core.refusals import Invalid, NotFound
from tests.accounts.world import Asker, a_link, a_person, an_organisation, at_once, role_of

pytestmark = pytest.mark.django_db


def id_of(asker):
    """The id of the one organisation the asker belongs to."""
    (part,) = asker.ask("{ viewer { memberships { organisation { id } } } }")["viewer"]["memberships"]
    return part["organisation"]["id"]


def parts(asker, id):
    """The members as a coordinator sees them: id by name."""
    document = (
        "query($id: ID!) { organisation(id: $id) { members(first: 50) { nodes { id memberName role } } } }"
    )
    nodes = asker.ask(document, id=id)["organisation"]["members"]["nodes"]
    return {row["memberName"]: row["id"] for row in nodes}


def test_a_coordinator_invites_and_a_colleague_comes_in_by_the_link():
    mei, li = a_person(name="Mei"), a_person(name="Li")
    union = an_organisation(coordinator=mei)
    boss, colleague = Asker(mei), Asker(li)
    answer = boss.done("invitationCreate", "link token invitation { role isBound }", organisation=id_of(boss))
    assert answer["invitation"] == {"role": "MEMBER", "isBound": False}
    assert answer["link"] == f"http://testserver/en/invitation/?token={answer['token']}"
    assert answer["token"] not in str(vars(Invitation.objects.get()))
    page = "query($t: String!) { invitation(token: $t) { role organisation { name } } }"
    assert Asker().ask(page, t=answer["token"])["invitation"]["role"] == "MEMBER"
    joined = colleague.done(
        "invitationAccept", "membership { role organisation { nameZh } }", token=answer["token"]
    )
    assert joined["membership"] == {"role": "MEMBER", "organisation": {"nameZh": "示例工会"}}
    assert role_of(li, union) == "member"
    assert set(parts(boss, id_of(boss))) == {"Mei", "Li"}
    assert Asker().ask(page, t=answer["token"])["invitation"] is None
    row = Invitation.objects.get()
    assert row.used_by == li and row.used_at


def test_a_used_link_lets_nobody_else_in():
    mei, li, eve = a_person(), a_person(), a_person()
    union = an_organisation(coordinator=mei)
    link = a_link(union, mei)
    Asker(li).done("invitationAccept", token=link)
    assert Asker(eve).refused("invitationAccept", token=link) == "TOO_LATE"
    assert Asker(li).refused("invitationAccept", token=link) == "TOO_LATE"
    assert role_of(eve, union) is None


def test_a_forwarded_link_lets_only_her_in_for_whom_it_was_made():
    mei, li, eve = a_person(), a_person(email="li@example.com"), a_person()
    union = an_organisation(coordinator=mei)
    link = a_link(union, mei, email=" Li@Example.com")
    assert Asker(eve).refused("invitationAccept", token=link) == "NOT_ALLOWED"
    assert role_of(eve, union) is None and Invitation.objects.get().used_at is None
    page = "query($t: String!) { invitation(token: $t) { isBound email } }"
    answer = Asker(eve).send(page, t=link)
    assert "li@example.com" not in str(answer), "whoever holds the link does not learn the address"
    Asker(li).done("invitationAccept", token=link)
    assert role_of(li, union) == "member"


def test_a_link_runs_out_after_fourteen_days():
    mei, li = a_person(), a_person()
    union = an_organisation(coordinator=mei)
    link = a_link(union, mei)
    row = Invitation.objects.get()
    assert timedelta(days=13, hours=23) < row.expires_at - timezone.now() <= timedelta(days=14)
    Invitation.objects.update(expires_at=timezone.now())
    assert Asker(li).refused("invitationAccept", token=link) == "TOO_LATE"
    assert role_of(li, union) is None


def test_a_link_taken_back_lets_nobody_in():
    mei, li = a_person(), a_person()
    union = an_organisation(coordinator=mei)
    link = a_link(union, mei)
    boss = Asker(mei)
    listed = "query($id: ID!) { organisation(id: $id) { invitations { id email } } }"
    (row,) = boss.ask(listed, id=id_of(boss))["organisation"]["invitations"]
    assert Asker(li).refused("invitationWithdraw", id=row["id"]) == "NOT_FOUND"
    boss.done("invitationWithdraw", id=row["id"])
    assert Asker(li).refused("invitationAccept", token=link) == "TOO_LATE"
    assert boss.ask(listed, id=id_of(boss))["organisation"]["invitations"] == []


def test_an_invented_link_does_not_exist():
    assert Asker(a_person()).refused("invitationAccept", token="x" * 32) == "NOT_FOUND"


def test_a_member_who_follows_another_link_keeps_it_for_somebody_else():
    mei, li = a_person(), a_person()
    union = an_organisation(coordinator=mei, members=(li,))
    link = a_link(union, mei)
    assert Asker(li).refused("invitationAccept", token=link) == "CONFLICT"
    assert Asker(mei).refused("invitationAccept", token=link) == "CONFLICT"
    assert Invitation.objects.get().used_at is None


def test_a_member_becomes_a_coordinator_by_a_coordinators_link():
    mei, li = a_person(), a_person()
    union = an_organisation(coordinator=mei, members=(li,))
    Asker(li).done("invitationAccept", token=a_link(union, mei, role="coordinator"))
    assert role_of(li, union) == "coordinator" and Membership.objects.count() == 2


def test_only_coordinators_invite():
    mei, li, eve = a_person(), a_person(), a_person()
    an_organisation(coordinator=mei, members=(li,))
    id = id_of(Asker(mei))
    assert Asker(li).refused("invitationCreate", organisation=id) == "NOT_FOUND"
    assert Asker(eve).refused("invitationCreate", organisation=id) == "NOT_FOUND"
    assert not Invitation.objects.exists()


def test_members_are_seen_by_coordinators_alone():
    mei, li = a_person(name="Mei"), a_person(name="Li")
    an_organisation(coordinator=mei, members=(li,))
    id = id_of(Asker(mei))
    for asker in (Asker(li), Asker(a_person()), Asker()):
        for field in ("members(first: 5) { nodes { memberName } }", "invitations { email }"):
            answer = asker.send(f"query($id: ID!) {{ organisation(id: $id) {{ {field} }} }}", id=id)
            assert answer["data"] == {"organisation": None}
            assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND" and "Mei" not in str(answer)


def test_an_ex_coordinator_is_a_stranger():
    mei, li = a_person(), a_person(name="Li")
    union = an_organisation(coordinator=mei)
    union.memberships.create(person=li, role="coordinator")
    stashed = a_link(union, li, role="coordinator")
    boss, ex = Asker(mei), Asker(li)
    id = id_of(boss)
    boss.done("membershipEnd", id=parts(boss, id)["Li"])
    assert role_of(li, union) is None
    assert ex.refused("invitationCreate", organisation=id) == "NOT_FOUND"
    assert ex.send("query($id: ID!) { organisation(id: $id) { members(first: 5) { nodes { id } } } }", id=id)[
        "data"
    ] == {"organisation": None}
    assert ex.refused("invitationAccept", token=stashed) == "TOO_LATE", "her own links end with her part"
    part = Membership.objects.get(person=mei)
    with pytest.raises(NotFound):
        memberships.end(part, li)
    assert ex.ask("{ viewer { memberships { role } } }")["viewer"]["memberships"] == []
    entry = AuditEntry.objects.get(deed="end")
    assert entry.actor == mei


def test_somebody_who_left_may_be_invited_again():
    mei, li = a_person(), a_person(name="Li")
    union = an_organisation(coordinator=mei, members=(li,))
    own = Asker(li).ask("{ viewer { memberships { id isMe } } }")["viewer"]["memberships"][0]
    assert own["isMe"] is True
    Asker(li).done("membershipEnd", id=own["id"])
    assert role_of(li, union) is None
    assert Asker(li).refused("membershipEnd", id=own["id"]) == "NOT_FOUND"
    Asker(li).done("invitationAccept", token=a_link(union, mei))
    assert role_of(li, union) == "member" and Membership.objects.filter(person=li).count() == 2


def test_a_member_ends_nobodys_part_but_her_own_and_gives_nobody_a_role():
    mei, li, wu = a_person(name="Mei"), a_person(name="Li"), a_person(name="Wu")
    union = an_organisation(coordinator=mei, members=(li, wu))
    ids = parts(Asker(mei), id_of(Asker(mei)))
    asker = Asker(li)
    assert asker.refused("membershipEnd", id=ids["Wu"]) == "NOT_FOUND"
    assert asker.refused("membershipEnd", id=ids["Mei"]) == "NOT_FOUND"
    assert asker.refused("membershipUpdate", id=ids["Li"], role="COORDINATOR") == "NOT_FOUND"
    assert asker.refused("membershipUpdate", id=ids["Mei"], role="MEMBER") == "NOT_FOUND"
    assert [role_of(p, union) for p in (mei, li, wu)] == ["coordinator", "member", "member"]


def test_a_coordinator_of_another_organisation_is_a_stranger_here():
    mei, eve = a_person(name="Mei"), a_person()
    an_organisation(coordinator=mei)
    an_organisation(coordinator=eve)
    id = id_of(Asker(mei))
    hers = parts(Asker(mei), id)["Mei"]
    asker = Asker(eve)
    assert asker.refused("membershipEnd", id=hers) == "NOT_FOUND"
    assert asker.refused("membershipUpdate", id=hers, role="MEMBER") == "NOT_FOUND"
    assert asker.refused("invitationCreate", organisation=id) == "NOT_FOUND"


def test_an_organisation_keeps_a_coordinator():
    mei, li = a_person(name="Mei"), a_person(name="Li")
    union = an_organisation(coordinator=mei, members=(li,))
    boss = Asker(mei)
    ids = parts(boss, id_of(boss))
    assert boss.refused("membershipEnd", id=ids["Mei"]) == "INVALID"
    assert boss.refused("membershipUpdate", id=ids["Mei"], role="MEMBER") == "INVALID"
    boss.done("membershipUpdate", "membership { role }", id=ids["Li"], role="COORDINATOR")
    boss.done("membershipEnd", id=ids["Mei"])
    assert role_of(li, union) == "coordinator" and role_of(mei, union) is None


def test_who_is_no_coordinator_any_more_leaves_no_open_links():
    mei, li, wu = a_person(), a_person(), a_person()
    union = an_organisation(coordinator=mei)
    part = union.memberships.create(person=li, role="coordinator")
    link = a_link(union, li)
    memberships.give_role(part, "member", mei)
    assert Asker(wu).refused("invitationAccept", token=link) == "TOO_LATE"


def test_members_are_listed_in_as_many_statements_for_one_as_for_twenty(django_assert_num_queries):
    mei = a_person()
    union = an_organisation(coordinator=mei)
    asker = Asker(mei)
    id = id_of(asker)
    parts(asker, id)
    with django_assert_num_queries(5):  # session, person, organisation, what she coordinates, members
        parts(asker, id)
    for n in range(20):
        union.memberships.create(person=a_person(name=f"n{n}"))
    with django_assert_num_queries(5):
        assert len(parts(asker, id)) == 21


# --- At once ---


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_follow_one_link_at_once_one_comes_in():
    mei = a_person()
    union = an_organisation(coordinator=mei)
    for _ in range(5):
        people = [a_person() for _ in range(10)]
        link = a_link(union, mei)
        said = at_once(10, lambda n, link=link, people=people: invitations.accept(link, people[n]))
        assert sum(isinstance(one, Membership) for one in said) == 1
        assert sum(role_of(person, union) == "member" for person in people) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_last_coordinators_who_leave_at_once_one_stays():
    for _ in range(10):
        mei, li = a_person(), a_person()
        union = an_organisation(coordinator=mei)
        union.memberships.create(person=li, role="coordinator")
        own = [Membership.objects.get(person=person) for person in (mei, li)]
        said = at_once(2, lambda n, own=own: memberships.end(own[n], own[n].person))
        assert sum(isinstance(one, Invalid) for one in said) == 1
        assert union.memberships.filter(ended_at=None).count() == 1
