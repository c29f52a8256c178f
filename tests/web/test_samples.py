"""Texts to begin from: filled into what is empty, only when a team asks, and never kept by themselves."""

import re

import pytest
from graphene.utils.str_converters import to_snake_case

from catalog.models import Product
from catalog.samples import BLANK, SAMPLES
from core.api.ids import global_id
from tests.web.conftest import signed_in
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db
# What food does for a body, who stands behind it, and whose need is great: nothing of it in a sample.
NEVER = re.compile(
    "养生|保健|降[血糖脂压]|治|疗|防癌|抗|排毒|补[血气肾]|美容|减肥|政府|领导|国家|特供|贫困|最|第一|!|！"
    "|health|cure|heal|doctor|official|government|poor|best|unique",
    re.IGNORECASE,
)


def test_samples_fill_what_is_empty_only_when_she_asks_and_nothing_is_kept(shelf):
    product = shelf.product
    Product.objects.filter(pk=product.pk).update(story_zh="", summary_zh="我自己写的")
    desk = signed_in(shelf.manager)
    here = f"/zh/desk/product/{global_id('Product', product.uid)}/?open=update_product"
    page, sample = words(desk.get(here)), SAMPLES["fresh"]["storyZh"]
    assert "先填上样子" in page and sample not in page and "白天拍" in page
    asked = words(desk.get(f"{here}&sample=words"))
    assert sample in asked and 'value="我自己写的"' in asked and "还没有保存" in asked
    product.refresh_from_db()
    assert product.story_zh == ""


def test_each_sample_is_short_and_plain_leaves_what_is_hers_and_promises_nothing():
    for texts in SAMPLES.values():
        assert (
            set(texts) == set(SAMPLES["fresh"]) and BLANK in texts["storyZh"] and BLANK in texts["summaryEn"]
        )
        for name, text in texts.items():
            assert not NEVER.search(text), text
            column = Product._meta.get_field(to_snake_case(name))
            assert len(text) <= (getattr(column, "max_length", None) or 400)
