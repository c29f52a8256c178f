"""The demo: as many of everything as it promises, sound in every sum, open whatever the date."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.models import Appointment, Organisation, Person, SecondFactor
from catalog.models import Lot, Product, Team, Variant
from catalog.reads import office
from contest.actions import plan
from core import clock
from core.deliveries import drain
from core.models import Delivery
from impact.models import Entry, Household, HouseholdDetail, HouseholdStatus, Round, Standing
from orders.actions import refund
from orders.models import Line, Order, Payment, Refund, Review, Shipment
from orders.provider import provider
from orders.provider.port import Noun
from shop.demo import factors, load, sign_ins
from together.models import GroupPurchase, Seat

# Teams by division, as they are spread over Hubei.
DIVISIONS = {
    "恩施土家族苗族自治州": 12,
    "黄冈市": 11,
    "十堰市": 9,
    "宜昌市": 8,
    "襄阳市": 4,
    "孝感市": 4,
    "荆州市": 4,
    "咸宁市": 4,
    "黄石市": 3,
    "随州市": 2,
    "荆门市": 2,
    "武汉市": 2,
    "潜江市": 2,
    "神农架林区": 2,
    "鄂州市": 1,
    "仙桃市": 1,
    "天门市": 1,
}


def the_round() -> Round:
    return Round.objects.get(edition__slug=load.SLUG, level=Round.Level.PROVINCIAL)


def test_it_loads_in_the_time_one_waits_for_it(loaded_demo):
    assert loaded_demo.seconds < 90  # 25 s on two cores with nothing else to do


def test_72_teams_over_17_divisions_are_entered(demo):
    entries = Entry.objects.filter(round=the_round())
    counted = Counter(entries.values_list("team__division__name_zh", flat=True))
    assert counted == DIVISIONS and counted.total() == 72 and len(counted) == 17


def test_3600_households_stand_behind_them_all_verified_and_sealed(demo):
    verified = Household.objects.filter(state=Household.State.VERIFIED)
    by_team = Counter(verified.values_list("team_id", flat=True))
    assert (by_team.total(), len(by_team), min(by_team.values()), max(by_team.values())) == (3600, 72, 18, 78)
    assert HouseholdDetail.objects.filter(household__in=verified).count() == 3600
    assert HouseholdStatus.objects.filter(household__in=verified).count() == 3600
    # Those that the scenes of integrity have proposed.
    assert Household.objects.exclude(state=Household.State.VERIFIED).count() == 2
    assert not any(b"\xe7\xa4\xba" in bytes(row.sealed) for row in HouseholdDetail.objects.all()[:50])


def test_each_team_offers_one_to_three_variants_of_a_published_product(demo):
    assert Product.objects.filter(state=Product.State.PUBLISHED).count() == 72
    assert set(Product.objects.annotate(n=Count("variants")).values_list("n", flat=True)) <= {1, 2, 3}
    for variant in Variant.objects.select_related("story"):
        assert sum(variant.story.parts().values()) == 10_000


def test_lots_of_every_level_and_state_some_for_a_season_to_come(demo):
    assert set(Lot.objects.values_list("level", flat=True)) == {0, 1, 2}
    assert set(Lot.objects.values_list("state", flat=True)) == set(Lot.State.values)
    assert Lot.objects.filter(state=Lot.State.PLANNED, ship_by__gt=clock.today()).exists()


def test_1500_orders_the_top_six_teams_sell_almost_half(demo):
    paid = Order.objects.filter(state__in=Order.PAID_STATES, holder=None)
    assert paid.count() >= 1_500
    sold = Line.objects.filter(order__in=paid).values_list("team_id").annotate(Sum("net_minor"))
    sums = sorted((minor for _, minor in sold), reverse=True)
    assert len(sums) == 72 and 0.3 < sum(sums[:6]) / sum(sums) < 0.6
    first, last = the_round().opens_at, timezone.now()
    weeks = Counter((placed - first).days // 7 for placed in paid.values_list("placed_at", flat=True))
    middle = sorted(weeks.values())[len(weeks) // 2]
    assert (
        weeks[0] > middle and weeks[(last - first).days // 7 - 1] + weeks[(last - first).days // 7] > middle
    )


def test_parcels_refunds_and_reviews_in_every_state_that_takes_time(demo):
    assert set(Shipment.objects.values_list("state", flat=True)) >= {
        "waiting",
        "shipped",
        "delivered",
        "completed",
    }
    assert Refund.objects.filter(reason=Refund.Reason.TEAM, state=Refund.State.SUCCEEDED).count() > 20
    assert Review.objects.count() >= 200


def test_a_group_in_each_state_and_who_missed_it_is_repaid(demo):
    assert set(GroupPurchase.objects.values_list("state", flat=True)) == set(GroupPurchase.State.values)
    ended = GroupPurchase.objects.filter(state__in=("fell_short", "cancelled"))
    assert set(Seat.objects.filter(group__in=ended).values_list("state", flat=True)) == {"refunded"}
    for order in Order.objects.filter(seat__group__in=ended):
        assert (order.state, order.refunded_minor) == (Order.State.REFUNDED, order.total_minor)
    confirmed = GroupPurchase.objects.get(state="confirmed")
    assert confirmed.seats.filter(state="confirmed").count() == confirmed.maximum_units == 12


def test_sixty_bodies_and_the_sign_ins_that_are_printed(demo):
    assert Organisation.objects.filter(state=Organisation.State.VERIFIED).count() == 60
    for email, _ in sign_ins.WHO:
        somebody = Person.objects.get(email=email)
        assert somebody.check_password(sign_ins.PASSWORD) if somebody.password.startswith("md5") else True
        assert somebody.is_active and somebody.email_verified_at
    operator = Person.objects.get(email=sign_ins.OPERATOR)
    assert set(operator.appointments.values_list("role", flat=True)) == {"owner", "operator"}
    hb22 = Team.objects.get(code="HB22")
    assert [(row.person.email, row.role) for row in office.people_at(hb22)] == [
        (sign_ins.MANAGER, "team_manager"),
        (sign_ins.LEADER, "leader"),
        (sign_ins.PACKER, "packer"),
    ]
    assert hb22.members.filter(ended_at=None).count() == 3
    assert Appointment.objects.filter(role="team_manager", ends_at=None).count() == 72


def test_the_demos_second_factors_are_made_anew_and_printed_in_a_demo_alone(demo, settings):
    factors.set_up()
    settings.DEMO = "small"
    secrets = {person.email: secret for person, secret in factors.secrets()}
    assert len(secrets) == 73 + 31, (
        "the operator, whoever manages one of the teams, and the contest's officials"
    )
    assert all(secret in factors.lines() for secret in secrets.values())
    printed = factors.lines(named_alone=True)
    shown = {email for email, secret in secrets.items() if secret in printed}
    officials = {sign_ins.ORGANISER, sign_ins.CITY_OFFICER, sign_ins.COUNTY_OFFICER, sign_ins.JUDGE}
    officials |= {sign_ins.IMPORTER, sign_ins.APPROVER, sign_ins.AUDITOR}
    assert shown == {sign_ins.OPERATOR, sign_ins.MANAGER} | officials
    factors.set_up()
    assert [one for _, one in factors.secrets()] == list(secrets.values()), "once a demo"
    SecondFactor.objects.all().delete()
    factors.set_up()
    assert not {one for _, one in factors.secrets()} & set(secrets.values()), "and never the same"
    settings.DEMO = "none"
    with pytest.raises(CommandError):
        factors.lines()


def test_its_round_is_open_today(demo):
    assert the_round().phase(clock.now()) == Round.Phase.OPEN
    assert not load.keep_open() and clock.offset() == timedelta()


@pytest.mark.parametrize("days", [60, 400, 4000])
def test_its_round_is_open_on_any_later_day_and_only_season_and_contest_are_set_back(demo, monkeypatch, days):
    later = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert the_round().phase(clock.now()) != Round.Phase.OPEN
    plan.move_due()
    assert the_round().plan.state == "settling"
    assert load.keep_open()
    assert the_round().phase(clock.now()) == Round.Phase.OPEN and timezone.now() == later
    assert the_round().plan.state == "open"
    assert not load.keep_open()


def test_it_is_loaded_once(demo):
    before = Order.objects.count(), Household.objects.count()
    call_command("demo", size="small", verbosity=0)
    assert (Order.objects.count(), Household.objects.count()) == before


def test_everything_holds(demo):
    call_command("verify")


def test_the_board_is_folded_and_sums_to_what_was_bought(demo):
    standings = Standing.objects.filter(entry__round=the_round())
    totals = standings.aggregate(net=Sum("net_minor"), excluded=Sum("excluded_minor"))
    lines = Line.objects.filter(order__state__in=Order.PAID_STATES).aggregate(
        bought=Sum("net_minor"), back=Sum("refunded_minor")
    )
    assert totals["net"] + totals["excluded"] == lines["bought"] - lines["back"]


def test_nobody_is_written_to_about_what_is_made_up(demo):
    assert not Delivery.objects.filter(done_at=None).exists()


def test_the_provider_knows_every_payment_and_every_refund(demo):
    for payment in Payment.objects.filter(state=Payment.State.SUCCEEDED).order_by("?")[:25]:
        seen = provider("stripe").look(Noun.PAYMENT, payment.payment_ref)
        assert seen and seen.amount_minor == payment.received_minor
    assert Payment.objects.filter(state=Payment.State.SUCCEEDED, payment_ref="").count() == 0


def test_an_old_order_can_still_be_given_back(demo):
    completed = Order.objects.filter(state=Order.State.COMPLETED, refunded_minor=0).order_by("placed_at")
    order = completed.first()
    line = order.lines.get()
    made = refund.request(order, {line.uid: refund.Part(units=line.quantity)}, note="示例")
    drain()
    made.refresh_from_db()
    order.refresh_from_db()
    assert made.provider_id.startswith("re_") and made.state == Refund.State.SUCCEEDED
    assert order.refunded_minor == line.net_minor
    call_command("verify")
