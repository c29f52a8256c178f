"""What the bench's visitors read of a page."""

import pytest

from bench.reads import first_offered
from core.api.ids import global_id
from tests.catalog.world import a_lot, a_product, a_variant

pytestmark = pytest.mark.django_db


def test_a_visitor_takes_the_first_variant_that_there_is(client) -> None:
    product = a_product(state="published")
    a_lot(a_variant(product, position=0), units=0)
    there = a_lot(a_variant(product, position=1), units=9).variant
    page = client.get(f"/zh/p/{product.slug}/").content
    assert page.count(b'name="variant"') == 2
    assert first_offered(page) == global_id("Variant", there.uid)
    assert first_offered(b"<p>nothing</p>") == ""
