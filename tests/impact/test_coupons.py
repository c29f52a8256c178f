"""Who pays for a coupon: the shop its own, so that households have their part of the full price; a team its own, with
them. And what is refunded goes back to whoever had paid it, in whatever steps, to the fen."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import rates
from core.deliveries import drain
from core.money import split
from impact import verify as impact_verify
from impact.reads.coupon_effect import effects
from impact.reads.set_aside import set_aside
from impact.story import paid_of, with_subsidy
from orders import verify as orders_verify
from orders.actions.coupon import Terms
from orders.models import Coupon, Line
from orders.reads.coupon import Goods, apportioned
from tests.catalog.world import a_product, a_team, a_variant
from tests.impact import world
from tests.orders.coupons import Saver, a_coupon, line_id, pay
from tests.orders.world import key, row


@pytest.fixture
def no_rates(monkeypatch) -> None:
    """The limits of rate would refuse what one address asks here."""
    for allow in ("allow", "allow_each", "allow_roughly"):
        monkeypatch.setattr(rates, allow, lambda *_, **__: True)


def at_rest() -> None:
    drain()
    offences = [*orders_verify.verify(), *impact_verify.verify()]
    assert offences == [], offences


def named_offences() -> set[str]:
    return {f"{one.rule} {one.noun}" for one in (*orders_verify.verify(), *impact_verify.verify())}


def stands(order: Any) -> dict[str, int]:
    """Where its money stands: parts added up to what was set aside for households and for all others."""
    found = world.balances(order)
    households = found.pop("earmarked", 0)
    others = sum(found.pop(kind, 0) for kind in ("part_earmarked", "shipping_earmarked"))
    return {"households": households, "others": others, **found}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_rates")
class TestWhoPays:
    def bought(self, till, a_stand, *, by_shop: bool, quantity: int = 3):
        lot = world.a_lot()
        team = lot.variant.product.team
        world.a_round(team)
        a_coupon(None if by_shop else team, code="SHARED", percent=10)
        buyer = Saver()
        order = buyer.buy(lot, "SHARED", quantity=quantity)
        pay(buyer, order, till, a_stand)
        drain()
        return SimpleNamespace(
            lot=lot, team=team, buyer=buyer, order=order, row=row(order), line=row(order).lines.get()
        )

    def refund(self, bought, units: int) -> int:
        lines = [{"lineId": line_id(bought.line), "units": units}]
        operator = Saver(world.shelves.an_operator())
        answer = operator.done(
            "refundRequest",
            "refund { amount { minor } }",
            number=bought.order["number"],
            lines=lines,
            idempotencyKey=key(),
        )
        drain()
        return answer["refund"]["amount"]["minor"]

    def test_the_shops_coupon_leaves_the_households_their_part_of_the_full_price(self, till, a_stand):
        bought = self.bought(till, a_stand, by_shop=True)
        price = 3 * bought.line.unit_price_minor
        off = price * 10 // 100
        assert (bought.line.net_minor, bought.line.subsidy_minor) == (price - off, off)
        held = stands(bought.row)
        share = bought.line.story.household_bps
        assert held["households"] == price * share // 10_000
        assert held["coupons"] == -off and held["gateway"] == -bought.row.total_minor
        # INV-02: what the buyer paid and what the shop paid in her place are all the parts together.
        assert held["households"] + held["others"] == bought.row.total_minor + off
        assert world.figures(bought.team)[0] == price - off, "the contest counts what the buyer paid"
        told = set_aside(bought.row)
        assert told and (told.coupon_minor, told.reversed_minor) == (off, 0)
        assert told.total_minor == told.paid_minor + off
        at_rest()

    def test_a_teams_coupon_lowers_price_and_parts_alike(self, till, a_stand):
        bought = self.bought(till, a_stand, by_shop=False)
        price = 3 * bought.line.unit_price_minor
        net = price - price * 10 // 100
        assert (bought.line.net_minor, bought.line.discount_minor) == (net, price - net)
        held = stands(bought.row)
        assert held["households"] == net * bought.line.story.household_bps // 10_000 and "coupons" not in held
        assert world.figures(bought.team)[0] == net
        at_rest()

    @pytest.mark.parametrize("by_shop", [True, False])
    def test_refunded_unit_by_unit_all_is_back_where_it_came_from(self, till, a_stand, by_shop):
        bought = self.bought(till, a_stand, by_shop=by_shop)
        self.sent(bought)
        back = []
        for _ in range(3):
            back.append(self.refund(bought, 1))
            at_rest()
        assert sum(back) == bought.line.net_minor and max(back) - min(back) <= 1
        left = stands(row(bought.order))
        assert (left["households"], left.get("coupons", 0)) == (0, 0)
        assert left["others"] == bought.row.shipping_minor and world.figures(bought.team)[0] == 0

    def test_what_the_bank_takes_of_goods_that_were_sent_leaves_the_shops_part_where_it_is(
        self, till, a_stand
    ):
        bought = self.bought(till, a_stand, by_shop=True)
        self.sent(bought)
        before = stands(bought.row)
        world.lose_dispute(bought.row)
        drain()
        after = stands(row(bought.order))
        assert (after["households"], after["coupons"]) == (before["households"], before["coupons"])
        at_rest()

    def test_what_the_bank_takes_of_goods_that_lie_on_the_shelf_again_gives_the_shop_its_part(
        self, till, a_stand
    ):
        bought = self.bought(till, a_stand, by_shop=True)
        world.lose_dispute(bought.row)
        drain()
        after = stands(row(bought.order))
        assert (after["households"], after.get("coupons", 0)) == (0, 0)
        at_rest()

    def sent(self, bought) -> None:
        bought.row.shipments.update(state="shipped", shipped_at=bought.row.paid_at)
        type(bought.row).objects.filter(pk=bought.row.pk).update(state="shipped")

    def test_verify_names_what_does_not_add_up(self, till, a_stand):
        self.bought(till, a_stand, by_shop=True)
        coupon = Coupon.objects.get()
        for table, sets, noun in (
            ("orders_coupon", "uses = uses + 1", "COUPON Coupon"),
            ("orders_coupon", "percent = 12", "COUPON CouponUse"),
            ("orders_couponuse", "amount_minor = amount_minor + 1", "COUPON Order"),
            ("orders_couponuse", "given_back_at = now()", "COUPON CouponUse"),
            ("orders_line", "subsidy_minor = 0, discount_minor = subsidy_minor", "COUPON Line"),
        ):
            assert noun in self.offences_with(f"UPDATE {table} SET {sets}"), sets
        # A fen more from the shop, a fen less from the buyer: the total is what it was, the ledger is not.
        a_fen = "subsidy_minor = subsidy_minor + 1, net_minor = net_minor - 1"
        assert "I5 Line" in self.offences_with(f"UPDATE orders_line SET {a_fen}")
        assert coupon.uses == 1
        at_rest()

    def offences_with(self, statement: str) -> set[str]:
        """What verify names while this is done, which is undone then."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)
            offences = named_offences()
            transaction.set_rollback(True)
        return offences


