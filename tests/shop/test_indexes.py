"""An index costs with each row that is written: none stands beside one that begins with the same columns."""

import pytest
from django.db import connection

# Of the tables that every purchase adds rows to.
GROWING = (
    "core_delivery", "core_outboxevent", "orders_order", "orders_line", "orders_linelot", "orders_shipment",
    "orders_payment", "impact_ledgertransaction", "impact_transfer", "impact_attribution", "impact_support",
)  # fmt: skip
_SECOND = """
    SELECT one.indexrelid::regclass::text, other.indexrelid::regclass::text
    FROM pg_index one JOIN pg_index other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
    WHERE one.indrelid = %s::regclass AND NOT one.indisunique AND one.indpred IS NULL AND other.indpred IS NULL
        AND (one.indkey::int2[])[0:one.indnkeyatts - 1] = (other.indkey::int2[])[0:one.indnkeyatts - 1]
"""


@pytest.mark.django_db
def test_no_index_of_a_table_that_grows_is_the_beginning_of_another():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE twice (a int, b int, UNIQUE (a, b)); CREATE INDEX again ON twice (a)"
        )
        cursor.execute(_SECOND, ["twice"])
        assert cursor.fetchall() == [("again", "twice_a_b_key")]
        for table in GROWING:
            cursor.execute(_SECOND, [table])
            assert cursor.fetchall() == [], table
