"""Whose desk it is: a manager finds her own, an operator the queue and the leaders, a stranger nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from catalog.actions import leader
from catalog.models import Product
from core import clock
from core.api.ids import global_id
from core.refusals import NotAllowed
from tests.catalog.asker import Asker
from tests.catalog.world import a_person, a_team, an_operator, published, works_at

pytestmark = pytest.mark.django_db


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
        ("pictureUpdate", {"id": global_id("Picture", picture.uid), "place": 1}),
        ("pictureDelete", {"id": global_id("Picture", picture.uid)}),
        ("certificateRemove", {"id": global_id("Certificate", paper.uid)}),
        ("certificateAdd", {"product": product, "kind": "TEST", "number": "1", "issuerZh": "x", "issuedOn": "2020-01-01", "expiresOn": "2030-01-01"}),
        ("teamUpdate", {"id": global_id("Team", team.uid), "storyZh": "x"}),
        ("leaderIntroduce", {"team": global_id("Team", team.uid), "nameZh": "x"}),
    ]  # fmt: skip
    stranger = a_person()
    a_team(manager=stranger)
    ex_manager = a_person()
    works_at(team, ex_manager, ends_at=timezone.now())
    # What the office does for a team, an operator may; and nothing else of its desk.
    of_the_office = {"leaderIntroduce", "lotRecall"}
    for person, hers in ((stranger, set()), (ex_manager, set()), (an_operator(), of_the_office)):
        asker = Asker(person)
        for act, given in deeds:
            assert act in hers or asker.refused(act, **given) == "NOT_FOUND", act
    for act, given in deeds:
        assert Asker().refused(act, **given) == "SIGN_IN_REQUIRED", act
    desk = "query($id: ID!) { teamProducts(team: $id, first: 5) { nodes { slug } } }"
    (error,) = Asker(stranger).send(desk, id=global_id("Team", team.uid))["errors"]
    assert error["extensions"]["code"] == "NOT_FOUND"
    one = "query($id: ID!) { teamProduct(id: $id) { slug } }"
    assert Asker(stranger).ask(one, id=product) == {"teamProduct": None}
    assert not AuditEntry.objects.filter(noun__in=["Product", "Variant", "Lot", "Team"]).exists()


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


def test_the_leader_is_verified_by_an_operator_and_again_under_another_name(desk, manager, team):
    team.leader.verified_at = None
    team.leader.save()
    gid = global_id("Team", team.uid)
    with pytest.raises(NotAllowed):
        leader.verify(team.leader, manager)
    leader.verify(team.leader, an_operator())
    seen = desk.done(
        "leaderIntroduce", "team { leader { isVerified words } }", team=gid, nameZh="向立春", wordsZh="来看看"
    )
    assert seen["team"]["leader"] == {"isVerified": True, "words": "来看看"}
    seen = desk.done("leaderIntroduce", "team { leader { isVerified } }", team=gid, nameZh="覃夏至")
    assert not seen["team"]["leader"]["isVerified"]
