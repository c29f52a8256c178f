"""What a purchase moves on the board: by exactly its net, once, inside the round's window."""

import random
from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connection, transaction

from catalog.models import TeamMember
from contest.reads import board
from core import clock
from impact.actions import standings
from impact.models import Round, Standing, Support, SupportNumber
from impact.reads import figures
from impact.verify import rows
from impact.verify.contest import verify
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db


def test_a_purchase_moves_its_team_by_exactly_the_lines_net(lot, team):
    world.pay(world.an_order((lot, 2), person=shelves.a_person(), shipping=900))
    assert world.figures(team) == (7380, 1, 1, 0, 0, 0)


def test_each_team_of_an_order_is_moved_by_its_own_lines(lot, team):
    other = world.a_lot()
    world.pay(world.an_order((lot, 2), (other, 1)))
    assert world.figures(team)[0] == 7380
    assert not Standing.objects.filter(entry__team=other.variant.product.team).exists()


def test_three_orders_of_a_person_on_a_day_are_one_person_time(lot, team):
    buyer = shelves.a_person()
    for _ in range(3):
        world.pay(world.an_order((lot, 1), person=buyer))
    assert world.figures(team) == (11070, 1, 1, 0, 0, 0)


def test_a_person_counts_on_five_days_at_most(lot, team):
    buyer = shelves.a_person()
    for days in range(8):
        world.pay(world.an_order((lot, 1), person=buyer, traded_at=clock.now() - timedelta(days=days)))
    assert world.figures(team)[:3] == (8 * 3690, 5, 1)


def test_an_order_under_a_team_members_address_moves_the_board_like_any_other(lot, team):
    manager = shelves.a_person()
    TeamMember.objects.create(team=team, person=manager)
    hers, anybodys = world.an_order((lot, 1), email=manager.email), world.an_order((lot, 1))
    moved = []
    for order in (hers, anybodys):
        before = world.figures(team)
        world.pay(order)
        moved.append([b - a for a, b in zip(before, world.figures(team), strict=True)])
    assert moved[0] == moved[1] == [3690, 0, 0, 0, 0, 0]
    # A stranger with an account who types her address is no member either.
    world.pay(world.an_order((lot, 1), person=shelves.a_person(), email=manager.email))
    assert world.figures(team) == (11070, 1, 1, 0, 0, 0)
    world.prove(hers)  # which nobody but she can
    assert world.figures(team) == (7380, 1, 1, 0, 0, 3690)
    assert list(verify()) == []


def test_the_day_is_shanghais(lot, team):
    buyer = shelves.a_person()
    day = clock.now() - timedelta(days=3)
    for hour, minute in ((0, 1), (23, 59)):
        at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.SHANGHAI)
        world.pay(world.an_order((lot, 1), person=buyer, traded_at=at))
    assert world.figures(team)[:3] == (7380, 1, 1)


def test_a_teams_own_people_are_shown_beside_and_not_counted(lot, team):
    manager = shelves.a_person()
    TeamMember.objects.create(team=team, person=manager)
    world.pay(world.an_order((lot, 1), person=manager))
    world.prove(order := world.an_order((lot, 1), email=manager.email))
    world.pay(order)
    assert world.figures(team) == (0, 0, 0, 0, 0, 7380)


def test_who_has_left_the_team_counts_again(lot, team):
    manager = shelves.a_person()
    TeamMember.objects.create(team=team, person=manager, ended_at=clock.now())
    world.pay(world.an_order((lot, 1), person=manager))
    assert world.figures(team) == (3690, 1, 1, 0, 0, 0)


def test_an_organisation_mobilises_and_an_unverified_one_does_not(lot, team):
    union, unknown = world.an_organisation(), world.an_organisation(state="proposed")
    world.pay(world.an_order((lot, 14), mobiliser_organisation=union))
    world.pay(world.an_order((lot, 14), mobiliser_organisation=unknown))
    world.pay(world.an_order((lot, 14), organisation=unknown))
    assert world.figures(team)[3:] == (1, 14 * 3690, 0)


def test_an_organisation_counts_from_500_yuan_on(team):
    lot = world.a_lot(variant=shelves.a_variant(shelves.a_product(team=team), price_minor=1))
    union = world.an_organisation()
    first = world.an_order((lot, 300), organisation=union)
    world.pay(first)
    world.pay(world.an_order((lot, 49_699), mobiliser_organisation=union))
    assert world.figures(team)[3] == 0
    world.pay(world.an_order((lot, 1), organisation=union, mobiliser_organisation=union))
    assert world.figures(team)[3] == 1
    world.refund(first, (first.lines.get(), 1))
    assert world.figures(team)[3] == 0


