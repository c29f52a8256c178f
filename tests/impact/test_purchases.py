"""What her purchases did: set aside and owed, by the day she paid and by team, to the fen; never whose household it is."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from impact.models import Household
from impact.reads.set_aside import set_aside
from orders.models import Order
from shop.web import cards
from tests.catalog.world import a_person, a_product, a_team, a_variant
from tests.impact import world
from tests.orders.world import Buyer
from tests.web.conftest import signed_in
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db
ASKED = """{ myPurchases {
    setAside { minor } owed { minor } teamCount dayCount
    days { day households setAside { minor } owed { minor } team { slug } }
} }"""


def told(person) -> dict:
    return Buyer(person).ask(ASKED)["myPurchases"]


def rows(person) -> list[tuple]:
    return [
        (one["day"], one["team"]["slug"], one["setAside"]["minor"], one["owed"]["minor"])
        for one in told(person)["days"]
    ]


def paid(person, *wants, days_ago: int = 0) -> Order:
    order = world.an_order(*wants, person=person)
    world.pay(order)
    Order.objects.filter(pk=order.pk).update(paid_at=timezone.now() - timedelta(days=days_ago))
    return order


def day(days_ago: int = 0) -> str:
    return f"{timezone.localtime(timezone.now() - timedelta(days=days_ago)):%Y-%m-%d}"


def test_by_day_and_team_what_is_set_aside_and_what_is_owed():
    her = a_person()
    first, second = world.a_lot(), world.a_lot()
    one, other = (lot.variant.product.team.slug for lot in (first, second))
    assert one != other
    old = paid(her, (first, 2), days_ago=40)
    paid(her, (first, 1), (second, 1))
    paid(her, (first, 1))
    world.complete(old.shipments.get())
    assert rows(her) == [(day(), one, 1992 + 1992, 0), (day(), other, 1992, 0), (day(40), one, 0, 3985)]
    found = told(her)
    assert (found["setAside"]["minor"], found["owed"]["minor"]) == (3 * 1992, 3985)
    assert (found["teamCount"], found["dayCount"]) == (2, 3)
    households = sum(of.amount_minor for order in Order.objects.all() for of in set_aside(order).teams)
    assert households == 3 * 1992 + 3985, "the same as her orders tell one by one"


def test_what_went_back_is_not_in_it_and_a_day_of_nothing_is_none():
    her, lot = a_person(), world.a_lot()
    kept, back = paid(her, (lot, 1)), paid(her, (lot, 2), days_ago=3)
    line = back.lines.get()
    world.refund(back, (line, line.net_minor))
    assert [row[2] for row in rows(her)] == [1992]
    line = kept.lines.get()
    world.refund(kept, (line, line.net_minor))
    assert told(her) == {
        "setAside": {"minor": 0},
        "owed": {"minor": 0},
        "teamCount": 0,
        "dayCount": 0,
        "days": [],
    }


def test_held_money_is_nobodys_yet_and_confirmed_it_is():
    her, lot = a_person(), world.a_lot()
    order = world.an_order((lot, 2), person=her, group=world.a_group(lot))
    world.pay(order, held=True)
    assert rows(her) == []
    world.confirm(order)
    assert [row[2:] for row in rows(her)] == [(3985, 0)]


def test_it_is_ones_own_and_nobody_elses():
    her, other, lot = a_person(), a_person(), world.a_lot()
    paid(her, (lot, 1))
    assert rows(other) == [] and len(rows(her)) == 1
    assert Buyer().send(ASKED)["data"] == {"myPurchases": None}


def test_no_household_is_named_or_can_be_told_from_another():
    """The team's households are told together and in tens, whatever lot hers came from."""
    her = a_person()
    alone, shared = world.a_lot([7]), world.a_lot([3, 4])
    paid(her, (alone, 1), (shared, 1))
    found = told(her)
    assert {one["households"] for one in found["days"]} == {"fewer than 10 households"}
    text = json.dumps(found) + words(signed_in(her).get("/en/account/purchases/"))
    assert Household.objects.count() >= 3
    assert not any(str(uid) in text for uid in Household.objects.values_list("uid", flat=True))


def test_as_many_statements_for_twenty_days_as_for_one():
    her, lot = a_person(), world.a_lot()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            told(her)
        return len(queries)

    paid(her, (lot, 1))
    asked()
    one = asked()
    for days_ago in range(1, 20):
        paid(her, (lot, 1), days_ago=days_ago)
    assert len(rows(her)) == 20 and asked() == one


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("已记账", "应付", "图上没有您的名字。")),
        ("en", ("Set aside", "Owed", "Your name is not on it.")),
    ],
)
def test_her_page_says_it_in_words_that_are_never_more_than_true(language, said):
    her = a_person(name="王示例", nickname="橙子")
    client = signed_in(her)
    assert "Nothing yet" in words(client.get("/en/account/purchases/"))
    lot = world.a_lot()
    world.complete(paid(her, (lot, 2), days_ago=40).shipments.get())
    paid(her, (lot, 1))
    page = words(client.get(f"/{language}/account/purchases/"))
    assert all(word in page for word in (*said, "¥19.92", "¥39.85")), said
    assert page.count("已收到") == (1 if language == "zh" else 0)  # where it says that it says so of nobody
    assert f'href="/{language}/account/purchases/"' in words(client.get(f"/{language}/account/"))
    assert Client().get(f"/{language}/account/purchases/").status_code == 302


def test_the_picture_names_teams_and_sums_and_not_her(monkeypatch):
    seen = []
    monkeypatch.setattr(cards, "drawn", lambda card: seen.append(card) or b"")
    her = a_person(name="王示例", nickname="橙子")
    client = signed_in(her)
    where = "/cards/zh/purchases.png"
    assert client.get(where).status_code == Client().get(where).status_code == 404, "nothing to show yet"
    lots = [world.a_lot(variant=a_variant(a_product(a_team(name_zh=f"示例{n}号队")))) for n in range(4)]
    paid(her, *((lot, 1) for lot in lots))
    made = client.get(where)
    assert (made.status_code, made["Cache-Control"]) == (200, "private, no-store")
    (card,) = seen
    assert [figure.value for figure in card.figures] == ["¥79.68", "¥0.00", "4"]
    assert card.below.endswith(" 等") and card.address.endswith("/zh/")
    everything = " ".join([*map(str, card), *(f"{f.name} {f.value}" for f in card.figures)])
    assert not any(
        hers in everything for hers in ("王示例", "橙子", her.email, str(her.uid), her.mobiliser_code)
    )
    assert Client().get(where).status_code == 404