# --- The arithmetic ----------------------------------------------------------------------------------------

lines_of = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 50_000)), min_size=1, max_size=8)


# A machine that others use too may take long to make up its first values: no fault of the sums.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(lines_of, st.integers(1, 50), st.randoms(use_true_random=False))
def test_apportioned_and_refunded_in_any_order_it_is_exact_to_the_fen(wants, percent, chance):
    coupon = Coupon(percent=percent)
    goods = [Goods(1, 1, units * price) for units, price in wants]
    parts = apportioned(coupon, goods)
    whole = sum(g.minor for g in goods)
    assert sum(parts) in (
        coupon.off(whole),
        min(coupon.off(whole), sum(g.minor for g in goods if g.minor > 1) // 2),
        0,
    )
    lines = [
        Line(quantity=units, unit_price_minor=price, subsidy_minor=part, net_minor=units * price - part)
        for (units, price), part in zip(wants, parts, strict=True)
    ]
    assert all(line.net_minor > 0 for line in lines)
    steps = [line for line in lines for _ in range(line.quantity)]
    chance.shuffle(steps)
    bought = sum(line.net_minor for line in lines)
    by_buyer = by_shop = 0
    for line in steps:
        amount = line.paid_for(1)
        left = line.net_minor - line.refunded_minor
        stood = with_subsidy(line, left)
        assert paid_of(line, stood) == left
        then = with_subsidy(line, left - amount)
        by_buyer += amount
        by_shop += stood - then - amount
        line.refunded_units += 1
        line.refunded_minor += amount
    assert (by_buyer, by_shop) == (bought, sum(parts))


@UNHURRIED
@given(st.integers(1, 10**7), st.integers(0, 10**7), st.lists(st.integers(0, 10**6), max_size=12))
def test_what_the_buyer_paid_is_told_exactly_from_what_is_shared(net, subsidy, amounts):
    line = Line(quantity=1, unit_price_minor=net + subsidy, net_minor=net, subsidy_minor=min(subsidy, net))
    left = net
    for amount in (*amounts, net):
        left -= min(amount, left)
        assert paid_of(line, with_subsidy(line, left)) == left
    assert with_subsidy(line, left) == 0


def test_a_coupon_is_apportioned_by_the_largest_remainder():
    coupon = Coupon(amount_minor=1000, least_minor=2000)
    goods = [Goods(1, 1, 1999), Goods(2, 1, 1000), Goods(1, 2, 1), Goods(1, 1, 1)]
    assert apportioned(coupon, goods) == (*split(1000, [1999, 1000]), 0, 0)


@pytest.mark.django_db
def test_a_team_sees_before_it_makes_one_what_it_leaves_the_households():
    team = a_team()
    variant = a_variant(a_product(team), price_minor=100_00)
    (effect,) = effects(team, Terms(percent=10))
    bps = variant.story.household_bps
    assert effect.price_minor == (100_00, 90_00)
    assert effect.households_minor == (bps, bps * 9 // 10)
    assert effect.team_minor[1] < effect.team_minor[0]
    (at_most,) = effects(team, Terms(amount_minor=2500, least_minor=100_00))
    assert at_most.price_minor == (100_00, 75_00)