def test_a_purchase_has_one_mobiliser_and_one_organisation_is_counted_once(lot, team):
    union, friend = world.an_organisation(), shelves.a_person()
    world.pay(world.an_order((lot, 10), organisation=union, mobiliser_person=friend))
    world.pay(world.an_order((lot, 20), mobiliser_organisation=union, mobiliser_person=friend))
    assert world.figures(team)[3:] == (1, 110700, 0)
    last = Support.objects.latest("pk")
    assert (last.mobiliser_organisation, last.mobiliser_person_id) == (union, None)


def test_nobody_mobilises_herself_and_the_team_mobilises_nobody(lot, team):
    buyer, manager, union = shelves.a_person(), shelves.a_person(), world.an_organisation()
    TeamMember.objects.create(team=team, person=manager)
    world.pay(world.an_order((lot, 1), person=buyer, mobiliser_person=buyer))
    world.pay(world.an_order((lot, 1), person=buyer, mobiliser_person=manager))
    world.pay(world.an_order((lot, 1), organisation=union, mobiliser_organisation=union))
    assert world.figures(team)[4] == 0


def test_a_guest_who_proves_that_the_code_is_her_own_has_mobilised_nobody(lot, team):
    """Signed in she cannot give her own code; signed out she is found out as soon as she is somebody."""
    caller, other = (shelves.a_person(email=f"{x}@example.com", email_verified_at=clock.now()) for x in "ab")
    later, before, friends = (
        world.an_order((lot, 2), email=email, mobiliser_person=caller)
        for email in (" A@example.com", caller.email, other.email)
    )
    world.prove(before)
    for order in (later, before, friends):
        world.pay(order)
    assert world.figures(team)[4] == 2 * 7380, "of a stranger's purchase nobody knows whose it is"
    world.prove(later)
    world.prove(friends)
    assert world.figures(team) == (3 * 7380, 2, 2, 0, 7380, 0)
    assert world.standing(team).called_minor == 7380, "told as it is scored"
    world.refund(later, (later.lines.get(), 3690))
    assert world.figures(team)[4] == 7380
    assert [*rows.verify(), *verify()] == []


def test_a_code_of_the_teams_own_moves_what_is_told_like_anybodys(lot, team):
    """One order with somebody's code would else tell whether she is of the team."""
    manager, friend = shelves.a_person(), shelves.a_person()
    TeamMember.objects.create(team=team, person=manager)
    told = []
    for caller in (manager, friend):
        world.pay(order := world.an_order((lot, 2), mobiliser_person=caller))
        world.refund(order, (order.lines.get(), 3690))
        standings.fold()
        told.append(board.board(Round.objects.get()).rows[0].figures.mobilised_minor)
    assert told == [3690, 7380]
    assert world.figures(team)[4] == 3690, "for the score the manager called nobody"
    assert list(verify()) == []


def test_a_group_counts_when_it_is_confirmed_with_its_organisation_as_mobiliser(lot, team):
    group = world.a_group(lot)
    union = group.organisation
    orders = [
        world.an_order((lot, 1), group=group, organisation=union, mobiliser_organisation=union)
        for _ in range(3)
    ]
    for order in orders:
        world.pay(order, held=True)
    assert world.figures(team) == (0, 0, 0, 0, 0, 0)
    world.confirm(*orders)
    assert world.figures(team) == (11070, 0, 0, 0, 11070, 0)
    for order in orders:
        world.prove(order)
    assert world.figures(team) == (11070, 3, 3, 0, 11070, 0)


def test_a_group_that_is_repaid_never_moved_the_board(lot, team):
    group = world.a_group(lot)
    order = world.an_order((lot, 1), group=group)
    world.pay(order, held=True)
    world.refund(order, (order.lines.get(), 3690))
    assert world.figures(team) == (0, 0, 0, 0, 0, 0)
    assert not Support.objects.exists()


def test_refunds_take_back_until_the_freeze(lot, team):
    union = world.an_organisation()
    order = world.an_order((lot, 20), person=shelves.a_person(), mobiliser_organisation=union, shipping=500)
    world.pay(order)
    world.refund(order, (order.lines.get(), 3690), (order.shipments.get(), 500))
    assert world.figures(team) == (19 * 3690, 1, 1, 1, 19 * 3690, 0)
    world.refund(order, (order.lines.get(), 19 * 3690))
    assert world.figures(team) == (0, 0, 0, 0, 0, 0)


def test_a_refund_after_the_freeze_reaches_the_buyer_and_leaves_the_board(lot, team):
    order = world.an_order((lot, 2), person=shelves.a_person())
    world.pay(order)
    Round.objects.update(closes_at=clock.now() - timedelta(days=1), freezes_at=clock.now())
    world.refund(order, (order.lines.get(), 7380))
    assert world.figures(team) == (7380, 1, 1, 0, 0, 0)
    assert world.balances(order) == {"gateway": -7380, "buyer": 7380}


