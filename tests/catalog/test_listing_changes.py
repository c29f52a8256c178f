"""What changes after it was published: what an operator looks at again, and where the change is seen."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from catalog import search
from catalog.actions import listing
from catalog.models import PriceStory, Product, SearchEntry, Variant
from catalog.reads.wanted import REVIEWED
from core import clock
from core.api.ids import global_id
from core.refusals import Conflict, NotAllowed
from tests.catalog.asker import STATE, Asker
from tests.catalog.world import STORY_INPUT, a_variant, an_operator, published

pytestmark = pytest.mark.django_db


def fresh(variant):
    """Its product, as it is now."""
    return Product.objects.get(pk=variant.product_id)


WAITS = "variant { price { minor } waiting { price { minor } } } product { state changesState }"


@pytest.mark.parametrize(
    ("price", "story", "waits"),
    [
        (4059, None, False),  # ten per cent
        (4060, None, True),  # a fen more
        (2000, None, False),
        (3690, {**STORY_INPUT, "farmGate": 4500, "team": 900}, True),  # less for the households
        (3690, {**STORY_INPUT, "farmGate": 4700, "team": 700}, False),
    ],
)
def test_a_price_that_rises_by_more_than_a_tenth_waits_and_the_approved_one_is_sold_on(
    desk, team, price, story, waits
):
    variant = published(team)
    more = {"story": story} if story else {}
    saved = desk.done(
        "variantSave", WAITS, **{"id": global_id("Variant", variant.uid), "priceMinor": price, **more}
    )
    assert saved == {
        "errors": [],
        "variant": {
            "price": {"minor": 3690 if waits else price},
            "waiting": {"price": {"minor": price}} if waits else None,
        },
        "product": {"state": "PUBLISHED", "changesState": "WAITING" if waits else "NONE"},
    }
    on_the_shelf = Asker().ask("{ products(first: 1) { nodes { priceFrom { minor } } } }")
    assert on_the_shelf["products"]["nodes"] == [{"priceFrom": {"minor": 3690 if waits else price}}]
    assert SearchEntry.objects.get().price_from_minor == (3690 if waits else price)
    assert PriceStory.objects.count() == (1 if waits else 2), "what waits is told by no story"


def test_many_small_steps_are_a_rise_too(desk, team):
    gid = global_id("Variant", published(team).uid)
    for price, state in ((4000, "NONE"), (4050, "NONE"), (4100, "WAITING")):
        saved = desk.done("variantSave", "product { changesState }", id=gid, priceMinor=price)
        assert saved["product"]["changesState"] == state
    assert Variant.objects.get().price_minor == 4050


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


def test_all_that_is_wrong_with_a_form_of_the_desk_is_told_at_once(desk, team):
    variant = published(team)
    size = {"id": global_id("Variant", variant.uid), "nameZh": "", "weightGrams": 0, "netContent": "x" * 61}
    product = {"id": global_id("Product", variant.product.uid), "nameZh": " ", "dispatchDays": 99}
    for deed, given, fields in (
        ("variantSave", size, {"nameZh", "weightGrams", "netContent"}),
        ("productUpdate", product, {"nameZh", "dispatchDays"}),
    ):
        assert {error["field"][0] for error in desk.do(deed, **given)["errors"]} == fields
    wrong = _added(desk, variant.product, 1, -9, number=" ", issuerZh="")
    assert {e["field"][0] for e in wrong["errors"]} == {"number", "issuerZh", "issuedOn", "expiresOn"}


def test_what_an_operator_has_checked_is_looked_at_again_when_it_changes(desk, team):
    gid = global_id("Product", published(team).product.uid)
    assert desk.done("productUpdate", STATE, id=gid, summaryZh="更甜")["product"]["state"] == "PUBLISHED"
    assert desk.done("productUpdate", STATE, id=gid, nameZh="秭归夏橙")["product"]["state"] == "PUBLISHED"
    assert desk.done("productUpdate", STATE, id=gid, nameZh="赣南脐橙")["product"]["state"] == "SUBMITTED"


def test_suspended_archived_and_resumed(desk, manager, team):
    variant = published(team)
    gid = global_id("Product", variant.product.uid)
    operator = an_operator()
    with pytest.raises(NotAllowed):
        listing.suspend(variant.product, manager, "x")
    listing.suspend(variant.product, operator, "label")
    assert Asker().ask("{ products(first: 1) { totalCount } }") == {"products": {"totalCount": 0}}
    listing.resume(fresh(variant), operator)
    assert Asker().ask("{ products(first: 1) { totalCount } }") == {"products": {"totalCount": 1}}
    desk.done("productArchive", id=gid)
    with pytest.raises(Conflict):
        listing.approve(fresh(variant), operator, version=fresh(variant).version)
    assert desk.refused("productUpdate", id=gid, summaryZh="x") == "CONFLICT"
    assert not SearchEntry.objects.exists()
    deeds = list(AuditEntry.objects.filter(noun="Product").order_by("id").values_list("deed", flat=True))
    assert deeds == ["suspend", "resume", "archive"]


@pytest.mark.django_db(transaction=True)
def test_a_kept_answer_does_not_outlive_what_it_shows(desk, team, settings):
    settings.API_ANSWER_CACHE = True
    product = published(team).product
    document = "{ products(first: 1) { nodes { slug } } }"
    assert Asker().ask(document)["products"]["nodes"] == [{"slug": product.slug}]
    listing.suspend(product, an_operator(), "label")
    assert Asker().ask(document)["products"]["nodes"] == []


def test_search_follows_a_change_of_the_teams_words(desk, team):
    product = published(team).product
    search.index([product.id])
    asked = '{ search(query: "云雾村", first: 1) { totalCount } }'
    assert Asker().ask(asked)["search"]["totalCount"] == 0
    desk.done("teamUpdate", id=global_id("Team", team.uid), villageZh="云雾村")
    assert Asker().ask(asked)["search"]["totalCount"] == 1


def test_each_change_of_what_is_shown_is_told_to_search_once(desk, team, monkeypatch):
    variant = published(team)
    told, index = [], search.index
    monkeypatch.setattr(search, "index", lambda ids: (told.append(list(ids)), index(ids)))
    desk.done("variantSave", id=global_id("Variant", variant.uid), priceMinor=3500)
    assert told == [[variant.product_id]]


PAPER = {"kind": "TEST", "number": "A 1", "issuerZh": "示例"}


@pytest.mark.parametrize(
    ("issued", "expires", "field"), [(1, 9, "issuedOn"), (-9, -1, "expiresOn"), (-5, -5, "expiresOn")]
)
def test_a_certificate_that_is_not_in_force_is_refused_at_its_day(desk, team, issued, expires, field):
    (error,) = _added(desk, published(team).product, issued, expires)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", [field])


def test_the_same_certificate_is_added_once(desk, team):
    product = published(team).product
    assert _added(desk, product, -5, 5)["errors"] == []
    product.refresh_from_db()
    product.state = "published"
    product.save()
    (error,) = _added(desk, product, -4, 5, number=" A  1 ")["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["number"])
    assert _added(desk, product, -4, 6)["errors"] == [], "renewed, it keeps its number"
    assert _added(desk, product, -4, 6, kind="ORIGIN")["errors"] == []


def _added(desk, product, issued, expires, **other):
    dates = {
        name: str(clock.today() + timedelta(days=n))
        for name, n in (("issuedOn", issued), ("expiresOn", expires))
    }
    return desk.do("certificateAdd", product=global_id("Product", product.uid), **{**PAPER, **dates, **other})


def test_two_sizes_of_a_product_have_two_names(desk, team):
    first = published(team)
    size = {"priceMinor": 3690, "weightGrams": 2800, "story": STORY_INPUT}
    product = {"product": global_id("Product", first.product.uid)}
    for name, field in (
        ({"nameZh": "5 斤装"}, "nameZh"),
        ({"nameZh": "大", "nameEn": "2.5 KG box"}, "nameEn"),
    ):
        (error,) = desk.do("variantSave", **product, **size, **name)["errors"]
        assert (error["code"], error["field"]) == ("INVALID", [field])
    twin = a_variant(first.product)
    desk.done("variantSave", id=global_id("Variant", twin.uid), nameZh="5 斤装", priceMinor=3600)


def test_a_part_of_a_price_is_refused_in_percent(desk, team):
    story = {**STORY_INPUT, "farmGate": 10_001}
    answer = desk.do("variantSave", id=global_id("Variant", published(team).uid), story=story)
    assert "100" in answer["errors"][0]["message"] and "10000" not in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    "told",
    [{"netContent": "1.2 kg"}, {"weightGrams": 1200}, {"nameZh": "大箱"}, {"nameEn": "5 kg box"}],
)
def test_a_smaller_box_at_the_old_price_waits(desk, team, told):
    variant = published(team)
    gid, asked = global_id("Variant", variant.uid), "product { changesState }"
    same = {"netContent": variant.net_content, "weightGrams": variant.weight_grams, "nameZh": variant.name_zh}
    assert desk.done("variantSave", asked, id=gid, **same)["product"]["changesState"] == "NONE"
    assert desk.done("variantSave", asked, id=gid, **told)["product"]["changesState"] == "WAITING"
    now = Variant.objects.get()
    assert {name: getattr(now, name) for name in REVIEWED} == {
        name: getattr(variant, name) for name in REVIEWED
    }


def test_a_smaller_box_that_was_made_out_of_sight_is_looked_at_before_it_is_offered(desk, team):
    first = published(team)
    second = a_variant(first.product, approved_price_minor=3690, approved_household_bps=5400)
    gid = global_id("Variant", second.uid)
    for told, state in (
        ({"isOffered": False}, "NONE"),
        ({"netContent": "1.2 kg"}, "NONE"),
        ({"isOffered": True}, "WAITING"),
    ):
        saved = desk.done("variantSave", "product { changesState }", id=gid, **told)
        assert saved["product"]["changesState"] == state
    assert Variant.objects.get(pk=second.pk).is_offered is False


def test_what_was_changed_while_it_was_suspended_is_not_resumed_unseen(desk, team):
    variant = published(team)
    operator = an_operator()
    ids = {"product": global_id("Product", variant.product.uid), "variant": global_id("Variant", variant.uid)}
    for given in (
        {"priceMinor": 36_900},
        {"story": {**STORY_INPUT, "farmGate": 0, "team": 5400}},
        {"netContent": "0.1 kg"},
    ):
        listing.suspend(fresh(variant), operator, "label")
        desk.done("variantSave", id=ids["variant"], **given)
        listing.resume(fresh(variant), operator)
        told = Asker().ask("{ products(first: 1) { nodes { priceFrom { minor } netContentFrom } } }")
        assert told["products"]["nodes"] == [{"priceFrom": {"minor": 3690}, "netContentFrom": "2.5 kg"}]
        assert fresh(variant).changes_state == "waiting", "it waits on"
        desk.done("productWithdraw", id=ids["product"])
    listing.suspend(fresh(variant), operator, "label")
    desk.done("productUpdate", id=ids["product"], nameZh="赣南脐橙")
    with pytest.raises(Conflict):
        listing.resume(fresh(variant), operator)
    assert Asker().ask("{ products(first: 1) { totalCount } }") == {"products": {"totalCount": 0}}
    listing.approve(fresh(variant), operator, version=fresh(variant).version)
    assert fresh(variant).state == "published"
    # Taken off the shelf by its own team, and suspended while it waits: nobody has seen the new name.
    desk.done("productUpdate", id=ids["product"], nameZh="第三个名字")
    listing.suspend(fresh(variant), operator, "label")
    with pytest.raises(Conflict):
        listing.resume(fresh(variant), operator)
    listing.approve(fresh(variant), operator, version=fresh(variant).version)
    listing.suspend(fresh(variant), operator, "label")
    desk.done("productUpdate", id=ids["product"], summaryZh="更甜")
    listing.resume(fresh(variant), operator)
    assert fresh(variant).state == "published"


def test_what_was_changed_after_an_operator_looked_is_not_approved_as_seen(desk, team):
    variant = published(team)
    operator = an_operator()
    gid = global_id("Product", variant.product.uid)
    desk.done("productUpdate", id=gid, nameZh="赣南脐橙")
    seen = fresh(variant).version
    for deed, given in (
        ("variantSave", {"id": global_id("Variant", variant.uid), "priceMinor": 36_900}),
        ("productUpdate", {"id": gid, "nameZh": "进口脐橙"}),
        ("certificateAdd", {"product": gid, **PAPER, "issuedOn": "2020-01-01", "expiresOn": "2100-01-01"}),
    ):
        desk.done("productWithdraw", id=gid)
        desk.done(deed, **given)
        desk.done("productSubmit", id=gid)
        with pytest.raises(Conflict):
            listing.approve(fresh(variant), operator, version=seen)
        seen = fresh(variant).version
    listing.approve(fresh(variant), operator, version=seen)
    assert fresh(variant).state == "published"
