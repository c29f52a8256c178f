"""Products in the office: found in any state, held with a reason that the team reads, and compared with what was approved."""

import re
from datetime import timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.core import mail

from accounts.places import Place
from catalog.actions import certificate, listing
from catalog.actions import variant as variants
from catalog.models import Product
from core import clock
from core.api.ids import global_id
from core.money import show
from tests.accounts.world import a_person, holds
from tests.catalog.world import STORY, a_lot, a_product, a_team, a_variant, an_operator
from tests.impact.world import households
from tests.web.conftest import signed_in
from tests.web.office import ZIGUI, an_officer, elsewhere, gone
from tests.web.test_desk import fill
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    """Handed in by a team of Zigui with a manager, and approved as it stood."""
    manager = a_person(email_verified_at=clock.now())
    made = a_product(
        a_team(manager=manager),
        state="submitted",
        submitted_at=clock.now(),
        summary_zh="甜",
        illustration="navel-orange",
    )
    made.certificates.create(
        kind="test",
        number="T-1",
        issuer_zh="示例检测",
        issued_on=clock.today() - timedelta(days=9),
        expires_on=clock.today() + timedelta(days=99),
    )
    a_lot(a_variant(made))
    households(made.team, 1)
    listing.approve(made, an_operator())
    return SimpleNamespace(row=Product.objects.get(pk=made.pk), manager=manager, desk=signed_in(manager))


def rows(page: str) -> list[tuple[str, ...]]:
    """What the table of changes says: what, as approved, now."""
    table = page.split('id="changes-title"')[-1].split("</table>")[0] if "changes-title" in page else ""
    found = re.findall(r"<th scope=\"row\">(.*?)</th>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", table, re.DOTALL)
    return [tuple(unescape(cell).strip() for cell in row) for row in found]


def test_one_product_is_held_with_a_reason_that_its_team_reads_and_put_back(product, run_deliveries):
    _, office = an_officer("operator", ZIGUI)
    row, id_ = product.row, global_id("Product", product.row.uid)
    path = f"/en/office/listings/{id_}/"
    assert path in words(office.get("/en/office/products/?search=" + row.team.code))
    run_deliveries(), mail.outbox.clear()
    fill(office, path, "suspend_listing", reason=" ")
    assert Product.objects.get().state == "published", "why is said"
    fill(office, path, "suspend_listing", reason="标签上没有产地")
    assert Product.objects.get().state == "suspended"
    run_deliveries()
    (letter,) = mail.outbox
    assert letter.to == [product.manager.email] and "标签上没有产地" in letter.body
    assert "标签上没有产地" in words(product.desk.get(f"/en/desk/product/{id_}/"))
    fill(office, path, "resume_listing")
    assert Product.objects.get().state == "published"
    run_deliveries()
    assert len(mail.outbox) == 2 and list(row.listing_reviews.values_list("decision", flat=True)) == [
        "resumed",
        "suspended",
        "approved",
    ]


def test_nobody_holds_a_product_of_elsewhere_or_of_her_own_team(product):
    id_ = global_id("Product", product.row.uid)
    _, other = an_officer("operator", elsewhere().code)
    insider = product.manager
    holds(insider, "operator", Place(region=ZIGUI))
    assert gone(other, f"/en/office/listings/{id_}/")
    for client in (other, signed_in(insider), product.desk):
        post(client, "suspend_listing", id=id_, reason="示例")
    assert Product.objects.get().state == "published" and product.row.listing_reviews.count() == 1


def test_an_operator_sees_each_thing_that_changed_since_the_approval_beside_what_it_was(product):
    _, office = an_officer("operator", ZIGUI)
    path = f"/en/office/listings/{global_id('Product', product.row.uid)}/"
    listing.suspend(product.row, an_operator(), "标签")
    page = words(office.get(path))
    assert rows(page) == [] and "/do/resume_listing/" in page
    row, variant, was = product.row, product.row.variants.get(), product.row.variants.get().price_minor
    there = elsewhere()
    changed = {"name_zh": "新名字", "origin": there, "producer_zh": "新合作社", "ingredients_zh": "橙"}
    listing.change_product(row, product.manager, **changed)
    variants.save(
        row, product.manager, variant, price_minor=was + 100, story={**STORY, "farm_gate": 4400, "team": 1000}
    )
    certificate.remove(row.certificates.get(), product.manager)
    today = clock.today()
    assert rows(words(office.get(path))) == [
        ("Name in Chinese", product.row.name_zh, "新名字"),
        ("Grown in", "Zigui County", there.name_en),
        ("Producer", "示例合作社", "新合作社"),
        ("Ingredients", "—", "橙"),
        (f"{variant.name_en}: price", show(was), show(was + 100)),
        (f"{variant.name_en}: Households, farm gate", "46 %", "44 %"),
        (f"{variant.name_en}: Team", "8 %", "10 %"),
        (
            "Certificate",
            f"Test report T-1 · 示例检测 · {today - timedelta(days=9)} – {today + timedelta(days=99)}",
            "—",
        ),
    ]
    page = words(office.get(path))
    assert "/do/approve_listing/" in page and "/do/resume_listing/" not in page, "what nobody saw is approved"