@pytest.mark.parametrize(
    ("placed", "counts"),
    [
        ("2026-04-30T23:59:59+08:00", False),
        ("2026-05-01T00:00:00+08:00", True),
        ("2026-09-01T23:59:59+08:00", True),
        ("2026-09-02T00:00:00+08:00", False),
    ],
)
def test_an_order_counts_when_placed_before_the_close_and_paid_before_the_freeze(placed, counts):
    lot = world.a_lot()
    made = world.a_round(lot.variant.product.team)
    at = [datetime.fromisoformat(f"2026-{day}T00:00:00+08:00") for day in ("05-01", "09-02", "09-09")]
    Round.objects.filter(pk=made.pk).update(opens_at=at[0], closes_at=at[1], freezes_at=at[2])
    clock.stand_at(datetime.fromisoformat("2026-09-08T23:00:00+08:00"))
    world.pay(world.an_order((lot, 1), traded_at=datetime.fromisoformat(placed)))
    assert Support.objects.exists() is counts
    clock.stand_at(datetime.fromisoformat("2026-09-09T00:00:00+08:00"))
    world.pay(world.an_order((lot, 1), traded_at=at[0]))
    assert Support.objects.count() == counts


def test_an_entry_that_is_not_approved_gathers_nothing(lot, team):
    team.entries.update(approved_at=None)
    world.pay(world.an_order((lot, 1)))
    assert not Support.objects.exists()


def test_a_standing_equals_its_recomputation_and_a_plain_model(lot, team):
    dice = random.Random(3)
    people = [shelves.a_person() for _ in range(4)]
    unions = [world.an_organisation() for _ in range(2)]
    bought = []
    for n in range(25):
        order = world.an_order(
            (lot, dice.randint(1, 3)),
            person=dice.choice([*people, None]),
            traded_at=clock.now() - timedelta(days=dice.randint(0, 6)),
            mobiliser_organisation=dice.choice([*unions, None]),
        )
        world.pay(order)
        left = order.goods_minor
        if n % 4 == 0:
            taken = dice.choice([100, 3690, left])
            world.refund(order, (order.lines.get(), taken))
            left -= taken
        bought.append((order, left))
        if n % 6 == 0:
            standings.fold()
    days: dict = {}
    of_union: dict = {}
    for order, left in bought:
        of_union[order.mobiliser_organisation_id] = of_union.get(order.mobiliser_organisation_id, 0) + left
        if left and (who := order.person_id):
            days.setdefault(who, set()).add(order.traded_at.astimezone(clock.SHANGHAI).date())
    expected = (
        sum(left for _, left in bought),
        sum(min(5, len(d)) for d in days.values()),
        len(days),
        sum(amount >= 50_000 for union, amount in of_union.items() if union),
        sum(left for o, left in bought if o.mobiliser_organisation_id),
        0,
    )
    assert world.figures(team) == expected
    stored = world.standing(team)
    again = figures.recompute(stored.entry.round, stored.number)[stored.entry_id]
    assert again[1:-1] == (stored.number, *expected)
    assert again.called_minor == stored.called_minor == again.mobilised_minor


def test_the_same_person_is_another_in_another_edition(lot, team):
    buyer = shelves.a_person()
    world.a_round(team)
    world.pay(world.an_order((lot, 1), person=buyer))
    keys = list(Support.objects.values_list("person_key", flat=True))
    assert len(set(keys)) == 2 and all(len(key) == 64 for key in keys)


@pytest.mark.django_db(transaction=True)
def test_a_support_that_commits_late_is_folded_though_a_later_one_was_folded_before():
    lots = [world.a_lot(), world.a_lot()]
    teams = [lot.variant.product.team for lot in lots]
    for lot in lots:
        world.pay(world.an_order((lot, 1)))  # opens the accounts that both would wait for
    world.a_round(*teams)
    orders = [world.an_order((lot, 1)) for lot in lots]

    def later() -> None:
        world.pay(orders[1])
        standings.fold()
        connection.close()

    with transaction.atomic():
        world.pay(orders[0])
        thread = Thread(target=later)
        thread.start()
        thread.join()
        assert Support.objects.get(order_uid=orders[0].uid).pk < Support.objects.latest("pk").pk
    assert Standing.objects.get(entry__team=teams[0]).net_minor == 0
    assert world.figures(teams[0])[0] == 3690
    assert list(SupportNumber.objects.order_by("number").values_list("support__order_uid", flat=True)) == [
        orders[1].uid,
        orders[0].uid,
    ]


@pytest.mark.django_db(transaction=True)
def test_folds_at_once_number_each_support_once():
    lot = world.a_lot()
    world.a_round(lot.variant.product.team)
    for _ in range(12):
        world.pay(world.an_order((lot, 1)))

    def run() -> None:
        standings.fold()
        connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
        world.pay(world.an_order((lot, 1)))
    for thread in threads:
        thread.join()
    assert world.figures(lot.variant.product.team)[0] == 16 * 3690
    assert list(SupportNumber.objects.order_by("number").values_list("number", flat=True)) == list(
        range(1, 17)
    )
