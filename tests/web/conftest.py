"""The whole house with a shelf, a team's manager and a buyer."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.api.ids import global_id
from tests.catalog.world import a_category, a_lot, a_person, a_product, a_team, a_variant, an_operator
from tests.impact.world import households
from tests.orders.world import Buyer


@pytest.fixture
def shelf(db: None) -> SimpleNamespace:
    """One product on the shelf, its manager, and a buyer with an account."""
    return a_shelf()


def a_shelf() -> SimpleNamespace:
    """The same for a shop that runs elsewhere."""
    proved = {"email_verified_at": timezone.now()}
    manager, buyer = a_person(name="示例管理", **proved), a_person(name="示例买家", nickname="橙子", **proved)
    team = a_team(manager=manager)
    households(team, 12)
    lot = a_lot(a_variant(a_product(team, illustration="navel-orange")), units=30)
    return SimpleNamespace(
        manager=manager,
        buyer=buyer,
        team=team,
        lot=lot,
        product=lot.variant.product,
        category=a_category(),
        variant=global_id("Variant", lot.variant.uid),
        password="a long password",
    )


@pytest.fixture
def guest() -> Client:
    """A browser that nobody knows."""
    return Client()


@pytest.fixture
def a_new_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """One has just begun, for pictures that are kept until it is over: none ends amid a test."""
    from shop.web import cards

    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    monkeypatch.setattr(cards, "timezone", SimpleNamespace(now=lambda: now))


def signed_in(person: Any) -> Client:
    """A browser of somebody."""
    client = Client()
    client.force_login(person)
    return client


def an_order(shelf: SimpleNamespace, person: Any = None) -> dict[str, Any]:
    """A placed order: number and a guest's token."""
    return Buyer(person).place(shelf.lot)


@pytest.fixture
def operator():
    """Somebody who runs the shop day by day."""
    return an_operator()


@pytest.fixture
def office(operator):
    """Her browser."""
    return signed_in(operator)
