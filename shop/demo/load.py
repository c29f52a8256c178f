"""The whole demo: what it stands on in one transaction, then its purchases a few hundred at a time, and last the
word that it is there. A load that was killed goes on where it stopped: what was sold tells how far it had come.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions.shop import change
from accounts.shop import this_shop
from catalog import search
from catalog.models import Team
from contest.actions.plan import open_again
from core import clock
from core.models import OutboxEvent
from core.outbox import record
from impact.actions import disclosure
from impact.models import Edition, Round
from orders.actions import opening
from orders.provider import provider
from orders.provider.port import Noun
from shop.demo import (
    committee,
    finish,
    first_edition,
    groups,
    incidents,
    officials,
    people,
    sales,
    second_edition,
    shelves,
    stand_in,
    statements,
    talk,
    watch,
    weighing,
)
from shop.demo.second_edition import SLUG
from shop.demo.together import Lane, Trade, deal, tell_nobody, trade_all
from shop.events import DemoBegun, DemoLoaded
from shop.progress import Bar

SIZES = {"small": 1_500, "medium": 12_000, "full": 64_000}
SEED = 20260501
TOLD_OUTSIDE = ("HB02", "HB06", "HB20", "HB22", "HB45", "HB52")  # teams that sell on an outside platform too
TOLD_AT_ONCE = 4_000  # payments and refunds, to the stand-in


def begun() -> DemoBegun | None:
    """What the demo that is here was to be; None where none was begun."""
    event = OutboxEvent.objects.filter(name="DemoBegun").order_by("pk").first()
    if event is None:
        return None
    return DemoBegun(**event.payload | {"at": datetime.fromisoformat(event.payload["at"])})


def is_loaded() -> bool:
    """Whether all of a demo is here; one that said nothing of its beginning came in one piece."""
    if begun() is None:
        return Edition.objects.filter(slug=SLUG).exists()
    return OutboxEvent.objects.filter(name="DemoLoaded").exists()


def load(orders: int, seed: int = SEED) -> None:
    """All of it, or what is missing of it; the provider is told afterwards (`tell_provider`)."""
    plan = begun() or _begin(DemoBegun(orders, seed, timezone.now()))
    _open_shop()
    cast, stalls = people.cast([row["team_no"] for row in shelves.rows()]), shelves.stalls()
    rng = random.Random(plan.seed + 1)
    lanes = deal(sales.slots(stalls, plan.orders, plan.at, rng), plan.seed)
    trade_all(
        Trade(cast, sales.homes(rng), plan.at), lanes, Bar("订单 / orders", plan.orders, done=_sold(lanes))
    )
    _end(plan, cast, stalls)


@transaction.atomic
def _begin(plan: DemoBegun) -> DemoBegun:
    rng = random.Random(plan.seed)
    codes = [row["team_no"] for row in shelves.rows()]
    # A buyer of a small demo buys three times, of any other too.
    people.gather(codes, max(420, int(plan.orders * 0.28)), rng)
    shelves.set_up(
        people.cast(codes), max(1.0, plan.orders / 6_000), rng, Bar("团队与商品 / teams", len(codes))
    )
    _open_contest(people.cast(codes))
    record(plan)
    tell_nobody()
    return plan


def _open_shop() -> None:
    """The demo's shop has a name and sells; whoever starts it needs no link."""
    if this_shop().opened_at is None:
        change(None, name_zh="禾束", name_en="Sheaf", entity="示例经营主体")
        opening.open_shop(None)


def _sold(lanes: list[Lane]) -> int:
    return sum(len(batch.slots) for lane in lanes for batch in lane if batch.is_sold())


@transaction.atomic
def _end(plan: DemoBegun, cast: people.Cast, stalls: list[shelves.Stall]) -> None:
    bar, rng = Bar("团购、货架、大赛 / contest", 7), random.Random(plan.seed + 2)
    steps: list[Callable[[], object]] = [
        lambda: groups.gather(cast, stalls, rng),
        lambda: _play_contest(cast, stalls),
        lambda: shelves.close_past(cast.operator),
        lambda: weighing.ask(cast),
        lambda: incidents.one_that_is_over(cast.operator),
        lambda: search.home().rebuild(),
        disclosure.disclose,
    ]
    for n, step in enumerate(steps, start=1):
        step()
        if n == len(steps):
            record(DemoLoaded(plan.orders))
            tell_nobody()
        bar(n)


def _open_contest(cast: people.Cast) -> None:
    divisions = Team.objects.order_by("division_id").values_list("division_id", flat=True).distinct()
    they = officials.gather(cast, list(divisions))
    now = clock.now()
    first_edition.play(they, now)
    opens = now - sales.OPENED - timedelta(days=1)
    second_edition.prepare(they, cast, opens, Bar("报名 / registrations", len(cast.managers)))


def _play_contest(cast: people.Cast, stalls: list[shelves.Stall]) -> None:
    """What happens in the round until now, beside its sales."""
    they, round_ = officials.officials(cast), finish.the_round()
    assert round_ is not None
    by_code = {stall.row["team_no"]: stall for stall in stalls}
    talk.of_edition(they, cast, round_.edition)
    talk.of_entries(cast, round_)
    committee.seat(they, round_, by_code)
    told_outside = (
        round_.entries.filter(number__in=TOLD_OUTSIDE).select_related("round", "team").order_by("number")
    )
    statements.load(round_, list(told_outside), they.importer, they.approver)
    watch.plant(they, round_, by_code)


def keep_open() -> bool:
    """The demo's round is open today, whatever the date: if it is over by the trade's clock, that is set back. Once its
    result is out it stays over."""
    round_ = finish.the_round()
    if round_ is None or round_.phase(clock.now()) == Round.Phase.OPEN or finish.is_finished():
        return False
    clock.stand_at(round_.opens_at + sales.OPENED + timedelta(days=1))
    open_again(round_)
    disclosure.disclose()  # what was final moves again
    return True


def tell_provider() -> None:
    """Make the demo's payments known to the stand-in, so that they can be given back."""
    if settings.STRIPE_API_BASE == "https://api.stripe.com":
        return
    # They are told in their order, each part whole or not at all: who knows the last knows all.
    last = stand_in.PAYMENTS.last()
    if last is None or provider("stripe").look(Noun.PAYMENT, last.payment_ref):
        return
    goal = stand_in.PAYMENTS.count() + stand_in.REFUNDS.count()
    bar, told = Bar("支付替身 / payments", goal), 0
    for rows in stand_in.known_elsewhere(TOLD_AT_ONCE):
        stand_in.import_payments(settings.STRIPE_API_BASE, rows)
        told += len(rows)
        bar(told)
