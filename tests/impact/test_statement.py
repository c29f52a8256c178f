"""A team's months are the ledger to the fen, and a refund stands in the month in which it was asked for."""

from collections import Counter
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from core.clock import SHANGHAI
from impact.actions import statement
from impact.models import Account, Kind, StatementBalance, StatementMonth, StatementWaiting, Transfer
from impact.models.kind import EARMARKED, OWED
from impact.reads.desk import money_of
from impact.reads.statement import Sums, months_beside, months_of, statement_of
from impact.verify import verify
from tests.catalog import world as shelves
from tests.database import plan_on
from tests.impact import world

pytestmark = pytest.mark.django_db

SUMS = ("sold_minor", "refunded_minor", "replaced_minor", "set_aside_minor", "owed_minor")


def month_of(moment):
    return moment.astimezone(SHANGHAI).date().replace(day=1)


def sums(**of):
    """(sold, refunded, replaced, set aside, owed) of these rows."""
    found = StatementMonth.objects.filter(**of).aggregate(*(Sum(name) for name in SUMS))
    return tuple(found[f"{name}__sum"] or 0 for name in SUMS)


def standing(team):
    """(set aside, owed) of a team by its accounts, transfer by transfer."""
    stands = Counter()
    for account in Account.objects.filter(team=team).exclude(kind=Kind.TEAM_RESERVE):
        for end, sign in (("target", 1), ("source", -1)):
            moved = Transfer.objects.filter(**{end: account}).aggregate(n=Sum("amount_minor"))["n"] or 0
            stands[account.kind] += sign * moved
    return sum(stands[kind] for kind in EARMARKED), sum(stands[kind] for kind in OWED)


def balance(team):
    kept = StatementBalance.objects.filter(team=team).aggregate(a=Sum("set_aside_minor"), b=Sum("owed_minor"))
    return kept["a"], kept["b"]


@pytest.fixture
def lot():
    return world.a_lot()


