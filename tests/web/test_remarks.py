"""A listing is looked at by quality, price and how households gain; what is said of a part stands beside that part."""

import re

import pytest
from django.core import mail

from catalog.actions import listing
from catalog.models import Product, Team
from core.api.ids import global_id
from core.refusals import Invalid
from tests.catalog.world import a_lot, a_product, a_team, a_variant, an_operator
from tests.web.conftest import signed_in
from tests.web.test_desk import fill
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def waits(shelf) -> Product:
    """Handed in by the shelf's manager: 2.5 kg at 36.90."""
    product = a_product(shelf.team, state="draft", name_zh="青滩脐橙", summary_zh="甜", published_at=None)
    a_lot(a_variant(product))
    listing.submit(product, shelf.manager)
    return Product.objects.get(pk=product.pk)


def of(product: Product) -> str:
    return global_id("Product", product.uid)


def test_whoever_reviews_sees_quality_price_and_how_households_gain(shelf, waits):
    for minor in (3000, 3300, 3400, 9900):
        a_lot(a_variant(a_product(a_team()), price_minor=minor))
    Team.objects.filter(pk=shelf.team.pk).update(linking_zh="比集市高两角收，当天付现。")
    seen = words(signed_in(an_operator()).get(f"/zh/office/listings/{of(waits)}/"))
    part = seen.split("审核看这三样")[1].split("</section>")[0]
    assert "没有证书" in part and "质量检查还没看过" in part and "比集市高两角收" in part
    # 36.90 for 2.5 kg; of 12.00, 13.20, 13.60 and 39.60 the lower middle is 13.20.
    assert "¥14.76" in part and "同类 4 款中间价 ¥13.20" in part and "高 12 %" in part


def test_of_two_others_nobody_says_what_is_usual(waits):
    for _ in range(2):
        a_lot(a_variant(a_product(a_team())))
    Product.objects.exclude(pk=waits.pk).filter(team=waits.team).update(state="archived")
    assert "比不出行情" in words(signed_in(an_operator()).get(f"/zh/office/listings/{of(waits)}/"))


def test_a_remark_stands_beside_its_part_in_the_teams_form_and_in_its_letter_until_it_is_handed_in_again(
    shelf, waits, run_deliveries
):
    office, desk = signed_in(an_operator()), signed_in(shelf.manager)
    said = {"price": "比市价高一成，请说明", "looks": "请换一张白天拍的", "linking": "写清楚怎么收"}
    fill(office, f"/zh/office/listings/{of(waits)}/", "return_listing", **said)
    run_deliveries()
    letter = mail.outbox[-1].body
    assert all(f"{about}：{said[spot]}" in letter for spot, about in (("price", "价格"), ("looks", "照片")))
    page = words(desk.get(f"/zh/desk/product/{of(waits)}/"))
    told = page.split("运营人员请您改")[1].split("</div>")[0]
    assert [told.index(said[one]) for one in said] and "open=update_team#words-title" in told
    for spot, anchor in (("looks", "照片</h2>"), ("price", 'id="variant-1"')):
        beside = page.split(anchor)[1][:900]
        assert re.search(rf'class="wrong remark">审核： {said[spot]}', beside), spot
    listing.submit(Product.objects.get(pk=waits.pk), shelf.manager)
    assert 'class="wrong remark"' not in words(desk.get(f"/zh/desk/product/{of(waits)}/"))
    # Whoever looks next reads what was asked for.
    assert said["price"] in words(office.get(f"/zh/office/listings/{of(waits)}/"))


def test_a_product_is_not_sent_back_without_a_word_nor_with_one_that_is_too_long(shelf, waits):
    for remarks in ({}, {"price": "  "}, {"price": "长" * 401}):
        with pytest.raises(Invalid):
            listing.return_with_comment(waits, an_operator(), "", remarks)
    assert Product.objects.get(pk=waits.pk).state == "submitted"
