"""Sabotages of parcels: an address that is changed by anybody, a price that travels, a sending that is owed too soon."""

from tests.guard.sabotages import Sabotage

PARCELS = [
    Sabotage(
        "an order's sending is owed whole with its first parcel",
        "impact/actions/attribution.py",
        "others = 0 if p.line_id else beside[shipment.pk]",
        "others = 0",
        "tests/orders/test_several_addresses.py -k n28_ten_people",
    ),
    Sabotage(
        "units of one line come back to another line's lot",
        "orders/actions/refund_share.py",
        "                row.units_returned += units\n",
        "",
        "tests/orders/test_verify.py tests/orders/test_refund.py",
    ),
    Sabotage(
        "a parcel may carry what another team sends",
        "orders/verify_rows.py",
        "WHERE s.team_id <> p.team_id",
        "WHERE false",
        "tests/orders/test_verify.py -k row_that_breaks",
    ),
    Sabotage(
        "a code is good for whatever address comes with it",
        "orders/actions/address_change.py",
        'facts = f"{shipment.uid}|{digest}|',
        'facts = f"{shipment.uid}|',
        "tests/orders/test_address_change.py -k reads_the_orders_mailbox",
    ),
    Sabotage(
        "a packed parcel's address is changed",
        "orders/reads/shipment.py",
        "and parcel.parcel.packed_at is None",
        "",
        "tests/orders/test_address_change.py -k packed_stays",
    ),
    Sabotage(
        "who was sent a gift is kept for years",
        "orders/people.py",
        "return carts + len(fresh) + notices + labels + _forget_gifts()",
        "return carts + len(fresh) + notices + labels",
        "tests/orders/test_several_addresses.py -k n28_ten_people",
    ),
]
