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
    Sabotage(
        "a parcel's history forgets a number",
        "orders/verify_parcels.py",
        "WHERE p.tracking_number <> coalesce(n.tracking_number, '')",
        "WHERE FALSE",
        "tests/orders/test_verify.py -k row_that_breaks",
    ),
    Sabotage(
        "a letter tells the number that was put right",
        "orders/reads/tracking.py",
        "return not number_id or latest([parcel.parcel_id]).get(parcel.parcel_id) == number_id",
        "return True",
        "tests/orders/test_what_befalls_a_parcel.py -k before",
    ),
    Sabotage(
        "another team's numbers are looked at",
        "orders/reads/tracking.py",
        "Parcel.objects.filter(team=team_id, tracking_number__in=wanted)",
        "Parcel.objects.filter(tracking_number__in=wanted)",
        "tests/orders/test_what_befalls_a_parcel.py -k nobodys_business",
    ),
    Sabotage(
        "what has travelled is sold again",
        "orders/actions/refund_share.py",
        " and not _has_travelled(s.line)",
        "",
        "tests/orders/test_what_befalls_a_parcel.py -k comes_back",
    ),
    Sabotage(
        "what was sent is called off by whoever looked before",
        "orders/actions/shipment.py",
        "    orders, parcels = _locked([s.shipment for s in sent])\n    able",
        "    orders = list(Order.objects.filter(shipments__in=[s.shipment for s in sent]))\n"
        "    parcels = {s.shipment.pk: s.shipment for s in sent}\n    able",
        "tests/orders/test_sent_or_called_off.py -k never_both",
    ),
]
