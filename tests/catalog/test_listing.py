"""A team lists a product: drafted, shown what is missing, reviewed by somebody else, published."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from catalog import verify
from catalog.actions import leader, listing
from catalog.models import ListingReview, Product, Variant
from core import clock
from core.api.ids import global_id
from core.refusals import Invalid, NotAllowed, Refusal
from tests.catalog.asker import STATE, Asker
from tests.catalog.world import STORY_INPUT, a_lot, a_product, a_variant, an_operator

pytestmark = pytest.mark.django_db


def no_household(team):
    """What a floor above may ask of a team."""
    refusal = Refusal("No verified household yet.")
    refusal.code = "NO_HOUSEHOLD"
    return refusal


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
        seasonMonths=list(range(1, 13)),
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
    assert product["slug"] == "zigui-xiacheng"
    wanted = ["SUMMARY", "RETURN_RULE", "SEASON", "SHELF_LIFE", "STORAGE_ADVICE", "VARIANT"]
    assert codes(product) == wanted
    refused = desk.do("productSubmit", id=product["id"])["errors"]
    assert [error["code"] for error in refused] == ["NOT_READY"]
    assert "Give its shelf life." in refused[0]["message"]
    filled(desk, product)
    submitted = desk.done("productSubmit", STATE, id=product["id"])["product"]
    assert submitted == {"state": "SUBMITTED", "allowedActions": ["WITHDRAW"], "missing": []}
    slugs = "{ products(first: 5) { nodes { slug } } }"
    assert Asker().ask(slugs)["products"]["nodes"] == []

    waiting = Product.objects.get(state="submitted")
    listing.approve(waiting, an_operator(), "Well told.", version=waiting.version)
    state = "query($id: ID!) { teamProduct(id: $id) { state allowedActions } }"
    approved = desk.ask(state, id=product["id"])["teamProduct"]
    assert approved == {"state": "PUBLISHED", "allowedActions": ["EDIT", "ARCHIVE"]}
    assert Asker().ask(slugs)["products"]["nodes"] == [{"slug": "zigui-xiacheng"}]
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
    operator = an_operator()
    with pytest.raises(Invalid):
        listing.return_with_comment(Product.objects.get(), operator, "  ")
    listing.return_with_comment(Product.objects.get(), operator, "Which village?")
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
    product.refresh_from_db()
    for decide in (
        lambda by: listing.approve(product, by, version=product.version),
        lambda by: listing.return_with_comment(product, by, "x"),
        lambda by: leader.verify(team.leader, by),
    ):
        with pytest.raises(NotAllowed):
            decide(insider)
    assert not ListingReview.objects.exists()
    # Whoever handed it in reviews it by no door, whatever she is by then.
    Product.objects.filter(pk=product.pk).update(submitted_by=insider)
    product.refresh_from_db()
    review = listing.approve(product, an_operator(), version=product.version)
    assert review.submitted_by == insider != review.reviewer
    with pytest.raises(IntegrityError), transaction.atomic():
        ListingReview.objects.update(reviewer=insider)
