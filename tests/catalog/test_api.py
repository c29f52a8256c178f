"""The shelves through the API: what a buyer may see, and by no door what is not published."""

import pytest

from core.api.schema import unbounded
from tests.catalog.asker import Asker, schema, undeclared, undescribed

pytestmark = pytest.mark.django_db


def test_each_field_says_who_may_read_it_what_it_is_and_how_long_its_lists_are():
    assert undeclared(schema) == []
    assert undescribed(schema) == []
    assert unbounded(schema) == []
