"""A team's address says its Chinese name, moves with it, and the ones of before lead on for ever."""

from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver, reverse

from catalog import search
from catalog.actions import address
from catalog.actions import team as teams
from catalog.models import FormerSlug, FormerTeamSlug, SearchEntry, Team
from catalog.verify import verify
from core.refusals import Invalid
from shop.web import cards
from tests.catalog.world import a_county, a_team
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(shelf) -> Team:
    """The shelf's team, with the address that we would have made of its name."""
    Team.objects.filter(pk=shelf.team.pk).update(name_zh="郧西核桃队", slug="yunxi-hetao-dui")
    search.index([shelf.product.pk])
    return Team.objects.get(pk=shelf.team.pk)


def renamed(team: Team, *names: str) -> Team:
    for name in names:
        team = teams.change(team, None, name_zh=name)
    return team


def test_an_address_says_the_name_and_is_no_other_teams(db):
    given = {"county": a_county(), "name_zh": "五峰高山茶队", "name_en": "High tea"}
    first = teams.create(None, code="HB77", **given)
    second = teams.create(None, code="HB78", **given)
    assert first.slug == "wufeng-gaoshan-chadui" and second.slug.startswith(f"{first.slug}-")
    assert len(second.slug) == len(first.slug) + 7
    chosen = teams.create(None, code="HB79", slug="high-tea", **given)
    assert chosen.slug == "high-tea" and renamed(chosen, "别的队").slug == "high-tea"
    with pytest.raises(Invalid, match="已被使用"):
        teams.create(None, code="HB80", slug="high-tea", **given)
    assert Team.objects.filter(code="HB80").count() == FormerTeamSlug.objects.count() == 0


def test_with_its_name_the_address_moves_and_each_of_before_leads_there_at_once(team):
    guest = Client()
    for _ in range(2):  # made, and kept
        assert guest.get("/en/t/yunxi-hetao-dui/").status_code == 200
    now = renamed(team, "郧西茶队", "郧西蜂蜜队").slug
    assert now == "yunxi-fengmi-dui"
    for old in ("yunxi-hetao-dui", "yunxi-chadui"):
        answer = guest.get(f"/en/t/{old}/?utm=letter")
        assert (answer.status_code, answer.url) == (301, f"/en/t/{now}/?utm=letter")
    page = words(guest.get(f"/en/t/{now}/"))
    assert f'/en/t/{now}/">' in page and "yunxi-hetao" not in page  # canonical, twins, card, structured data
    assert guest.get("/en/t/yunxi-nothing/").status_code == 404
    assert list(verify()) == []


def test_a_name_taken_back_gets_no_address_that_browsers_lead_on_from(team):
    back = renamed(team, "郧西茶队", "郧西核桃队")
    assert back.slug.startswith("yunxi-hetao-dui-") and list(verify()) == []
    assert Client().get("/zh/t/yunxi-hetao-dui/").url == f"/zh/t/{back.slug}/"
    assert a_team(slug="another").slug == "another"
    assert address.made_of(Team, "郧西茶队").startswith("yunxi-chadui-"), "nor does another team get it"


def test_programs_search_and_cards_know_it_by_each(team, shelf):
    now = renamed(team, "郧西茶队").slug
    asked = """query Teams($slug: String!) {
      team(slug: $slug) { slug } provenance(team: $slug) { households }
      products(first: 5, where: {team: $slug}) { nodes { slug } }
      search(query: "", first: 5, where: {team: $slug}) { nodes { slug } }
    }"""
    told = [
        Client()
        .post("/graphql", {"query": asked, "variables": {"slug": slug}}, "application/json")
        .json()["data"]
        for slug in ("yunxi-hetao-dui", now)
    ]
    assert told[0] == told[1] and told[0]["team"] == {"slug": now}
    assert told[0]["products"]["nodes"] == told[0]["search"]["nodes"] == [{"slug": shelf.product.slug}]
    cards.pictures.forget()
    answer = Client().get("/cards/zh/team/yunxi-hetao-dui.png")
    assert (answer.status_code, answer.url) == (301, f"/cards/zh/team/{now}.png")
    assert Client().get(answer.url).status_code == 200


def test_each_address_that_names_a_product_or_a_team_leads_on_from_any_it_had(team, shelf):
    """Pages, share cards, posters, pictures of Open Graph: whatever has a slug in it."""
    product = shelf.product
    FormerSlug.objects.create(slug="walnuts-of-old", product=product)
    former = {"product": ("walnuts-of-old", product.slug), "team": ("yunxi-hetao-dui", "")}
    now = renamed(team, "郧西茶队").slug
    named = {one.name for one in get_resolver().url_patterns if "slug" in one.pattern.converters}
    assert named == {"product", "team", "product_card", "team_card", "product_poster", "product_open"}
    cards.pictures.forget()
    for name in sorted(named):
        was, today = former[name.partition("_")[0]]
        for lang in ("zh", "en"):
            answer = Client().get(reverse(name, kwargs={"lang": lang, "slug": was}))
            there = reverse(name, kwargs={"lang": lang, "slug": today or now})
            assert (answer.status_code, answer.url) == (301, there)
            assert Client().get(there).status_code == 200
            assert Client().get(reverse(name, kwargs={"lang": lang, "slug": "never-was"})).status_code == 404


def test_a_card_of_what_is_not_on_sale_is_none_and_leads_nowhere(shelf):
    FormerSlug.objects.create(slug="walnuts-of-old", product=shelf.product)
    shelf.product.move_to("archived")
    cards.pictures.forget()
    for name in ("product_card", "product_poster"):
        there = reverse(name, kwargs={"lang": "zh", "slug": shelf.product.slug})
        assert Client().get(reverse(name, kwargs={"lang": "zh", "slug": "walnuts-of-old"})).url == there
        assert Client().get(there).status_code == 404


def test_a_team_that_offers_nothing_any_more_is_nowhere(team):
    renamed(team, "郧西茶队")
    Team.objects.filter(pk=team.pk).update(is_active=False)
    assert {Client().get(f"/en/t/{slug}/").status_code for slug in ("yunxi-hetao-dui", "yunxi-chadui")} == {
        404
    }


def test_addresses_that_were_codes_say_names_since_the_release_that_made_them(team):
    Team.objects.filter(pk=team.pk).update(slug="hb01", code="HB01")
    twin = a_team(code="HB02", slug="hb02", name_zh=team.name_zh)
    chosen = a_team(code="HB03", slug="chosen")
    mute = a_team(code="HB04", slug="hb04", name_zh="……")
    import_module("catalog.migrations.0024_addresses_say_teams").say_names(apps, None)
    slugs = dict(Team.objects.values_list("code", "slug"))
    assert slugs["HB01"] == "yunxi-hetao-dui" and slugs["HB02"].startswith("yunxi-hetao-dui-")
    assert (slugs[chosen.code], slugs[mute.code]) == ("chosen", "hb04")
    assert Client().get("/zh/t/hb02/").url == f"/zh/t/{slugs[twin.code]}/"
    assert set(SearchEntry.objects.values_list("team", "made_by")) == {("yunxi-hetao-dui", 0)}
    assert search.mend() == 1 and list(verify()) == []


def test_verify_finds_an_address_that_leads_two_ways(team):
    FormerTeamSlug.objects.create(slug=team.slug, team=a_team())
    assert [(one.noun, one.id) for one in verify()] == [("FormerTeamSlug", team.slug)]
