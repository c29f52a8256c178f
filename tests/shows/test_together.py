"""Colleagues buy together: twelve fill a group and it is on; another misses its minimum and everyone is repaid."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core.clock import SHANGHAI
from tests.figures import in_full_alone
from tests.shows.house import until
from tests.shows.script import Script, key, session_of
from tests.shows.visitor import Visitor

PRICE = 3690


def open_a_group(coordinator: Visitor, minimum: int, maximum: int) -> str:
    """What a coordinator does on the pages; the code in the group's link."""
    page = coordinator.page
    assert coordinator.go("groups/") == 200
    page.get_by_role("link", name="Open one for Demo Union").click()
    coordinator.page.locator("#gq").fill("navel oranges")
    coordinator.press("Find")
    page.get_by_role("radio").first.check()
    coordinator.press("This one")
    page.get_by_label("Province").select_option(label="Hubei")
    coordinator.press("Next")
    closes = (timezone.now() + timedelta(minutes=20)).astimezone(SHANGHAI)
    coordinator.write("Title", "示例工会:橙子一起买")
    coordinator.write("Least units", str(minimum))
    coordinator.write("Most units", str(maximum))
    coordinator.write("Deadline", closes.strftime("%Y-%m-%dT%H:%M"))
    coordinator.choose("County", "420106")
    coordinator.write("Street", "示例大道 1 号")
    coordinator.write("Who takes it", "示例工会收发室")
    coordinator.write("Phone", "13900139000")
    coordinator.press("Open it")
    found = re.search(r"/g/([^/]+)/", page.url)
    assert found, coordinator.reads()
    return found[1]


@pytest.fixture
def coordinator(house, visit):
    somebody = visit()
    somebody.sign_in(house.world.coordinator.email, house.world.password, "groups/")
    return somebody


def join_by_page(member: Visitor, code: str, name: str) -> str:
    """By the link, without an account; the order's number."""
    assert member.go(f"g/{code}/") == 200
    member.write("Your name", name)
    member.write("E-mail", "colleague@shows.example")
    member.press("Join")
    return member.number()


def join_by_script(house, code: str, name: str) -> tuple[Script, dict]:
    """The same by the API, paid at once."""
    member = Script(house)
    given = {
        "code": code,
        "name": name,
        "units": 1,
        "email": "colleague@shows.example",
        "idempotencyKey": key(),
    }
    joined = member.done("groupPurchaseJoin", "order { number total { minor } } token", **given)
    assert joined["order"]["total"]["minor"] == PRICE, "the group's price includes sending"
    order = {"number": joined["order"]["number"], "token": joined["token"]}
    house.till.pay(session_of(member.begin(order)["url"]), "alipay")
    return member, order


def test_a_group_of_twelve_fills_and_is_confirmed(house, visit, coordinator):
    with house.moves():
        code = open_a_group(coordinator, 12, 12)
        link = coordinator.page.locator(".secret").inner_text()
        assert link.endswith(f"/g/{code}/")
        joined = [join_by_script(house, code, f"示例同事{n}") for n in range(11)]
        until(lambda: house.group(code)["unitsHeld"] == 11)
        # All of it waits in escrow: nothing is attributed, nothing counts.
        assert house.escrow(code) == 11 * PRICE
        assert all(house.attributions(order["number"]) == [] for _, order in joined)
    last = visit()
    with house.moves(SH01=12 * PRICE):
        number = join_by_page(last, code, "示例最后一位")
        last.begin_to_pay()
        last.pay_by_alipay()
        until(lambda: house.group(code)["state"] == "CONFIRMED")
    last.page.reload()
    assert last.is_paid() and last.number() == number
    assert house.escrow(code) == 0
    for member, order in joined:
        assert member.order(order)["state"] == "PAID" and len(house.attributions(order["number"])) == 5
    assert house.mobilised("SH01") >= 12 * PRICE, "by the organisation's call"
    its_packing_list(house, visit, coordinator, code)


def its_packing_list(house, visit, coordinator: Visitor, code: str) -> None:
    """Twelve names with their pick-up codes, for the coordinator alone."""
    packing = coordinator.page.request.get(f"{house.url}/en/g/{code}/packing.csv")
    rows = packing.text().strip().splitlines()
    assert len(rows) == 13 and "示例最后一位" in packing.text()
    assert visit().go(f"g/{code}/packing.csv") == 404
    # Too late to join now, by page as by API.
    late = visit()
    late.go(f"g/{code}/")
    assert late.page.get_by_role("button", name="Join").count() == 0
    given = {
        "code": code,
        "name": "示例迟到",
        "units": 1,
        "email": "late@shows.example",
        "idempotencyKey": key(),
    }
    assert Script(house).refused("groupPurchaseJoin", **given)[0]["code"] == "TOO_LATE"


def test_a_group_that_misses_its_minimum_repays_everyone_in_full(house, visit, coordinator):
    with house.moves():
        code = open_a_group(coordinator, 12, 20)
        joined = [join_by_script(house, code, f"示例同事{n}") for n in range(3)]
        # One pays on the pages, one has joined and never pays.
        buyer, idle = visit(), visit()
        number = join_by_page(buyer, code, "示例买家")
        buyer.begin_to_pay()
        buyer.pay_by_card()
        idle_number = join_by_page(idle, code, "示例犹豫")
        until(lambda: house.group(code)["unitsHeld"] == 4)
        assert house.escrow(code) == 4 * PRICE
        house.end_group(code)
        until(lambda: house.group(code)["state"] == "FELL_SHORT", 20)
        until(lambda: all(m.order(o)["state"] == "REFUNDED" for m, o in joined), 60)
        house.rest()
    for member, order in joined:
        seen = member.order(order)
        assert seen["refundedTotal"]["minor"] == seen["total"]["minor"] == PRICE
        assert [(r["reason"], r["state"]) for r in seen["refunds"]] == [("FELL_SHORT", "SUCCEEDED")]
        assert house.books(order["number"]) == {} and house.attributions(order["number"]) == []
    assert house.escrow(code) == 0 and house.books(number) == {}
    buyer.page.reload()
    assert "¥36.90" in buyer.page.locator("section", has_text="Refunds").last.inner_text()
    idle.page.reload()
    assert idle.number() == idle_number and idle.page.get_by_role("button", name="Pay").count() == 0


@in_full_alone("another end of a group")
def test_a_coordinator_calls_her_group_off_and_everyone_is_repaid(house, coordinator):
    with house.moves():
        code = open_a_group(coordinator, 5, 9)
        joined = [join_by_script(house, code, f"示例同事{n}") for n in range(2)]
        until(lambda: house.group(code)["unitsHeld"] == 2)
        coordinator.go(f"g/{code}/")
        coordinator.press("Call it off")
        assert "Given back in all" in coordinator.page.locator("#look").inner_text()
        coordinator.press("Call it off")
        assert "everyone is repaid" in coordinator.page.locator(".notes").inner_text()
        until(lambda: all(m.order(o)["state"] == "REFUNDED" for m, o in joined), 60)
    assert house.escrow(code) == 0 and house.group(code)["state"] == "CANCELLED"
