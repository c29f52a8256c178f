"""Stars tell what the reviews that are shown give, and nothing else: no purchase, no refund, no household, no hidden word."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog import search
from catalog.models import Product, SearchEntry
from core.api.ids import global_id
from orders.actions import review as reviews
from orders.models import Review, Shipment
from tests.catalog.world import a_person, a_product, a_team, a_variant, an_operator
from tests.figures import a_seed, figure, full
from tests.guard.solver import stars as solver
from tests.impact import world
from tests.orders.world import Buyer

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

DAYS, SHELF = full(30, 4), full(12, 4)


class Market:
    """Some products, and people who buy them, write of them, and are not always shown."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.operator = an_operator()
        team = a_team()
        began = timezone.now() - timedelta(days=90)
        self.lots, self.bought = {}, []
        for n in range(SHELF):
            product = a_product(team, slug=f"goods-{n}")
            self.lots[product.slug] = world.a_lot((600, 400), variant=a_variant(product), units=9_000)
            Product.objects.filter(pk=product.pk).update(published_at=began + timedelta(hours=n))
        search.index(list(Product.objects.values_list("pk", flat=True)))

    def anything(self):
        return self.chance.choice(list(self.lots))

    def buy(self, slug):
        """Somebody buys two units, and they have come."""
        buyer = a_person(nickname=f"buyer {len(self.bought)}")
        order = world.an_order((self.lots[slug], 2), person=buyer)
        world.pay(order)
        order.shipments.update(state=Shipment.State.DELIVERED, delivered_at=timezone.now())
        self.bought.append(order)
        return order

    def write(self, slug, stars):
        order = self.buy(slug)
        line = order.lines.get()
        told = {"number": order.number, "lineId": global_id("Line", line.uid), "stars": stars}
        Buyer(order.person).done("reviewWrite", "review { stars }", **told, words="示例")
        return Review.objects.get(line=line)

    def hide(self, review):
        reviews.hide(review, self.operator)

    def secrets(self):
        """What happens on a day and is nobody's to see: purchases, refunds, another harvest by other families, and a word
        that is out of sight before anybody looks."""
        for _ in range(self.chance.randint(1, 3)):
            self.buy(self.anything())
        order = self.chance.choice(self.bought)
        line = order.lines.get()
        if not line.refunded_minor:
            world.settle(world.refund(order, (line, line.net_minor)))
        world.a_lot((1000,), variant=self.lots[self.anything()].variant, units=100)
        self.hide(self.write(self.anything(), self.chance.choice((1, 5))))

    def words(self):
        """What happens and is shown: somebody writes, or what was shown is taken out of sight; of which product."""
        shown = list(Review.objects.filter(is_hidden=False).select_related("product"))
        if len(shown) > 3 and self.chance.random() < 0.3:
            review = self.chance.choice(shown)
            self.hide(review)
            return review.product.slug
        return self.write(self.anything(), self.chance.randint(1, 5)).product.slug


def test_a_month_of_looking_finds_only_the_reviews_that_are_shown(deeds_of_their_own):
    seed = a_seed()
    market = Market(seed)
    before, moves = solver.look(), 0
    for _ in range(DAYS):
        market.secrets()
        assert solver.look() == before, "nothing of it is told"
        touched = {market.words() for _ in range(market.chance.randint(1, 3))}
        now = solver.look()
        assert [*solver.by_sums(now), *solver.by_order(now)] == []
        assert solver.moved(before, now) <= touched
        assert all(
            (now.of[slug].reviews == before.of[slug].reviews) == (now.of[slug] == before.of[slug])
            for slug in touched
        )
        moves += len(solver.moved(before, now))
        before = now
    hidden = Review.objects.filter(is_hidden=True).count()
    assert moves >= DAYS and hidden >= DAYS
    figure(
        "leaks/stars",
        f"{DAYS} days, {SHELF} products, {len(market.bought)} purchases, {hidden} reviews hidden: 0 told",
        seed,
    )


def test_sums_over_what_is_hidden_are_found(deeds_of_their_own, monkeypatch):
    monkeypatch.setattr(reviews, "shown", Review.objects.all)
    market = Market(a_seed())
    wanted = set()
    for n, slug in enumerate(market.lots):
        market.write(slug, 4)
        for stars in (1, 2)[: n % 3]:
            market.hide(market.write(slug, stars))
        if hidden := n % 3:
            wanted |= {
                (where, slug, hidden, (0, 1, 3)[hidden]) for where in ("products", "search", "product")
            }
    assert set(solver.by_sums(solver.look())) == wanted and wanted


def test_an_order_by_what_is_hidden_is_found(deeds_of_their_own):
    market = Market(a_seed())
    better, worse = list(market.lots)[:2]
    market.write(better, 4)
    market.write(worse, 3)
    market.hide(market.write(worse, 5))
    assert [*solver.by_order(solver.look())] == []
    SearchEntry.objects.filter(product__slug=worse).update(rating_tenths=41)
    assert {product for where, product in solver.by_order(solver.look()) if where != "products"} == {worse}
