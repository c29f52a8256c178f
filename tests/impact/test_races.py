"""Many pay and are repaid at the same moment on the same lots: nobody deadlocks, every fen is in its place."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.db.models import Q

from impact.actions import standings
from impact.models import LotTally, Transfer
from impact.verify import verify
from tests.impact import world

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(deeds) -> None:
    """Run these deeds, each on a connection of its own, from the same moment on."""
    start, failures = Barrier(len(deeds)), []

    def run(deed) -> None:
        try:
            start.wait()
            deed()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_payments_and_refunds_cross_on_the_same_lots():
    lots = [world.a_lot((5, 3, 1)), world.a_lot((1, 1, 1, 1, 1, 1, 1)), world.a_lot((2, 9))]
    teams = [lot.variant.product.team for lot in lots]
    world.a_round(*teams)
    paid = [world.an_order(*((lot, 1) for lot in lots)) for _ in range(6)]
    for order in paid:
        world.pay(order)
    waiting = [world.an_order(*((lot, 2) for lot in order)) for order in (lots, lots[::-1]) for _ in range(6)]
    at_once(
        [
            *(lambda o=o: world.pay(o) for o in waiting),
            *(lambda o=o: world.refund(o, *((line, 1000) for line in o.lines.all())) for o in paid),
            standings.fold,
            standings.fold,
        ]
    )
    standings.fold()
    assert list(verify()) == []
    # 6 first sales, 12 of the race and 6 refunds: each took the lot's next number.
    assert list(LotTally.objects.values_list("number", flat=True)) == [24, 24, 24]
    shared = Transfer.objects.filter(
        Q(target__lot=lots[0]) | Q(source__lot=lots[0]), lot_number__isnull=False
    )
    assert sorted(shared.values_list("lot_number", flat=True)) == list(range(1, 25))
    assert [world.standing(team).net_minor for team in teams] == [6 * 3690 + 12 * 7380 - 6 * 1000] * 3


def test_the_first_sales_of_a_team_may_come_together():
    """All of them open the same accounts."""
    lot = world.a_lot((1, 2))
    orders = [world.an_order((lot, 1)) for _ in range(8)]
    at_once([lambda o=o: world.pay(o) for o in orders])
    assert list(verify()) == []
