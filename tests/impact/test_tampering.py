"""Tampering shows: the app's role cannot do it, and what the owner of the tables changes is named."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import Error, connection, transaction

from impact.models import Account, Attribution, Credit, Standing, StandingDay, Support, Transfer
from impact.verify import verify
from orders.models import Line
from tests.catalog import world as shelves
from tests.impact import world

LEDGER = [
    "impact_account",
    "impact_attribution",
    "impact_ledgertransaction",
    "impact_shareversion",
    "impact_support",
    "impact_supportnumber",
    "impact_transfer",
]


@pytest.mark.django_db
@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE {} SET {} = 1",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "DROP TABLE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "SELECT 1 FROM {} FOR UPDATE",
    ],
)
def test_the_app_may_only_read_and_add(table, deed):
    column = "number" if table == "impact_supportnumber" else "id"
    with pytest.raises(Error, match="permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(deed.format(table, column))


@pytest.fixture
def order(transactional_db):
    """A shop after a sale, a partial refund and a completed parcel: everything holds."""
    lot = world.a_lot()
    world.a_round(lot.variant.product.team)
    order = world.an_order((lot, 2), person=shelves.a_person(), shipping=800)
    world.pay(order)
    other = world.an_order((lot, 3), shipping=800)
    world.pay(other)
    world.settle(world.refund(other, (other.lines.get(), 3690)))
    world.complete(other.shipments.get())
    world.standing(lot.variant.product.team)
    assert list(verify()) == []
    return order


def named() -> set[tuple[str, str, int]]:
    return {(offence.rule, offence.noun, offence.id) for offence in verify()}


def test_a_changed_transfer_is_named_with_its_line_and_attribution(order, owner):
    transfer = Transfer.objects.filter(target__kind="earmarked", line__order=order).first()
    owner.execute("UPDATE impact_transfer SET amount_minor = amount_minor + 1 WHERE id = %s", [transfer.pk])
    assert {("I5", "Transfer", transfer.pk), ("I5", "Line", transfer.line_id)} <= named()
    said = [o.words for o in verify() if o.noun == "Transfer"]
    assert f"moves {transfer.amount_minor + 1}, attributed is {transfer.amount_minor}" in said[0]


@pytest.mark.parametrize("by", [1, -1])
def test_a_changed_attribution_is_named_with_the_transfer_it_divides(order, owner, by):
    row = Attribution.objects.filter(transfer__line__order=order).first()
    owner.execute(
        "UPDATE impact_attribution SET amount_minor = amount_minor + %s WHERE id = %s", [by, row.pk]
    )
    assert ("I5", "Transfer", row.transfer_id) in named()


def test_an_attribution_that_no_transfer_to_a_lot_is_behind_is_named(order, owner):
    shipping = Transfer.objects.filter(target__kind="shipping_earmarked").first()
    row = Attribution.objects.filter(transfer__line__order=order).first()
    owner.execute("UPDATE impact_attribution SET transfer_id = %s WHERE id = %s", [shipping.pk, row.pk])
    assert {("I5", "Transfer", shipping.pk), ("I5", "Transfer", row.transfer_id)} <= named()


def test_what_is_owed_of_only_a_part_of_a_line_is_named(order, owner):
    line = Line.objects.exclude(order=order).get()
    moved = Transfer.objects.get(transaction__reason="owed", line=line, target__part="team")
    owner.execute("UPDATE impact_transfer SET amount_minor = amount_minor - 1 WHERE id = %s", [moved.pk])
    assert named() == {("I5", "Line", line.pk)}


def test_what_is_owed_elsewhere_than_where_it_stood_is_named(order, owner):
    moved = Transfer.objects.get(transaction__reason="owed", target__part="team")
    packing = Account.objects.get(kind="part_owed", part="packaging")
    owner.execute("UPDATE impact_transfer SET target_id = %s WHERE id = %s", [packing.pk, moved.pk])
    assert {("I4", "Transfer", moved.pk), ("I5", "Line", moved.line_id)} <= named()


def test_a_changed_part_of_the_price_is_named(order, owner):
    transfer = Transfer.objects.filter(target__part="team", line__order=order).get()
    owner.execute("UPDATE impact_transfer SET amount_minor = amount_minor - 1 WHERE id = %s", [transfer.pk])
    assert ("I5", "Line", transfer.line_id) in named()


def test_money_moved_to_another_lot_is_named(order, owner):
    transfer = Transfer.objects.filter(target__kind="earmarked", line__order=order).first()
    lot = world.a_lot(variant=order.lines.get().variant)
    other = Account.objects.get(kind="earmarked", lot=lot)
    owner.execute("UPDATE impact_transfer SET target_id = %s WHERE id = %s", [other.pk, transfer.pk])
    assert {noun for _, noun, _ in named()} >= {"Attribution", "Line", "Credit"}


def test_money_given_to_a_household_without_a_share_is_named(order, owner):
    row = Attribution.objects.filter(transfer__line__order=order).first()
    (stranger,) = world.households(order.lines.get().team, 1)
    owner.execute("UPDATE impact_attribution SET household_id = %s WHERE id = %s", [stranger.pk, row.pk])
    assert ("I5", "Attribution", row.pk) in named()


def test_attributions_that_still_add_up_to_their_transfer_show_in_the_credits(order, owner):
    first, second = Attribution.objects.filter(transfer__line__order=order)[:2]
    for row, by in ((first, 1), (second, -1)):
        owner.execute(
            "UPDATE impact_attribution SET amount_minor = amount_minor + %s WHERE id = %s", [by, row.pk]
        )
    credits = Credit.objects.filter(household_id__in=[first.household_id, second.household_id])
    assert named() == {("I5", "Credit", credit.pk) for credit in credits}


def test_a_deleted_transfer_is_named(order, owner):
    transfer = Transfer.objects.filter(target__kind="shipping_earmarked").first()
    owner.execute("DELETE FROM impact_transfer WHERE id = %s", [transfer.pk])
    assert {noun for _, noun, _ in named()} >= {"Order", "Shipment"}


def test_a_changed_share_is_named_with_its_lot(order, owner):
    lot = order.lines.get().lots.get().lot_id
    owner.execute(
        "UPDATE impact_lotshare SET grams = grams + 1000 WHERE id = (SELECT min(id) FROM impact_lotshare)"
    )
    assert ("I5", "Lot", lot) in named()


def test_a_changed_standing_is_named(order, owner):
    entry = Standing.objects.get()
    owner.execute("UPDATE impact_standing SET net_minor = net_minor + 1")
    assert named() == {("I6", "Standing", entry.pk)}


def test_a_changed_support_is_named_with_its_standing(order, owner):
    support = Support.objects.filter(amount_minor__gt=0).first()
    owner.execute("UPDATE impact_support SET amount_minor = amount_minor + 1 WHERE id = %s", [support.pk])
    day = StandingDay.objects.get(entry=support.entry_id)
    assert named() == {
        ("I6", "Support", support.pk),
        ("I6", "Standing", support.entry_id),
        ("I6", "StandingDay", day.pk),
    }


def test_a_support_that_was_taken_out_leaves_a_gap_in_the_numbers(order, owner):
    support = Support.objects.order_by("pk").first()
    owner.execute("DELETE FROM impact_supportnumber WHERE support_id = %s", [support.pk])
    owner.execute("DELETE FROM impact_support WHERE id = %s", [support.pk])
    assert ("I6", "SupportNumber", 2) in named()


def test_a_payment_that_the_ledger_does_not_know_is_named(order, owner):
    owner.execute(
        "UPDATE orders_payment SET received_minor = received_minor + 1 WHERE order_id = %s", [order.pk]
    )
    assert ("I4", "Order", order.pk) in named()


def test_a_transaction_given_to_another_order_is_named(order, owner):
    owner.execute(
        "UPDATE impact_ledgertransaction SET order_uid = gen_random_uuid() WHERE key = %s",
        [f"paid:{order.uid}"],
    )
    assert ("I5", "Order", order.pk) in named()


def test_the_command_names_the_row_and_fails(order, owner):
    owner.execute("UPDATE impact_standing SET people = people + 1")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", stdout=out)
    assert ended.value.code == 1
    assert f"I6 Standing {Standing.objects.get().pk}: says" in out.getvalue()
