"""The floor's part of the schema is declared, described and bounded, and says to whom it answers."""

from core.api.schema import unbounded, undeclared, undescribed
from tests.orders.world import schema


def test_every_field_says_who_may_read_it_and_what_it_is():
    assert undeclared(schema) == [] and undescribed(schema) == [] and unbounded(schema) == []
