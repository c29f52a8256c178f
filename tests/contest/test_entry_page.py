"""An entry's page: likes, follows and shares by forms, a guest's press, and what a look is noted of."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contest.models import Engagement, ReferralLink, View
from core.api.ids import global_id
from impact.models import Entry
from tests.accounts.world import Asker
from tests.catalog import world as shelves
from tests.impact.world import a_round
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, post, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Entry:
    team = shelves.a_team()
    a_round(team)
    return Entry.objects.select_related("round__edition", "team").get(team=team)


def a_person(**more):
    return shelves.a_person(email_verified_at="2026-01-01T00:00Z", **more)


def address(entry: Entry, language: str = "en") -> str:
    return f"/{language}/contest/{entry.round.edition.slug}/{entry.number}/"


def press(client: Client, entry: Entry, act: str, kind: str):
    """Press the button of this kind on the entry's page, as it is sent."""
    page = words(client.get(address(entry)))
    forms = [form for form in page.split("<form") if f'value="{kind}"' in form]
    assert forms, f"no button for {kind}"
    sent = fields("<form" + forms[0], act)
    return post(client, act, **{**sent, "entry": global_id("Entry", entry.uid), "kind": kind})


def test_the_board_leads_to_an_entry_and_its_page_tells_what_is_told(entry):
    board = words(Client().get("/en/contest/"))
    assert f'href="{address(entry)}"' in board
    page = words(Client().get(address(entry)))
    assert entry.team.name_en in page or entry.team.name_zh in page
    assert page.count("fewer than 10") >= 2, "counts as on the board"
    assert words(Client().get(address(entry, "zh"))).count("不足 10") >= 2


def test_what_takes_no_part_has_no_page(entry):
    Entry.objects.update(approved_at=None, out_reason="示例")
    for client in (Client(), signed_in(a_person())):
        assert client.get(address(entry)).status_code == 404
    assert not View.objects.exists()


def test_a_guest_is_led_to_sign_in_and_back(entry):
    page = words(Client().get(address(entry)))
    assert f"/en/sign-in/?next={address(entry)}%23engage" in page or "next=%2Fen%2Fcontest%2F" in page
    assert "/do/give_engagement/" not in page


def test_she_likes_by_a_form_and_takes_it_back_by_one(entry):
    her = signed_in(a_person())
    assert press(her, entry, "give_engagement", "LIKE").status_code == 302
    assert Engagement.objects.filter(kind="like", revoked_at=None).count() == 1
    page = words(her.get(address(entry)))
    assert "Take your like back" in page
    press(her, entry, "revoke_engagement", "LIKE")
    assert not Engagement.objects.filter(revoked_at=None).exists()


def test_a_share_has_a_link_of_its_own_that_ends_with_it(entry):
    her = signed_in(a_person())
    press(her, entry, "give_engagement", "SHARE")
    link = ReferralLink.objects.get(revoked_at=None)
    assert f"/r/{link.code}/" in words(her.get(address(entry)))
    press(her, entry, "revoke_engagement", "SHARE")
    assert not ReferralLink.objects.filter(revoked_at=None).exists()
    assert link.code not in words(her.get(address(entry)))


def test_a_look_is_noted_once_and_of_proved_mailboxes_alone(entry):
    Client().get(address(entry))
    signed_in(shelves.a_person(email_verified_at=None)).get(address(entry))
    assert not View.objects.exists()
    her = a_person()
    for _ in range(3):
        signed_in(her).get(address(entry))
    assert list(View.objects.values_list("person", "entry")) == [(her.pk, entry.pk)]


def test_ten_thousand_presses_of_nobody_leave_nothing_and_ask_the_database_nothing(entry):
    nobody = Asker()
    given = {"entryId": global_id("Entry", entry.uid), "kind": "LIKE"}
    assert nobody.refused("engagementGive", **given) == "SIGN_IN_REQUIRED"
    with CaptureQueriesContext(connection) as asked:
        for _ in range(50):
            nobody.do("engagementGive", **given)
    assert len(asked) == 0, "so 10,000 ask nothing either"
    assert not Engagement.objects.exists()


def test_what_she_gives_and_her_links_are_hers_alone(entry):
    her, other = a_person(), a_person()
    given = {"entryId": global_id("Entry", entry.uid), "kind": "FOLLOW"}
    assert Asker(her).done("engagementGive", "gives", **given)["gives"] == ["FOLLOW"]
    which = f'(edition: "{entry.round.edition.slug}", number: "{entry.number}")'
    seen = f"{{ viewer {{ gives{which} follows {{ entry {{ number }} }} referralLinks {{ code }} }} }}"
    assert Asker(her).ask(seen)["viewer"] == {
        "gives": ["FOLLOW"],
        "follows": [{"entry": {"number": entry.number}}],
        "referralLinks": [],
    }
    assert Asker(other).ask(seen)["viewer"] == {"gives": [], "follows": [], "referralLinks": []}


def test_links_are_made_once_a_place_and_ended_by_her_alone(entry):
    her, other = Asker(a_person()), Asker(a_person())
    shop = her.done("referralLinkMake", "link { code url to }", team="")["link"]
    assert (
        shop["to"] == ""
        and her.done("referralLinkMake", "link { code }", team="")["link"]["code"] == shop["code"]
    )
    team = her.done("referralLinkMake", "link { code to }", team=entry.team.slug)["link"]
    assert team["code"] != shop["code"] and team["to"]
    assert her.refused("referralLinkMake", team="no-such-team") == "NOT_FOUND"
    assert other.refused("referralLinkRevoke", code=shop["code"]) == "NOT_FOUND"
    her.done("referralLinkRevoke", code=shop["code"])
    assert her.refused("referralLinkRevoke", code=shop["code"]) == "NOT_FOUND"
    assert her.done("referralLinkMake", "link { code }", team="")["link"]["code"] != shop["code"]


def test_an_organisations_link_is_its_coordinators(entry):
    from accounts.models import Membership
    from tests.impact.world import an_organisation

    union, leads, belongs = an_organisation(), a_person(), a_person()
    Membership.objects.create(person=leads, organisation=union, role="coordinator")
    Membership.objects.create(person=belongs, organisation=union, role="member")
    its = {"organisationId": global_id("Organisation", union.uid)}
    assert Asker(leads).done("referralLinkMake", "link { organisationName }", **its)["link"]
    assert Asker(belongs).refused("referralLinkMake", **its) == "NOT_FOUND"
