"""What a team lacks before it sells: named on its desk, each thing one tap from where it is mended; gone once it sells."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from accounts.actions import role_invitation
from accounts.places import Place
from catalog.actions import leader, listing
from catalog.models import Certificate, Leader, Product, Team
from core import clock
from core.api.ids import global_id
from impact.actions import household
from impact.actions.household import Proposal
from impact.models import Household
from orders.models import ShippingRate
from orders.reads import shipping
from tests.catalog.asker import Asker
from tests.catalog.world import a_person, a_team, an_operator, works_at
from tests.web.conftest import signed_in
from tests.web.test_desk import STORY, a_photo, drafted, fill
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db
STEPS = "{ goingLive { isOver steps { code state waitsWith since isNeeded lacks path } } }"
OF_A_TEAM = ("LEADER", "BODY", "PEOPLE", "SENDING", "WORDS", "HOUSEHOLDS")
OF_ITS_PRODUCT = ("PRODUCT", "PHOTO", "PRICE", "LOT", "WEIGHTS")
NEEDED = ("LEADER", "HOUSEHOLDS", "PRODUCT", "PHOTO", "PRICE", "LOT", "DELIVERY", "REVIEW")


@pytest.fixture
def begun():
    """A team of this evening: one manager, and nothing else."""
    manager = a_person(name="周建国", language="zh", email_verified_at=timezone.now())
    team = a_team(manager=manager, village_zh="", producer_zh="", licence_number="")
    Leader.objects.filter(team=team).delete()
    ShippingRate.objects.get_or_create(team=None, storage="fresh", region=None)
    shipping.forget()
    return Team.objects.get(pk=team.pk), manager


def steps(person) -> dict[str, dict]:
    found = Asker(person, language="zh").ask(STEPS)["goingLive"]
    return {one["code"]: one for one in found["steps"]}


def states(person) -> dict[str, str]:
    return {code: one["state"] for code, one in steps(person).items()}


def the_list(desk) -> str:
    """What the first page of the desk says of it; empty when it says nothing."""
    found = re.search(r'<section[^>]*id="going-live".*?</section>', words(desk.get("/zh/desk/")), re.DOTALL)
    return found[0] if found else ""


def test_a_new_team_is_told_each_thing_that_it_lacks_and_led_to_where_it_is_mended(begun):
    _, manager = begun
    desk = signed_in(manager)
    to_do = dict.fromkeys((*OF_A_TEAM, *OF_ITS_PRODUCT, "REVIEW"), "TO_DO")
    assert states(manager) == {**to_do, "DELIVERY": "DONE"}
    assert {code for code, one in steps(manager).items() if one["isNeeded"]} == set(NEEDED)
    shown = the_list(desk)
    assert "离上架还差这些" in shown and "写下退货地址。" in shown and "提交“" not in shown
    links = {unescape(one) for one in re.findall(r'class="tap" href="([^"]+)"', shown)}
    assert len(links) >= 9
    for link in links:
        page = desk.get(link)
        assert page.status_code == 200, link
        opened = re.search(r"open=(\w+)", link)
        assert opened is None or f'action="/do/{opened[1]}/"' in words(page), link


def test_each_line_says_that_it_is_done_or_with_whom_it_waits_and_since_when(begun):
    team, manager = begun
    operator, desk = an_operator(), signed_in(manager)
    introduced = leader.introduce(team, manager, name_zh="周建国")
    proposed = household.propose(Proposal(team, team.county, timezone.now(), {"name": "向大山"}), manager)
    role_invitation.send("packer@qingtan.example", "packer", Place(subject=team.uid), manager)
    for code, whom in (("LEADER", "运营人员"), ("HOUSEHOLDS", "县里核验员"), ("PEOPLE", "您请的人")):
        waits = steps(manager)[code]
        assert (waits["state"], waits["waitsWith"]) == ("WAITS", whom)
        assert timezone.now() - datetime.fromisoformat(waits["since"]) < timedelta(minutes=1)
    assert "起等县里核验员" in the_list(desk)
    leader.decline(introduced, operator, "村里说是另一位")
    assert steps(manager)["LEADER"]["lacks"] == ["村里说是另一位"]
    leader.verify(introduced, operator)
    household.verify(proposed, operator)
    works_at(team, a_person(), "packer")
    page = "/zh/desk/team/"
    fill(desk, page, "update_sending", sendsFrom="青滩村 2 组", returnsTo="周 13800000000", carrier="顺丰")
    until = f"{clock.today() + timedelta(days=2)}"
    fill(desk, page, "update_body", producerZh="青滩合作社", licenceNumber="SC 1", licenceExpiresOn=until)
    fill(desk, page, "update_team", villageZh="青滩村", storyZh="二十来户。", linkingZh="比集市高两角收。")
    now = states(manager)
    assert {now[code] for code in OF_A_TEAM} == {"DONE"}


def test_the_list_goes_once_something_is_sold_and_comes_back_when_a_licence_runs_out(shelf):
    desk, product, path = drafted(shelf)
    Product.objects.filter(pk=shelf.product.pk).update(state="archived")
    assert steps(shelf.manager)["PRODUCT"]["lacks"]
    told = {"summaryZh": "甜", "shelfLifeDays": "30", "storageAdviceZh": "阴凉处", "returnRuleZh": "坏果包赔"}
    fill(desk, path, "update_product", **told)
    size = {"nameZh": "5 斤装", "netContent": "2.5 kg", "weightGrams": "2800", "priceMinor": "36.90"}
    fill(desk, path, "save_variant", **size, **STORY)
    days = {"harvestFrom": f"{clock.today() - timedelta(days=4)}", "harvestTo": f"{clock.today()}"}
    fill(desk, path, "declare_lot", quantity="30", level="0", **days)
    desk.post(
        "/do/upload_picture/", {"product": global_id("Product", product.uid), "file": a_photo(), "lang": "zh"}
    )
    assert "都齐了，可以交给审核" in the_list(desk)
    desk.post("/do/submit_product/", {"id": global_id("Product", product.uid), "lang": "zh"})
    assert "都齐了，等审核" in the_list(desk) and steps(shelf.manager)["REVIEW"]["waitsWith"] == "运营人员"
    operator = an_operator()
    listing.return_with_comment(product, operator, "请写明产地海拔")
    assert steps(shelf.manager)["REVIEW"]["lacks"] == ["请写明产地海拔"]
    listing.submit(product, shelf.manager)
    listing.approve(Product.objects.get(pk=product.pk), operator)
    assert the_list(desk) == ""
    lost = {"licence_expires_on": clock.today() - timedelta(days=1)}
    Team.objects.filter(pk=shelf.team.pk).update(**lost)
    assert "丢了一样" in the_list(desk) and "许可证过期了" in the_list(desk)
    fill(desk, "/en/desk/team/", "update_body", licenceExpiresOn=f"{clock.today()}")
    assert the_list(desk) == ""
    a_paper(product, clock.today() - timedelta(days=1))
    assert "有机认证（CN-1）" in the_list(desk)
    Certificate.objects.all().delete()
    Household.objects.filter(team=shelf.team).update(state="withdrawn")
    assert "登记农户" in the_list(desk)


def a_paper(product: Product, expires_on) -> Certificate:
    paper = {"kind": "organic", "number": "CN-1", "issuer_zh": "示例认证", "issuer_en": "Demo"}
    return product.certificates.create(
        **paper, issued_on=expires_on - timedelta(days=300), expires_on=expires_on
    )


def test_a_leader_reads_what_is_the_managers_and_is_not_led_there(begun):
    team, _ = begun
    led = a_person(language="zh")
    works_at(team, led, "leader")
    hers = steps(led)
    assert hers["PEOPLE"]["path"] is None and hers["LEADER"]["path"] is None and hers["BODY"]["path"]
    packs, stranger = a_person(), a_person()
    works_at(team, packs, "packer")
    query = "query($t: ID) { goingLive(team: $t) { isLive } }"
    for person in (packs, stranger):
        assert Asker(person).ask("{ goingLive { isLive } }")["goingLive"] is None
        refused = Asker(person).send(query, t=global_id("Team", team.uid))
        assert refused["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_who_answers_for_the_food_is_the_teams_to_say_until_something_was_approved_by_it(shelf):
    team = global_id("Team", shelf.team.uid)
    desk = Asker(shelf.manager, language="zh")
    refused = desk.send(
        'mutation($id: ID!) { teamUpdate(input: {id: $id, producerZh: "别家"}) { errors { code field message } } }',
        id=team,
    )["data"]["teamUpdate"]["errors"]
    assert [(one["code"], one["field"]) for one in refused] == [("CONFLICT", ["producerZh"])]
    assert Team.objects.get(pk=shelf.team.pk).producer_zh == "示例合作社"
    desk.done("teamUpdate", id=team, producerZh="示例合作社", licenceExpiresOn="2030-01-01")
    Product.objects.filter(team=shelf.team).update(published_at=None, state="draft")
    desk.done("teamUpdate", id=team, producerZh="青滩柑橘合作社")
    assert Team.objects.get(pk=shelf.team.pk).producer_zh == "青滩柑橘合作社"
