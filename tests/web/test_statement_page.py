"""A team's month by its page: its manager reads it and takes it along as a file; nobody else of the team does, nor of another."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.actions.appointment import end
from accounts.models import AuditEntry
from core.api.ids import global_id
from core.money import show
from impact.actions import standings, statement
from orders.models import Parcel, Shipment
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


def orders_file(client, team, form="csv"):
    answer = client.get(f"/en/desk/sold.{form}", {"team": global_id("Team", team.uid)})
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


def test_its_orders_tell_to_whom_they_go_only_until_they_have_come(team, manager):
    client = signed_in(manager)
    parcel = Shipment.objects.get(team=team)
    Parcel.objects.filter(pk=parcel.parcel_id).update(recipient="=王示例")
    (row,) = orders_file(client, team)
    assert (row["Paid (yuan)"], row["Refunded (yuan)"], row["Units"]) == ("73.80", "10.00", "2")
    assert row["Recipient"] == "'=王示例" and row["Phone"] == "100-0000-0001" and "示例路" in row["Address"]
    for state in ("delivered", "completed", "cancelled"):
        Shipment.objects.filter(pk=parcel.pk).update(state=state)
        (row,) = orders_file(client, team)
        assert (row["Recipient"], row["Phone"], row["Address"]) == ("", "", ""), state
    noted = AuditEntry.objects.filter(noun="TeamOrders", object_uid=str(team.uid), deed="download")
    assert noted.count() == 4
    answer = client.get("/en/desk/sold.xlsx", {"team": global_id("Team", team.uid)})
    head, *rows = load_workbook(BytesIO(answer.content), read_only=True).active.iter_rows(values_only=True)
    assert "Recipient" in head and len(rows) == 1
    assert client.get("/en/desk/sold.pdf", {"team": global_id("Team", team.uid)}).status_code == 404


def test_a_month_before_has_none_of_them_and_who_reads_no_money_takes_none(team, manager):
    client = signed_in(manager)
    long_ago = {"team": global_id("Team", team.uid), "month": "2025-01-01"}
    assert "100-0000-0001" not in client.get("/en/desk/sold.csv", long_ago).content.decode()
    for role in ("leader", "packer"):
        person = shelves.a_person()
        shelves.works_at(team, person, role)
        assert signed_in(person).get("/en/desk/sold.csv", long_ago).status_code in (302, 404)
    assert not AuditEntry.objects.filter(noun="TeamOrders").exclude(actor=manager).exists()


def test_beside_the_month_stand_fees_invoices_and_the_place_that_everybody_sees(team, manager):
    client = signed_in(manager)
    page = words(client.get(PAGE))
    assert (
        "Nothing is taken beside the price" in page and "Every invoice that a buyer wants is there." in page
    )
    assert "The contest" not in page
    other = shelves.a_team()
    world.a_round(team, other)
    lot = world.a_lot(variant=shelves.a_variant(shelves.a_product(team)))
    world.pay(world.an_order((lot, 1)))
    standings.fold()
    told = words(client.get(PAGE))
    assert "1 of 2 by amount" in told and "¥36.90" in told