def test_what_is_sold_sent_refunded_and_owed_stands_by_part_product_channel_and_supporter(lot):
    team = lot.variant.product.team
    tea = world.a_lot((), variant=shelves.a_variant(shelves.a_product(team), price_minor=5000))
    alone = world.an_order((lot, 2), (tea, 1), shipping=800, channel="shop", supporter="person")
    world.pay(alone)
    held = world.an_order((lot, 1), group=world.a_group(lot), channel="group", supporter="union")
    world.pay(held, held=True)
    statement.fold()
    assert sums(channel="group") == (0, 0, 0, 0, 0), "what is held is nobody's yet"
    world.confirm(held)
    before = world.an_order((lot, 1))
    world.pay(before)
    world.refund(alone, (alone.lines.get(variant=tea.variant), 5000), (alone.shipments.get(), 800))
    world.complete(before.shipments.get())
    assert statement.fold() == 4 and statement.fold() == 0
    orange = {"product": lot.variant.product}
    price = lot.variant.price_minor
    assert sums() == (4 * price + 5800, 5800, 0, 3 * price, price)
    assert sums(**orange) == (4 * price, 0, 0, 3 * price, price)
    assert sums(product=tea.variant.product) == (5000, 5000, 0, 0, 0)
    assert sums(part="shipping") == sums(product=None) == (800, 800, 0, 0, 0)
    assert sums(channel="shop") == (2 * price + 5800, 5800, 0, 2 * price, 0)
    assert sums(channel="group", supporter="union") == (price, 0, 0, price, 0)
    assert sums(channel="", supporter="") == (price, 0, 0, 0, price)
    share = lot.variant.story.household_bps
    assert sums(part="households", **orange)[0] == 2 * (price * share // 10_000) + 2 * price * share // 10_000
    assert balance(team) == standing(team) == (3 * price, price)
    told = money_of(team)
    assert (sum(told[::2]), sum(told[1::2])) == (3 * price, price)
    statement_now = statement_of(team)
    assert statement_now.total == Sums(4 * price + 5800, 5800, 0, 3 * price, price)
    for split in (
        statement_now.parts,
        statement_now.products,
        statement_now.channels,
        statement_now.supporters,
    ):
        assert sum((row.sums for row in split()), Sums()) == statement_now.total
    assert [row.key for row in statement_now.channels()] == ["shop", "group", ""]
    assert statement_now.products()[-1].key == "", "sending is for no product"
    assert list(verify()) == []


def test_a_refund_of_a_later_month_stands_in_that_month(lot, monkeypatch):
    begun = timezone.now()
    then = begun.astimezone(SHANGHAI).replace(day=1, hour=0, minute=30) - timedelta(hours=1)
    order = world.an_order((lot, 2), channel="shop", supporter="person")
    with monkeypatch.context() as earlier:
        earlier.setattr("django.utils.timezone.now", lambda: then)
        world.pay(order)
    statement.fold()
    sold = StatementMonth.objects.values_list("month", flat=True).distinct().get()
    assert sold == month_of(then) != month_of(begun), "half an hour before midnight in Shanghai"
    world.refund(order, (order.lines.get(), 1000))
    team = lot.variant.product.team
    waiting = statement_of(team), statement_of(team, sold), months_beside(statement_of(team))
    statement.fold()
    assert waiting == (statement_of(team), statement_of(team, sold), months_beside(statement_of(team)))
    assert statement_of(team, sold).total == Sums(order.total_minor, 0, 0, order.total_minor, 0)
    assert statement_of(team).total == Sums(0, 1000, 0, order.total_minor - 1000, 0)
    assert months_of(team) == [month_of(begun), sold] == [one.begins for one in waiting[2]][::-1]
    assert sums(month=sold) == (order.total_minor, 0, 0, order.total_minor, 0)
    assert sums(month=month_of(begun)) == (0, 1000, 0, -1000, 0)
    assert list(verify()) == []


@pytest.mark.parametrize(
    "changed, noun",
    [
        ("UPDATE impact_statementmonth SET sold_minor = sold_minor + 1, owed_minor = owed_minor + 1", "StatementMonth"),
        ("UPDATE impact_statementmonth SET month = month - 31", "StatementMonth"),
        ("DELETE FROM impact_statementmonth", "StatementMonth"),
        ("UPDATE impact_statementbalance SET owed_minor = owed_minor + 1", "StatementBalance"),
        ("UPDATE impact_statementbalance SET channel = 'group'", "StatementBalance"),
    ],
)  # fmt: skip
def test_a_month_that_differs_from_the_ledger_is_named(lot, changed, noun):
    world.pay(world.an_order((lot, 2), shipping=800, channel="shop", supporter="person"))
    statement.fold()
    assert list(verify()) == []
    with connection.cursor() as cursor:
        cursor.execute(changed)
    assert {(offence.rule, offence.noun) for offence in verify()} == {("I4", noun)}


def test_what_is_posted_and_never_folded_is_named(lot):
    world.pay(world.an_order((lot, 1)))
    assert list(verify()) == []
    StatementWaiting.objects.update(since=timezone.now() - timedelta(minutes=6))
    assert [(one.noun, one.waits) for one in verify()] == [("LedgerTransaction", True)]
    StatementWaiting.objects.all().delete()
    assert {one.noun for one in verify()} == {"StatementMonth", "StatementBalance"}


# The ledger's transfers again, each as a transaction of its own, three thousand times.
A_LONG_PAST = """
    INSERT INTO impact_ledgertransaction (id, reason, key, order_uid, at)
    SELECT -row_number() OVER (), t.reason, n || '/' || m.id, t.order_uid, t.at
    FROM impact_transfer m JOIN impact_ledgertransaction t ON t.id = m.transaction_id, generate_series(1, 3000) AS n;
    INSERT INTO impact_transfer (transaction_id, source_id, target_id, amount_minor)
    SELECT -row_number() OVER (), source_id, target_id, amount_minor FROM impact_transfer, generate_series(1, 3000)
"""


@pytest.mark.django_db(transaction=True)
def test_what_is_new_is_looked_up_and_the_ledger_is_not_read_from_its_beginning(lot):
    world.pay(world.an_order((lot, 1)))
    plan = plan_on(A_LONG_PAST, statement._FOLD)
    assert "Seq Scan on impact_transfer" not in plan, plan
    assert "Seq Scan on impact_ledgertransaction" not in plan, plan


@pytest.mark.django_db(transaction=True)
def test_nobody_who_pays_waits_for_a_statement_that_is_being_folded(lot):
    world.pay(world.an_order((lot, 1)))
    orders = [world.an_order((lot, 1)) for _ in range(2)]
    failed = []

    def pay():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            world.pay(orders[0])
        except Exception as failure:
            failed.append(failure)
        finally:
            connection.close()

    with transaction.atomic():
        assert statement.fold() == 1
        buyer = Thread(target=pay)
        buyer.start()
        buyer.join()
        assert failed == []
    world.pay(orders[1])
    assert statement.fold() == 2
    assert balance(lot.variant.product.team) == (3 * lot.variant.price_minor, 0)
    assert list(verify()) == []
