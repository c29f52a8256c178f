"""The whole demo, loaded once in one transaction: either it is there, or nothing of it."""

import random
import sys
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Region
from catalog import search
from catalog.models import Team
from core import clock
from core.models import Delivery
from impact.actions import contest, standings
from impact.models import Edition, Round
from shop.demo import groups, sales, shelves
from shop.demo.people import gather
from shop.demo.shelves import Stall

SIZES = {"small": 1_500}
SLUG = "demo-2"
ROUND = timedelta(days=123)  # 1 May to 1 September
SETTLES = timedelta(days=7)


class Bar:
    """Progress on one line of a terminal, or a line a step elsewhere."""

    def __init__(self) -> None:
        self.goals: dict[str, int] = {}
        self.told = ""

    def begin(self, name: str, goal: int, words: str) -> None:
        self.goals[name] = goal
        self.words = words
        self(name, 0)

    def __call__(self, name: str, done: int) -> None:
        goal = self.goals[name]
        filled = 24 * done // goal if goal else 24
        line = f"  {self.words:<28} [{'█' * filled}{'·' * (24 - filled)}] {done:,}/{goal:,}"
        if sys.stdout.isatty():
            print("\r" + line, end="\n" if done >= goal else "", flush=True)
        elif done >= goal:
            print(line, flush=True)


def is_loaded() -> bool:
    return Edition.objects.filter(slug=SLUG).exists()


def load(size: str, seed: int = 20260501) -> None:
    """Everything; what the provider must know is told to it afterwards (`tell_provider`)."""
    rng, bar = random.Random(seed), Bar()
    count = SIZES[size]
    with transaction.atomic():
        cast = gather([row["team_no"] for row in shelves.rows()], rng)
        bar.begin("teams", 72, "团队与商品 / teams")
        stalls = shelves.set_up(cast, rng, bar)
        _open_contest()
        bar.begin("orders", count, "订单 / orders")
        sales.sell(sales.plans(cast, stalls, count, rng), rng, bar)
        _settle(cast, stalls, rng, bar)
        search.home().rebuild()
        # Nobody is written to about what is made up; the standings are folded below.
        Delivery.objects.filter(done_at=None).update(done_at=timezone.now())
    standings.fold()


def _settle(cast, stalls: list[Stall], rng: random.Random, bar: Bar) -> None:
    bar.begin("rest", 5, "发货、退款、团购 / parcels")
    sales.send(rng)
    bar("rest", 1)
    sales.give_back(0.12, rng)
    bar("rest", 2)
    groups.gather(cast, stalls, rng)
    bar("rest", 3)
    sales.write_reviews(rng)
    bar("rest", 4)
    shelves.close_past(stalls, cast.operator)
    bar("rest", 5)


def _open_contest() -> None:
    edition = contest.open_edition(
        SLUG, 2, ("示例消费帮扶大赛 第二届", "Demo Consumption Assistance Contest, 2nd edition"),
        ("消费有善意，账目看得见", "Good purchases, open accounts"),
    )  # fmt: skip
    opens = clock.now() - sales.OPENED - timedelta(days=1)
    round_ = contest.open_round(
        edition,
        Round.Level.PROVINCIAL,
        Region.objects.get(code="420000"),
        opens,
        opens + ROUND,
        opens + ROUND + SETTLES,
    )
    contest.enter(round_, list(Team.objects.order_by("code")))


def keep_open() -> bool:
    """The demo's round is open today, whatever the date: if it is over by the trade's clock, that is set back."""
    round_ = Round.objects.filter(edition__slug=SLUG, level=Round.Level.PROVINCIAL).first()
    if round_ is None or round_.phase(clock.now()) == Round.Phase.OPEN:
        return False
    clock.stand_at(round_.opens_at + sales.OPENED + timedelta(days=1))
    return True


def tell_provider() -> int:
    """Make the demo's payments known to the stand-in, so that they can be given back."""
    from shop.dev.stripe.control import Control

    if settings.STRIPE_API_BASE == "https://api.stripe.com":
        return 0
    told = sales.known_elsewhere()
    Control(settings.STRIPE_API_BASE).import_payments(told)
    return len(told)
