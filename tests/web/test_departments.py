"""Each department signs in, finds one door, does its one job at its place, and there is nothing else for it in the office."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from accounts.places import Place
from catalog.models import Certificate, DepartmentCheck, Leader, Product
from core import clock
from orders.models import Parcel
from shop.permissions import OFFICE
from tests.accounts.world import a_person, an_organisation, holds
from tests.catalog.world import a_county, a_lot, a_product, a_team, a_variant, works_at
from tests.impact import world
from tests.shop.tour import pages
from tests.web.conftest import signed_in
from tests.web.office import elsewhere, gone, id_of, proposed
from tests.web.test_desk import fill, sure
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db

# Each department's role, and the pages that are its own (beside the one that says what waits).
DEPARTMENTS = {
    "quality_checker": {"office_quality"},
    "logistics_checker": {"office_logistics"},
    "womens_officer": {"office_women"},
    "county_verifier": {"office_applications", "office_households", "office_registrations"},
    "media_officer": {"office_media"},
    "union_verifier": {"office_organisations"},
    "observer": set(),
}
OF_ALL = {"office"}


def addresses():
    """Each page of the office that needs nothing but its address."""
    return {
        name: f"/en/office/{page.name.removeprefix('office/').replace('office', '')}/".replace("//", "/")
        for name, page in pages().items()
        if page.name.startswith("office/")
        and not re.search(r"/(team|household|organisation|round|listing|order|account)$", page.name)
    }


@pytest.fixture
def here():
    """A team in Zigui with a lot on the shelf, and one in another county."""
    lot = a_lot(a_variant(a_product(a_team(), summary_zh="甜")))
    other = a_lot(a_variant(a_product(a_team(county=elsewhere()), summary_zh="甜")))
    return lot.variant.product, other.variant.product


def an_officer(role):
    person = a_person()
    holds(person, role, Place(region=a_county().code))
    return person, signed_in(person)


@pytest.mark.parametrize("role", DEPARTMENTS)
def test_a_department_sees_its_own_page_and_no_other_of_the_office(role, here):
    _, office = an_officer(role)
    shown = {name for name, path in addresses().items() if office.get(path).status_code == 200}
    waiting = words(office.get("/en/office/"))
    assert shown - OF_ALL - figures() == DEPARTMENTS[role]
    assert all(addresses()[name] in waiting for name in DEPARTMENTS[role])
    product, _ = here
    before = (Product.objects.values().get(pk=product.pk), AuditEntry.objects.count())
    team = id_of("Team", product.team)
    for act, given in {
        "suspend_team": {"id": team, "reason": "示例"},
        "amend_team": {"id": team, "nameZh": "示例"},
        "return_listing": {"id": id_of("Product", product), "comment": "示例"},
        "create_edition": {"slug": "x", "ordinal": "1", "nameZh": "x", "nameEn": "x"},
        **({} if role == "media_officer" else {"publish_story": {"team": team, "storyZh": "示例"}}),
        **(
            {}
            if role == "quality_checker"
            else {"check_quality": {"product": id_of("Product", product), "isFine": "true"}}
        ),
        **({} if role == "logistics_checker" else {"check_logistics": {"team": team, "isFine": "true"}}),
    }.items():
        post(office, act, **given)
    assert (Product.objects.values().get(pk=product.pk), AuditEntry.objects.count()) == before
    assert not DepartmentCheck.objects.exists()


def figures():
    """Sums of nobody: whoever works here may see them, an observer nothing else."""
    return {name for name in addresses() if "figures" in name or "incident" in name or "closure" in name}


def test_every_office_role_has_a_page_or_waits_for_its_own_part_of_the_shop():
    assert {role.value for role in OFFICE} >= DEPARTMENTS.keys()


def test_agriculture_writes_down_what_it_found_of_a_products_papers_where_it_is(here):
    product, other = here
    manager = a_person()
    works_at(product.team, manager)
    today = clock.today()
    Certificate.objects.create(
        product=product,
        kind="test",
        number="T-1",
        issuer_zh="示例检测",
        issued_on=today,
        expires_on=today.replace(year=today.year + 1),
    )
    _, office = an_officer("quality_checker")
    page = words(office.get("/en/office/quality/"))
    assert "T-1" in page and other.team.name_zh not in page
    item = id_of("Product", product)
    at = {"item": item, "product": item}
    fill(office, "/en/office/quality/", "check_quality", **at, isFine="false", words=" ")
    assert not DepartmentCheck.objects.exists(), "what is to be mended is said"
    fill(office, "/en/office/quality/", "check_quality", **at, isFine="false", words="检测报告缺农残项")
    assert "检测报告缺农残项" in words(signed_in(manager).get(f"/en/desk/product/{item}/"))
    post(office, "check_quality", product=id_of("Product", other), isFine="true")
    assert list(DepartmentCheck.objects.values_list("product", "is_fine")) == [(product.pk, False)]


def test_commerce_sees_how_teams_send_and_writes_down_what_it_found(here):
    product, other = here
    manager = a_person()
    works_at(product.team, manager)
    Product.objects.filter(pk=product.pk).update(storage="chilled")
    order = world.an_order((product.variants.get().lots.get(), 1))
    world.pay(order)
    order.shipments.update(state="shipped", ship_by=clock.today().replace(year=2000), shipped_at=clock.now())
    parcel = order.shipments.get().parcel
    Parcel.objects.update(carrier="示例速运")
    _, office = an_officer("logistics_checker")
    page = words(office.get("/en/office/logistics/"))
    assert "1 parcels in 90 days, 1 late." in page and "示例速运" in page and "Cold chain" in page
    assert parcel.recipient not in page and other.team.name_en not in page
    team = id_of("Team", product.team)
    fill(
        office,
        "/en/office/logistics/",
        "check_logistics",
        item=team,
        team=team,
        isFine="true",
        words="冷链合格",
    )
    assert "冷链合格" in words(signed_in(manager).get("/en/desk/team/"))
    post(office, "check_logistics", team=id_of("Team", other.team), isFine="true")
    assert DepartmentCheck.objects.count() == 1


def test_how_many_teams_send_costs_as_many_statements_as_how_one_does(here):
    _, office = an_officer("logistics_checker")

    def statements():
        with CaptureQueriesContext(connection) as caught:
            assert office.get("/en/office/logistics/").status_code == 200
        return len(caught)

    statements()
    alone = statements()
    for _ in range(4):
        a_lot(a_variant(a_product(a_team())))
    assert statements() == alone


def test_the_womens_officer_reports_the_teams_whose_leaders_have_told_so(here):
    product, other = here
    world.pay(world.an_order((product.variants.get().lots.get(), 2)))
    _, office = an_officer("womens_officer")
    assert "0 teams" in words(office.get("/en/office/women/"))
    Leader.objects.update(is_woman=True)
    page = words(office.get("/en/office/women/"))
    assert "1 teams, which sold ¥73.80 in all" in page
    assert product.team.name_en in page and other.team.name_en not in page
    Leader.objects.update(verified_at=None)
    assert product.team.name_en not in words(office.get("/en/office/women/"))


def test_media_publishes_a_teams_story_on_its_page(here):
    product, other = here
    _, office = an_officer("media_officer")
    team = id_of("Team", product.team)
    fill(
        office,
        "/en/office/media/",
        "publish_story",
        item=team,
        team=team,
        storyZh="茶园在江边。",
        storyEn="Tea by the river.",
    )
    assert "Tea by the river." in words(office.get(f"/en/t/{product.team.slug}/"))
    post(office, "publish_story", team=id_of("Team", other.team), storyZh="示例")
    other.team.refresh_from_db()
    assert other.team.story_zh == ""


def test_the_county_verifies_status_and_unions_are_verified_by_a_union(here):
    product, _ = here
    family = proposed(product.team)
    _, county = an_officer("county_verifier")
    sure(county, f"/en/office/households/{id_of('OfficeHousehold', family)}/", "verify_household")
    family.refresh_from_db()
    assert family.state == "verified"
    union = an_organisation(state="proposed", region_id=a_county().code)
    _, office = an_officer("union_verifier")
    fill(office, f"/en/office/organisations/{id_of('Organisation', union)}/", "verify_organisation")
    union.refresh_from_db()
    assert union.is_verified
    assert gone(county, f"/en/office/organisations/{id_of('Organisation', union)}/")
