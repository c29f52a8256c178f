"""Organisations: proposed by people, decided on by an operator who is none of them."""

from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from accounts import reads
from accounts.actions import invitation as invitations
from accounts.actions import organisation as organisations
from accounts.models import AuditEntry, Organisation
from core.refusals import Conflict, Invalid, NotAllowed
from tests.accounts.world import Asker, a_link, a_person, an_operator, an_organisation, role_of, the_mail

pytestmark = pytest.mark.django_db
UNION = {"kind": "UNION", "nameZh": "江汉示例工会", "nameEn": "Jianghan Demo Union", "region": "420103"}


def propose(asker, **changed):
    """Put one forward; its id."""
    return asker.done("organisationPropose", "organisation { id }", **{**UNION, **changed})["organisation"][
        "id"
    ]


def seen(asker, id, fields="name state"):
    """The organisation as the asker sees it."""
    return asker.ask(f"query($id: ID!) {{ organisation(id: $id) {{ {fields} }} }}", id=id)["organisation"]


def test_an_organisation_is_proposed_verified_and_its_coordinator_told(run_deliveries):
    mei, ada = a_person(language="en"), an_operator()
    id = propose(Asker(mei))
    union = Organisation.objects.get()
    assert (union.state, union.proposed_by, role_of(mei, union)) == ("proposed", mei, "coordinator")
    assert seen(Asker(mei), id, "state allowedActions myRole") == {
        "state": "PROPOSED",
        "allowedActions": [],
        "myRole": "COORDINATOR",
    }
    organisations.verify(union, ada)
    assert seen(Asker(mei), id, "state isVerified") == {"state": "VERIFIED", "isVerified": True}
    run_deliveries()
    message = the_mail()
    assert message.to == [mei.email] and message.subject == "Jianghan Demo Union is verified"
    union.refresh_from_db()
    assert union.verified_by == ada and union.mobiliser_code in message.body
    entry = AuditEntry.objects.get(deed="verify")
    assert (entry.actor, entry.object_uid, entry.noun) == (ada, str(union.uid), "Organisation")
    assert seen(Asker(mei), id, "allowedActions") == {"allowedActions": ["INVITE", "OPEN_GROUP_PURCHASE"]}


def test_only_its_own_people_and_operators_see_it_before_it_is_verified():
    mei, ada = a_person(), an_operator()
    id = propose(Asker(mei))
    assert seen(Asker(a_person()), id) is None and seen(Asker(), id) is None
    assert seen(Asker(mei), id) and seen(Asker(ada), id)
    organisations.verify(Organisation.objects.get(), ada)
    assert seen(Asker(), id) == {"name": "Jianghan Demo Union", "state": "VERIFIED"}
    organisations.suspend(Organisation.objects.get(), ada, "示例原因")
    assert seen(Asker(), id) is None and seen(Asker(mei), id)


@pytest.mark.parametrize("decide", [organisations.verify, organisations.decline, organisations.suspend])
def test_only_an_operator_decides(decide):
    mei = a_person()
    union = an_organisation(
        coordinator=mei, state="verified" if decide is organisations.suspend else "proposed"
    )
    before = union.state
    for by in (mei, a_person()):
        with pytest.raises(NotAllowed):
            decide(union, by, *(() if decide is organisations.verify else ("示例原因",)))
    union.refresh_from_db()
    assert union.state == before and not AuditEntry.objects.exists()


def test_an_operator_never_decides_about_an_organisation_of_her_own():
    ada = an_operator()
    propose(Asker(ada))
    hers = Organisation.objects.get()
    with pytest.raises(NotAllowed):
        organisations.verify(hers, ada)
    hers.memberships.all().delete()
    with pytest.raises(NotAllowed):  # its proposer stays its own
        organisations.verify(hers, ada)
    union = an_organisation(members=(ada,), state="proposed")
    with pytest.raises(NotAllowed):
        organisations.verify(union, ada)
    union.memberships.update(ended_at=timezone.now())
    with pytest.raises(NotAllowed):
        organisations.verify(union, ada)
    union.refresh_from_db()
    assert union.state == "proposed"


def test_states_follow_their_table():
    ada = an_operator()
    union = an_organisation(state="proposed")
    with pytest.raises(Conflict):
        organisations.suspend(union, ada, "示例原因")
    organisations.decline(union, ada, "查无此单位")
    with pytest.raises(Conflict):
        organisations.verify(union, ada)
    union.refresh_from_db()
    assert union.state == "declined"


def test_a_suspended_one_neither_invites_nor_mobilises_until_it_is_verified_again():
    mei, li, ada = a_person(), a_person(), an_operator()
    union = an_organisation(coordinator=mei)
    link = a_link(union, mei)
    assert reads.mobiliser(union.mobiliser_code.lower()) == (union, None)
    organisations.suspend(union, ada, "示例原因")
    assert reads.mobiliser(union.mobiliser_code) == (None, None)
    assert Asker(li).refused("invitationAccept", token=link) == "TOO_LATE"
    with pytest.raises(Invalid):
        a_link(union, mei)
    organisations.verify(union, ada)
    assert reads.mobiliser(union.mobiliser_code) == (union, None)
    assert Asker(li).refused("invitationAccept", token=link) == "TOO_LATE", "links of before stay dead"


