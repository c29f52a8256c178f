"""Operators work through the same deeds: what the team's desk cannot do, the operators' rooms do not either."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.actions import operator as operators
from accounts.models import AuditEntry
from catalog.actions import leader as leaders
from catalog.actions import listing
from catalog.actions import member as members
from catalog.actions import team as teams
from catalog.actions import variant as variants
from catalog.admin import ProductAdmin
from catalog.models import Category, Product, Team
from catalog.reads import managers_of
from core.refusals import Conflict, Invalid
from tests.accounts.world import a_person
from tests.catalog.world import a_lot, a_product, a_team, a_variant, an_operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return an_operator()


@pytest.fixture
def room(operator):
    client = Client()
    client.force_login(operator)
    return client


def deed(room, model, action, *rows, **more):
    address = reverse(f"admin:catalog_{model}_changelist")
    data = {"action": action, "_selected_action": [row.pk for row in rows], "confirmed": "yes", **more}
    return room.post(address, data, follow=True)


@pytest.fixture
def waiting():
    product = a_product(a_team(), state="submitted", summary_zh="甜")
    a_lot(a_variant(product))
    return product


@pytest.mark.parametrize("model", ["product", "team", "lot", "category"])
def test_each_room_opens(room, waiting, model):
    assert room.get(reverse(f"admin:catalog_{model}_changelist")).status_code == 200
    rows = {"product": Product, "team": Team, "category": Category}
    row = rows[model].objects.first() if model in rows else waiting.variants.get().lots.get()
    assert room.get(reverse(f"admin:catalog_{model}_change", args=[row.pk])).status_code == 200


def test_a_product_is_approved_suspended_and_resumed_in_the_list(room, waiting, operator):
    for action, state in (("approve", "published"), ("suspend", "suspended"), ("resume", "published")):
        waiting.refresh_from_db()
        more = {f"seen.{waiting.pk}": str(waiting.version), "why": "示例"}
        deed(room, "product", action, waiting, **more)
        waiting.refresh_from_db()
        assert waiting.state == state
    deeds = AuditEntry.objects.filter(actor=operator, noun="Product").order_by("id")
    assert list(deeds.values_list("deed", flat=True)) == ["listing_approved", "suspend", "resume"]


def test_the_list_approves_the_version_that_it_shows(room, waiting):
    page = room.get(reverse("admin:catalog_product_changelist")).content.decode()
    (seen,) = re.findall(rf'name="seen.{waiting.pk}" value="(\d+)"', page)
    listing.withdraw(waiting, None)
    variants.save(waiting, None, waiting.variants.get(), price_minor=99_900)
    listing.submit(waiting, None)
    deed(room, "product", "approve", waiting)
    answer = deed(room, "product", "approve", waiting, **{f"seen.{waiting.pk}": seen})
    waiting.refresh_from_db()
    assert waiting.state == "submitted" and "又改过" in answer.content.decode()
    deed(room, "product", "approve", waiting, **{f"seen.{waiting.pk}": str(waiting.version)})
    waiting.refresh_from_db()
    assert waiting.state == "published"


def test_a_product_is_returned_with_a_comment(room, waiting):
    asked = deed(room, "product", "return_to_team", waiting)
    assert "comment" in asked.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == "submitted"
    deed(room, "product", "return_to_team", waiting, comment="Which village?")
    waiting.refresh_from_db()
    assert waiting.state == "changes_requested"
    assert waiting.listing_reviews.get().comment == "Which village?"


def test_a_product_of_her_own_team_is_refused(room, waiting, operator):
    waiting.team.members.create(person=operator)
    answer = deed(room, "product", "approve", waiting)
    waiting.refresh_from_db()
    assert waiting.state == "submitted"
    assert "不能审核自己团队的商品" in answer.content.decode()


def test_states_and_prices_are_not_written_by_hand(room, waiting):
    address = reverse("admin:catalog_product_change", args=[waiting.pk])
    room.post(address, {"state": "published", "price_from_minor": 1, "name_zh": "改"})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.price_from_minor, waiting.name_zh) == ("submitted", 3690, "秭归夏橙")


def test_a_shelf_is_put_up(room):
    given = {"slug": "tea", "name_zh": "茶叶", "name_en": "Tea", "position": 1}
    room.post(reverse("admin:catalog_category_add"), given)
    assert Category.objects.get().name_en == "Tea"
    assert AuditEntry.objects.filter(noun="Category", deed="save").exists()


def test_the_last_manager_of_a_team_that_sells_is_kept_until_another_is_appointed(operator, run_deliveries):
    mei, sun = a_person(), a_person()
    team = a_team(manager=mei)
    with pytest.raises(Conflict):
        operators.close(mei, operator)
    with pytest.raises(Conflict):
        members.end(mei.appointments.get(), operator)
    assert list(managers_of(team.pk)) == [mei] and mei.appointments.get().ends_at is None
    members.appoint(team, sun)
    assert list(managers_of(team.pk)) == [mei, sun]
    run_deliveries()
    # Whoever keeps it already hears that somebody does beside her.
    (told,) = [m for m in mail.outbox if m.to == [mei.email]]
    assert "多了一位管理员" in told.subject
    operators.close(mei, operator)
    assert list(managers_of(team.pk)) == [sun]


def test_a_team_at_rest_lets_its_last_manager_go(operator):
    mei = a_person()
    team = a_team(manager=mei)
    teams.rest(team, operator, "示例")
    members.end(mei.appointments.get(), operator)
    assert list(managers_of(team.pk)) == [] and team.members.get().ended_at


def test_a_closed_account_is_given_no_desk_and_loses_the_one_it_had(operator):
    mei, sun = a_person(), a_person()
    team = a_team(manager=mei)
    members.appoint(team, sun)
    operators.close(sun, operator)
    with pytest.raises(Invalid):
        members.appoint(team, sun)
    members.end(sun.appointments.get(), operator)
    operators.open_again(sun, operator)
    assert list(managers_of(team.pk)) == [mei]


@pytest.mark.parametrize("named", [{"name_zh": "覃夏至"}, {"name_zh": "向立春", "name_en": "Somebody Else"}])
def test_another_name_in_either_language_is_another_person(named):
    team = a_team()
    leaders.introduce(team, None, name_zh="向立春", words_zh="来看看")
    assert Team.objects.get(pk=team.pk).leader.verified_at
    leaders.introduce(team, None, **named)
    assert Team.objects.get(pk=team.pk).leader.verified_at is None


def test_what_an_operator_looks_at_again_is_shown_in_her_room(room):
    assert set(ProductAdmin.fields) >= listing.REVIEWED
    tea = a_product(ingredients_zh="绿茶", ingredients_en="Green tea", producer_en="Example Tea Works")
    page = room.get(reverse("admin:catalog_product_change", args=[tea.pk]), headers={"Accept-Language": "zh"})
    said = page.content.decode()
    assert all(text in said for text in ("配料（英文）", "Green tea", "生产者（英文）", "Example Tea Works"))
