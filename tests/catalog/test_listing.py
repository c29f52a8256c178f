"""A team lists a product: drafted, shown what is missing, reviewed by somebody else, published, changed."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import AuditEntry
from catalog import verify
from catalog.models import ListingReview, PriceStory, Product, SearchEntry, Variant
from core import clock
from core.api.ids import global_id
from core.models import OutboxEvent
from core.refusals import Refusal
from tests.catalog.asker import Asker
from tests.catalog.world import STORY, a_category, a_lot, a_person, a_product, a_team, a_variant, an_operator

pytestmark = pytest.mark.django_db

CAMEL = {"farm_gate": "farmGate"}
STORY_INPUT = {CAMEL.get(part, part): bps for part, bps in STORY.items()}
STATE = "product { state allowedActions missing { code message } }"


def no_household(team):
    """What a floor above may ask of a team."""
    refusal = Refusal("No verified household yet.")
    refusal.code = "NO_HOUSEHOLD"
    return refusal


@pytest.fixture
def manager():
    return a_person(email="manager@example.com", language="en")


@pytest.fixture
def team(manager):
    return a_team(manager=manager)


@pytest.fixture
def desk(manager, team):
    a_category()
    return Asker(manager)


def begun(desk, team, **more):
    given = {
        "nameZh": "秭归夏橙",
        "nameEn": "Zigui summer oranges",
        "category": "fruit",
        "kind": "FRESH",
        **more,
    }
    return desk.done(
        "productCreate", "product { id slug missing { code } }", team=global_id("Team", team.uid), **given
    )["product"]


def filled(desk, product):
    """All that is missing, written."""
    desk.done(
        "productUpdate",
        id=product["id"],
        summaryZh="皮薄多汁",
        shelfLifeDays=30,
        storageAdviceZh="阴凉处",
        returnRuleZh="签收后 72 小时内可申请售后",
    )
    variant = desk.done(
        "variantSave",
        "variant { id }",
        product=product["id"],
        nameZh="5 斤装",
        netContent="2.5 kg",
        weightGrams=2800,
        priceMinor=3690,
        story=STORY_INPUT,
    )["variant"]
    today = clock.today()
    desk.done(
        "lotDeclare",
        idempotencyKey="6a0f2e4e-8a1c-4f4e-9d4b-000000000001",
        variant=variant["id"],
        quantity=40,
        harvestFrom=str(today - timedelta(days=3)),
        harvestTo=str(today),
        level=1,
    )
    return variant


def codes(product):
    return [lack["code"] for lack in product["missing"]]


def test_from_an_empty_form_to_the_shelf(desk, team, run_deliveries):
    product = begun(desk, team)
    assert product["slug"] == "zigui-summer-oranges"
    wanted = ["SUMMARY", "RETURN_RULE", "SHELF_LIFE", "STORAGE_ADVICE", "VARIANT"]
    assert codes(product) == wanted
    refused = desk.do("productSubmit", id=product["id"])["errors"]
    assert [error["code"] for error in refused] == ["NOT_READY"]
    assert "Give its shelf life." in refused[0]["message"]
    filled(desk, product)
    submitted = desk.done("productSubmit", STATE, id=product["id"])["product"]
    assert submitted == {"state": "SUBMITTED", "allowedActions": ["WITHDRAW"], "missing": []}
    slugs = "{ products(first: 5) { nodes { slug } } }"
    assert Asker().ask(slugs)["products"]["nodes"] == []

    operator = Asker(an_operator())
    queue = operator.ask("{ productsToReview(first: 5) { nodes { id slug allowedActions } } }")
    (waiting,) = queue["productsToReview"]["nodes"]
    assert waiting["allowedActions"] == ["APPROVE", "RETURN"]
    approved = operator.done("productApprove", STATE, id=waiting["id"], comment="Well told.")["product"]
    assert (approved["state"], approved["allowedActions"]) == ("PUBLISHED", ["SUSPEND"])
    assert Asker().ask(slugs)["products"]["nodes"] == [{"slug": "zigui-summer-oranges"}]
    assert Asker().ask('{ search(query: "xiacheng", first: 5) { totalCount } }') == {
        "search": {"totalCount": 1}
    }
    variant = Variant.objects.get()
    assert (variant.approved_price_minor, variant.approved_household_bps) == (3690, 5400)
    run_deliveries()
    (message,) = mail.outbox
    assert message.to == ["manager@example.com"]
    assert message.subject == "Zigui summer oranges is published"
    assert "Well told." in message.body
    assert list(verify.verify()) == []


def test_a_product_is_returned_with_a_comment_and_submitted_again(desk, team, run_deliveries):
    product = begun(desk, team)
    filled(desk, product)
    desk.done("productSubmit", id=product["id"])
    operator = Asker(an_operator())
    assert operator.refused("productReturn", id=product["id"], comment="  ") == "INVALID"
    operator.done("productReturn", id=product["id"], comment="Which village?")
    run_deliveries()
    assert "Which village?" in mail.outbox[0].body
    seen = desk.ask(
        "query($id: ID!) { teamProduct(id: $id) { stateName allowedActions reviews { decision comment } } }",
        id=product["id"],
    )["teamProduct"]
    assert seen == {
        "stateName": "Changes requested",
        "allowedActions": ["EDIT", "SUBMIT", "ARCHIVE"],
        "reviews": [{"decision": "RETURNED", "comment": "Which village?"}],
    }
    desk.done("productUpdate", id=product["id"], storyZh="在示例村。")
    assert desk.done("productSubmit", STATE, id=product["id"])["product"]["state"] == "SUBMITTED"


def test_while_it_is_reviewed_it_is_changed_only_after_it_was_withdrawn(desk, team):
    product = begun(desk, team)
    filled(desk, product)
    desk.done("productSubmit", id=product["id"])
    assert desk.refused("productUpdate", id=product["id"], summaryZh="改") == "CONFLICT"
    assert (
        desk.refused("variantSave", product=product["id"], nameZh="大", priceMinor=1, weightGrams=1)
        == "CONFLICT"
    )
    assert desk.done("productWithdraw", STATE, id=product["id"])["product"]["state"] == "DRAFT"
    desk.done("productUpdate", id=product["id"], summaryZh="改")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"leader": False}, "LEADER_NOT_VERIFIED"),
        ({"condition": True}, "NO_HOUSEHOLD"),
        ({"season_months": []}, "SEASON"),
        ({"shelf_life_days": None}, "SHELF_LIFE"),
        ({"storage_advice_zh": ""}, "STORAGE_ADVICE"),
        ({"producer_zh": ""}, "PRODUCER"),
        ({"return_rule_zh": ""}, "RETURN_RULE"),
        ({"summary_zh": ""}, "SUMMARY"),
        ({"kind": "processed", "ingredients_zh": ""}, "INGREDIENTS"),
        ({"kind": "alcohol", "ingredients_zh": "糯米", "licence_number": ""}, "LICENCE"),
        ({"illustration": "sheaf"}, "PICTURE"),
        ({"net_content": ""}, "NET_CONTENT"),
        ({"story": None}, "PRICE_STORY"),
        ({"lot": "closed"}, "LOT"),
    ],
)
def test_what_a_buyer_is_promised_must_be_there(desk, team, settings, change, code):
    change = dict(change)
    if change.pop("condition", False):
        settings.LISTING_CONDITIONS = ["tests.catalog.test_listing.no_household"]
    if change.pop("leader", True) is False:
        team.leader.verified_at = None
        team.leader.save()
    product = a_product(team, state="draft", summary_zh="甜")
    variant = a_variant(product)
    lot = a_lot(variant)
    if "net_content" in change or "story" in change:
        Variant.objects.filter(pk=variant.pk).update(**change)
        change = {}
    if "lot" in change:
        lot.move_to(change.pop("lot"))
        from catalog.actions import card

        card.refresh([product.pk])
    Product.objects.filter(pk=product.pk).update(**change)
    gid = global_id("Product", product.uid)
    lacks = desk.ask("query($id: ID!) { teamProduct(id: $id) { missing { code } } }", id=gid)["teamProduct"]
    assert codes(lacks) == [code]
    assert desk.refused("productSubmit", id=gid) == "NOT_READY"
    assert Product.objects.get().state == "draft"


def test_what_is_missing_is_told_in_the_teams_language(manager, team):
    product = a_product(team, state="draft", summary_zh="")
    gid = global_id("Product", product.uid)
    seen = Asker(manager, language="zh").ask(
        "query($id: ID!) { teamProduct(id: $id) { missing { field message } } }", id=gid
    )["teamProduct"]["missing"]
    assert {"field": ["summary_zh"], "message": "请写一句话介绍。"} in seen


def test_the_reviewer_is_never_of_the_team(team):
    insider = an_operator()
    team.members.create(person=insider, role="member")
    product = a_product(team, state="submitted", summary_zh="甜")
    a_lot(a_variant(product))
    gid = global_id("Product", product.uid)
    for act, more in (("productApprove", {}), ("productReturn", {"comment": "x"}), ("leaderVerify", {})):
        given = {"team": global_id("Team", team.uid)} if act == "leaderVerify" else {"id": gid}
        assert Asker(insider).refused(act, **given, **more) == "NOT_ALLOWED"
    assert not ListingReview.objects.exists()
    Asker(an_operator()).done("productApprove", id=gid)


def published(team):
    product = a_product(team, summary_zh="甜")
    return a_lot(a_variant(product)).variant


@pytest.mark.parametrize(
    ("price", "story", "state"),
    [
        (4059, None, "PUBLISHED"),  # ten per cent
        (4060, None, "SUBMITTED"),  # a fen more
        (2000, None, "PUBLISHED"),
        (3690, {**STORY_INPUT, "farmGate": 4500, "team": 900}, "SUBMITTED"),  # less for the households
        (3690, {**STORY_INPUT, "farmGate": 4700, "team": 700}, "PUBLISHED"),
    ],
)
def test_a_price_that_rises_by_more_than_a_tenth_is_looked_at_again(desk, team, price, story, state):
    variant = published(team)
    more = {"story": story} if story else {}
    saved = desk.done(
        "variantSave",
        "variant { price { minor } approvedPrice { minor } } product { state }",
        **{"id": global_id("Variant", variant.uid), "priceMinor": price, **more},
    )
    assert saved["product"]["state"] == state
    assert saved["variant"] == {"price": {"minor": price}, "approvedPrice": {"minor": 3690}}
    on_the_shelf = Asker().ask("{ products(first: 1) { nodes { priceFrom { minor } } } }")["products"][
        "nodes"
    ]
    assert on_the_shelf == ([{"priceFrom": {"minor": price}}] if state == "PUBLISHED" else [])
    assert SearchEntry.objects.exists() == (state == "PUBLISHED")


def test_many_small_steps_are_a_rise_too(desk, team):
    gid = global_id("Variant", published(team).uid)
    for price, state in ((4000, "PUBLISHED"), (4050, "PUBLISHED"), (4100, "SUBMITTED")):
        saved = desk.done("variantSave", "product { state }", id=gid, priceMinor=price)
        assert saved["product"]["state"] == state


def test_a_new_price_is_a_new_story_and_the_old_one_stays(desk, team):
    variant = published(team)
    told = variant.story_id
    desk.done("variantSave", id=global_id("Variant", variant.uid), priceMinor=3500)
    variant.refresh_from_db()
    assert variant.story_id != told
    assert PriceStory.objects.get(pk=told).farm_gate_bps == 4600
    desk.done("variantSave", id=global_id("Variant", variant.uid), priceMinor=3500)
    variant.refresh_from_db()
    assert PriceStory.objects.filter(variant=variant).count() == 2, "nothing changed, nothing new is told"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"priceMinor": 0}, ["priceMinor"]),
        ({"priceMinor": -5}, ["priceMinor"]),
        ({"story": {**STORY_INPUT, "team": 801}}, ["story"]),
        ({"story": {"farmGate": 10_001, "team": -1}}, ["story", "farmGate"]),
        ({"nameZh": ""}, ["nameZh"]),
        ({"weightGrams": 0}, ["weightGrams"]),
        ({"netContent": "x" * 61}, ["netContent"]),
        ({"isOffered": False}, ["isOffered"]),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_field(desk, team, given, field):
    variant = published(team)
    before = Variant.objects.values().get()
    answer = desk.do("variantSave", id=global_id("Variant", variant.uid), **given)
    (error,) = answer["errors"]
    assert (error["code"], error["field"]) == ("INVALID", field)
    assert Variant.objects.values().get() == before
    assert PriceStory.objects.count() == 1


def test_what_an_operator_has_checked_is_looked_at_again_when_it_changes(desk, team):
    gid = global_id("Product", published(team).product.uid)
    assert desk.done("productUpdate", STATE, id=gid, summaryZh="更甜")["product"]["state"] == "PUBLISHED"
    assert desk.done("productUpdate", STATE, id=gid, nameZh="秭归夏橙")["product"]["state"] == "PUBLISHED"
    assert desk.done("productUpdate", STATE, id=gid, nameZh="赣南脐橙")["product"]["state"] == "SUBMITTED"


def test_suspended_archived_and_resumed(desk, team):
    variant = published(team)
    gid = global_id("Product", variant.product.uid)
    operator = Asker(an_operator())
    assert desk.refused("productSuspend", id=gid, reason="x") == "NOT_ALLOWED"
    operator.done("productSuspend", id=gid, reason="label")
    assert Asker().ask("{ products(first: 1) { totalCount } }") == {"products": {"totalCount": 0}}
    operator.done("productResume", id=gid)
    assert Asker().ask("{ products(first: 1) { totalCount } }") == {"products": {"totalCount": 1}}
    desk.done("productArchive", id=gid)
    assert operator.refused("productApprove", id=gid) == "CONFLICT"
    assert desk.refused("productUpdate", id=gid, summaryZh="x") == "CONFLICT"
    assert not SearchEntry.objects.exists()
    deeds = list(AuditEntry.objects.filter(noun="Product").order_by("id").values_list("deed", flat=True))
    assert deeds == ["suspend", "resume", "archive"]


def test_another_teams_manager_meets_nothing(team):
    variant = published(team)
    lot = variant.lots.get()
    picture = variant.product.pictures.create(
        file="pictures/x.webp", card_file="pictures/x.webp", width=1, height=1
    )
    today = clock.today()
    paper = variant.product.certificates.create(
        kind="test",
        number="1",
        issuer_zh="x",
        issuer_en="x",
        issued_on=today,
        expires_on=today + timedelta(days=1),
    )
    product = global_id("Product", variant.product.uid)
    dates = {"harvestFrom": str(today), "harvestTo": str(today)}
    key = "6a0f2e4e-8a1c-4f4e-9d4b-000000000009"
    deeds = [
        ("productCreate", {"team": global_id("Team", team.uid), "nameZh": "x", "category": "fruit", "kind": "DRY"}),
        ("productUpdate", {"id": product, "nameZh": "x"}),
        ("productSubmit", {"id": product}),
        ("productWithdraw", {"id": product}),
        ("productArchive", {"id": product}),
        ("variantSave", {"product": product, "nameZh": "x", "priceMinor": 1, "weightGrams": 1}),
        ("variantSave", {"id": global_id("Variant", variant.uid), "priceMinor": 1}),
        ("lotDeclare", {"variant": global_id("Variant", variant.uid), "quantity": 1, "idempotencyKey": key, **dates}),
        ("lotOpen", {"id": global_id("Lot", lot.uid)}),
        ("lotClose", {"id": global_id("Lot", lot.uid)}),
        ("lotRecall", {"id": global_id("Lot", lot.uid), "reason": "x"}),
        ("pictureDelete", {"id": global_id("Picture", picture.uid)}),
        ("certificateRemove", {"id": global_id("Certificate", paper.uid)}),
        ("certificateAdd", {"product": product, "kind": "TEST", "number": "1", "issuerZh": "x", "issuedOn": "2020-01-01", "expiresOn": "2030-01-01"}),
        ("teamUpdate", {"id": global_id("Team", team.uid), "storyZh": "x"}),
        ("leaderIntroduce", {"team": global_id("Team", team.uid), "nameZh": "x"}),
    ]  # fmt: skip
    stranger = a_person()
    a_team(manager=stranger)
    ex_manager = a_person()
    part = team.members.create(person=ex_manager)
    part.ended_at = part.started_at
    part.save()
    for person in (stranger, ex_manager, an_operator()):
        asker = Asker(person)
        for act, given in deeds:
            assert asker.refused(act, **given) == "NOT_FOUND", act
    for act, given in deeds:
        assert Asker().refused(act, **given) == "SIGN_IN_REQUIRED", act
    desk = "query($id: ID!) { teamProducts(team: $id, first: 5) { nodes { slug } } }"
    (error,) = Asker(stranger).send(desk, id=global_id("Team", team.uid))["errors"]
    assert error["extensions"]["code"] == "NOT_FOUND"
    one = "query($id: ID!) { teamProduct(id: $id) { slug } }"
    assert Asker(stranger).ask(one, id=product) == {"teamProduct": None}
    assert not AuditEntry.objects.filter(noun__in=["Product", "Variant", "Lot", "Team"]).exists()


def test_the_queue_is_the_operators(desk, team):
    answer = desk.send("{ productsToReview(first: 5) { nodes { slug } } }")
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_the_desk_counts_the_same_statements_for_one_product_and_for_twenty(
    desk, team, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    document = """query($t: ID!) { teamProducts(team: $t, first: 20) { nodes {
        id name stateName allowedActions missing { code message } unitsAvailable
        variants { id name price { minor } priceStory { bps } } } } }"""
    counts = []
    for size in (1, 20):
        for _ in range(size - Product.objects.count()):
            published(team)
        clock.today()
        with CaptureQueriesContext(connection) as caught:
            seen = desk.ask(document, t=global_id("Team", team.uid))["teamProducts"]["nodes"]
        assert len(seen) == size
        counts.append(len([q for q in caught.captured_queries if "core_clock" not in q["sql"]]))
    assert counts[0] == counts[1]


def test_her_desks_are_hers_to_find(desk, manager, team):
    a_team()
    a_team(manager=a_person())
    seen = desk.ask("{ viewer { teams { code } } myTeams { code leader { name } } }")
    assert seen["viewer"]["teams"] == [{"code": team.code}]
    assert seen["myTeams"] == [{"code": team.code, "leader": {"name": "Xiang Lichun"}}]


@pytest.mark.django_db(transaction=True)
def test_a_kept_answer_does_not_outlive_what_it_shows(desk, team, settings):
    settings.API_ANSWER_CACHE = True
    product = published(team).product
    document = "{ products(first: 1) { nodes { slug } } }"
    assert Asker().ask(document)["products"]["nodes"] == [{"slug": product.slug}]
    Asker(an_operator()).done("productSuspend", id=global_id("Product", product.uid), reason="label")
    assert Asker().ask(document)["products"]["nodes"] == []


def test_the_leader_is_verified_by_an_operator_and_again_under_another_name(desk, team):
    team.leader.verified_at = None
    team.leader.save()
    gid = global_id("Team", team.uid)
    assert desk.refused("leaderVerify", team=gid) == "NOT_ALLOWED"
    seen = Asker(an_operator()).done("leaderVerify", "team { leader { isVerified } }", team=gid)
    assert seen["team"]["leader"]["isVerified"]
    seen = desk.done(
        "leaderIntroduce", "team { leader { isVerified words } }", team=gid, nameZh="向立春", wordsZh="来看看"
    )
    assert seen["team"]["leader"] == {"isVerified": True, "words": "来看看"}
    seen = desk.done("leaderIntroduce", "team { leader { isVerified } }", team=gid, nameZh="覃夏至")
    assert not seen["team"]["leader"]["isVerified"]


def test_search_follows_a_change_of_the_teams_words(desk, team):
    product = published(team).product
    from catalog.actions import listing

    listing.tell(product)
    asked = '{ search(query: "云雾村", first: 1) { totalCount } }'
    assert Asker().ask(asked)["search"]["totalCount"] == 0
    desk.done("teamUpdate", id=global_id("Team", team.uid), villageZh="云雾村")
    assert Asker().ask(asked)["search"]["totalCount"] == 1


def test_each_change_of_what_is_shown_is_told_once(desk, team):
    variant = published(team)
    before = OutboxEvent.objects.filter(name="ProductChanged").count()
    desk.done("variantSave", id=global_id("Variant", variant.uid), priceMinor=3500)
    assert OutboxEvent.objects.filter(name="ProductChanged").count() == before + 1