def test_a_persons_code_stands_for_her_and_an_unknown_one_for_nobody():
    mei = a_person()
    assert reads.mobiliser(f" {mei.mobiliser_code} ") == (None, mei)
    assert reads.mobiliser("NOSUCH") == (None, None) and reads.mobiliser("") == (None, None)
    mei.is_active = False
    mei.save()
    assert reads.mobiliser(mei.mobiliser_code) == (None, None)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"nameZh": " "}, "INVALID"),
        ({"nameZh": "示" * 81}, "INVALID"),
        ({"region": "000000"}, "INVALID"),
        ({"parent": "nonsense"}, "INVALID_ID"),
    ],
)
def test_what_cannot_be_right_is_refused(changed, code):
    assert Asker(a_person()).refused("organisationPropose", **{**UNION, **changed}) == code
    assert not Organisation.objects.exists()


def test_all_that_is_wrong_with_a_proposal_is_told_at_once():
    wrong = {"nameZh": " ", "nameEn": "x" * 121, "region": "000000"}
    errors = Asker(a_person()).do("organisationPropose", **{**UNION, **wrong})["errors"]
    assert {error["field"][0] for error in errors} == set(wrong)


def test_nobody_proposes_more_than_three_at_a_time():
    asker = Asker(a_person())
    for _ in range(3):
        propose(asker)
    assert asker.refused("organisationPropose", **UNION) == "INVALID"
    assert Organisation.objects.count() == 3


def test_state_and_code_are_nobodys_to_send():
    answer = Asker(a_person()).send(
        "mutation($input: OrganisationProposeInput!) { organisationPropose(input: $input) { errors { code } } }",
        input={**UNION, "state": "VERIFIED", "mobiliserCode": "AAAA"},
    )
    assert "errors" in answer and not Organisation.objects.exists()


# --- The tree ---


def test_a_proposed_one_may_stand_below_a_verified_one_only():
    mei, ada = a_person(), an_operator()
    top = an_organisation(name_zh="省示例总工会")
    hidden = an_organisation(state="proposed")
    asker = Asker(mei)
    top_id = asker.ask("{ organisations(first: 5) { nodes { id name } } }")["organisations"]["nodes"][0]["id"]
    child = propose(asker, parent=top_id)
    assert seen(asker, child, "parent { nameZh }") == {"parent": {"nameZh": "省示例总工会"}}
    assert seen(asker, top_id, "children(first: 5) { nodes { name } }") == {"children": {"nodes": []}}
    organisations.verify(Organisation.objects.get(parent=top), ada)
    children = seen(Asker(), top_id, "children(first: 5) { totalCount nodes { nameZh } }")["children"]
    assert children == {"totalCount": 1, "nodes": [{"nameZh": "江汉示例工会"}]}
    hidden_id = Asker(ada).ask("{ organisations(first: 9) { nodes { id state } } }")["organisations"]["nodes"]
    (hidden_id,) = [row["id"] for row in hidden_id if row["state"] == "PROPOSED"]
    assert asker.refused("organisationPropose", **{**UNION, "parent": hidden_id}) == "NOT_FOUND"
    assert reads.subtree(top) == [top.pk, Organisation.objects.get(parent=top).pk]
    assert hidden.pk not in reads.subtree(top)


def test_nothing_stands_below_itself():
    ada = an_operator()
    top = an_organisation()
    middle = an_organisation(parent=top)
    leaf = an_organisation(parent=middle)
    for below in (top, middle, leaf):
        with pytest.raises(Invalid):
            organisations.place_under(top, below, ada)
    organisations.place_under(leaf, top, ada)
    leaf.refresh_from_db()
    assert leaf.parent == top
    with pytest.raises(NotAllowed):
        organisations.place_under(leaf, None, a_person())


def test_the_list_shows_verified_ones_and_ones_own_and_is_searched_by_name():
    mei, ada = a_person(), an_operator()
    an_organisation(name_zh="甲示例")
    an_organisation(name_zh="乙示例", state="proposed", coordinator=mei)
    an_organisation(name_zh="丙示例", state="declined")

    def names(person, search=""):
        document = "query($s: String) { organisations(first: 9, search: $s) { nodes { nameZh } } }"
        nodes = Asker(person).ask(document, s=search)["organisations"]["nodes"]
        return {row["nameZh"][0] for row in nodes}

    assert names(a_person()) == {"甲"} and names(mei) == {"甲", "乙"} and names(ada) == {"甲", "乙", "丙"}
    assert names(ada, "丙") == {"丙"} and names(mei, "丙") == set()
    answer = Asker().send("{ organisations(first: 9) { nodes { name } } }")
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.django_db(transaction=True)
def test_an_organisation_that_is_suspended_while_somebody_invites_leaves_no_invitation_behind(monkeypatch):
    mei, ada = a_person(), an_operator()
    union = an_organisation(coordinator=mei)

    def suspend():
        organisations.suspend(Organisation.objects.get(pk=union.pk), ada, "示例原因")
        connection.close()

    thread = Thread(target=suspend)

    def a_token(size):
        thread.start()
        thread.join(0.5)
        return "t" * size

    monkeypatch.setattr(invitations.secrets, "token_urlsafe", a_token)
    invitations.create(union, mei)
    thread.join()
    union.refresh_from_db()
    assert union.state == "suspended" and not reads.open_invitations(union).exists()
