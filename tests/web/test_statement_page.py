"""A team's month by its page: its manager reads it and takes it along as a file; nobody else of the team does, nor of another."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.actions.appointment import end
from accounts.models import AuditEntry
from core.api.ids import global_id
from core.money import show
from impact.actions import statement
from tests.catalog import world as shelves
from tests.impact import world
from tests.web.conftest import signed_in
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db
PAGE, FILE = "/en/desk/statement/", "/en/desk/statement.xlsx"


@pytest.fixture
def manager():
    return shelves.a_person()


@pytest.fixture
def team(manager):
    team = shelves.a_team(manager=manager)
    product = shelves.a_product(team, name_en="Oranges")
    lot = world.a_lot(variant=shelves.a_variant(product))
    order = world.an_order((lot, 2), shipping=800, channel="shop", supporter="person")
    world.pay(order)
    world.refund(order, (order.lines.get(), 1000))
    statement.fold()
    return team


def test_its_manager_reads_it_and_takes_it_along(team, manager):
    client = signed_in(manager)
    page = words(client.get(PAGE))
    sold = 2 * 3690 + 800
    for told in ("Monthly statement", "Oranges", "For the households", "Bought in the shop", "Persons"):
        assert told in page
    assert show(sold) in page and show(1000) in page and show(sold - 1000) in page
    answer = client.get(FILE, {"team": global_id("Team", team.uid)})
    head, *rows = load_workbook(BytesIO(answer.content), read_only=True).active.iter_rows(values_only=True)
    columns = dict(zip(head, zip(*rows, strict=True), strict=True))
    total = {
        name: sum(Decimal(str(cell)) for cell in columns[f"{name} (yuan)"]) for name in ("Sold", "Refunded")
    }
    assert total == {"Sold": Decimal(sold) / 100, "Refunded": Decimal(10)}
    assert {name or "" for name in columns["Product"]} == {"Oranges", ""}, "sending is for none"
    assert AuditEntry.objects.get(noun="TeamStatement").object_uid == str(team.uid)


@pytest.mark.parametrize(
    "who", ["leader", "packer", "another's manager", "who was its manager", "a stranger"]
)
def test_nobody_else_reads_a_fen_of_it(team, manager, who):
    person = shelves.a_person()
    if who in ("leader", "packer"):
        shelves.works_at(team, person, who)
    elif who == "another's manager":
        shelves.a_team(manager=person)
    elif who == "who was its manager":
        shelves.works_at(team, person)  # somebody stays
        person = manager
        end(person.appointments.get(), None, "示例：离开了团队")
    client = Client() if who == "a stranger" else signed_in(person)
    asked = {"team": global_id("Team", team.uid)}
    page = client.get(PAGE, asked)
    told = words(page)
    if who in ("leader", "packer"):
        assert page.status_code == 200 and "A team’s manager reads its statements." in told
    else:
        assert page.status_code in (302, 404)
    assert "¥" not in told and "Oranges" not in told
    assert client.get(FILE, asked).status_code in (302, 404)
    assert not AuditEntry.objects.filter(noun="TeamStatement").exists()
