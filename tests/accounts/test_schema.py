"""What this floor offers is declared, described and bounded."""

from core.api.schema import unbounded, undeclared, undescribed
from tests.accounts.world import schema


def test_each_field_says_who_may_read_it_what_it_is_and_how_long_it_gets():
    assert undeclared(schema) == [] and undescribed(schema) == [] and unbounded(schema) == []


def test_what_a_person_told_us_is_read_by_her_alone():
    types = schema.graphql_schema.type_map
    for name in ("Viewer", "Address", "ApiToken"):
        labels = {field.extensions["sheaf"].access.label for field in types[name].fields.values()}
        assert labels == {"the person herself"}, name
    assert not {"password", "tokenSha256", "apiTokens", "isStaff"} & set(types["Viewer"].fields)
