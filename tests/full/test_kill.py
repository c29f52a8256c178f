"""kill -9 anywhere loses nothing and doubles nothing.

A process of the running shop is armed with one point, a buyer buys, the process ends there (`os._exit(137)`), all
that is left of it is killed too, and it is started again. Then everything must come to rest by itself: each order
charged once, attributed once, given back once; and `manage.py verify` finds nothing.
"""

import ast
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from core.failpoints import BEAT, POINTS, WEB, WORKER
from local.machine import ROOT
from scripts.floors import standing
from tests.figures import FULL, figure, full, progress
from tests.full.buyer import Patient
from tests.full.house import Stubborn, wait_until

pytestmark = pytest.mark.proof

SECONDS = 120
# In make test this one alone: money has gone back, and nothing says so yet. In a full run some wait for what time alone
# mends, in real time.
SOME = {WORKER: ["provider.refund.answered"]}
IN_REAL_TIME = {WEB: ["idempotency.begun"], WORKER: ["delivery.claimed", "settle.recorded"], BEAT: []}


def pays_and_takes_it_back(house: Stubborn) -> Callable[[], None]:
    """She buys, pays, and calls it off: the way through most points."""
    buyer = Patient(house)
    order, page = buyer.buy(house.variant(house.world.oranges))
    house.till.pay(page, "alipay")
    buyer.until(order, "PAID")
    buyer.cancel(order)
    seen = buyer.until(order, "REFUNDED")
    assert [refund["state"] for refund in seen["refunds"]] == ["SUCCEEDED"]
    return lambda: house.is_charged_and_attributed_once(order["number"], given_back=True)


def never_pays(house: Stubborn) -> Callable[[], None]:
    """She buys and calls it off unpaid: the provider's page is closed."""
    buyer = Patient(house)
    order, _ = buyer.buy(house.variant(house.world.tea))
    buyer.cancel(order)
    buyer.until(order, "CANCELLED")
    wait_until(lambda: buyer.order(order)["payments"][0]["state"] == "CANCELLED", 150, "the page is closed")
    return lambda: house.is_not_charged(order["number"])


def runs_out(house: Stubborn) -> Callable[[], None]:
    """She buys and goes away."""
    buyer = Patient(house)
    order, _ = buyer.buy(house.variant(house.world.tea))
    buyer.until(order, "EXPIRED")
    return lambda: house.is_not_charged(order["number"])


def pays_and_nobody_tells(house: Stubborn) -> Callable[[], None]:
    """She pays, and no notice ever comes."""
    buyer = Patient(house)
    order, page = buyer.buy(house.variant(house.world.oranges))
    house.till.notices("drop")
    house.till.pay(page, "alipay")
    buyer.until(order, "PAID")
    house.till.notices("deliver")
    return lambda: house.is_charged_and_attributed_once(order["number"], given_back=False)


def takes_it_back_and_nobody_tells(house: Stubborn) -> Callable[[], None]:
    """She calls it off, and no notice says that she was given it: the worker alone hears of it."""
    buyer = Patient(house)
    order, page = buyer.buy(house.variant(house.world.oranges))
    house.till.pay(page, "alipay")
    buyer.until(order, "PAID")
    house.till.notices("drop")
    buyer.cancel(order)
    buyer.until(order, "REFUNDED")
    house.till.notices("deliver")
    return lambda: house.is_charged_and_attributed_once(order["number"], given_back=True)


# Else a notice may be faster, and the web comes to it.
THE_WORKERS_OWN = ("refund.settling", "broker.publishing", "broker.published")


def way_to(point: str, name: str) -> Callable[[Stubborn], Callable[[], None]]:
    """A story in which this process comes to this point."""
    if name == WORKER and point.startswith("provider.close."):
        return never_pays
    if name == WORKER and point.startswith("expire."):
        return runs_out
    if name == WORKER and point.startswith(("settle.", "attribution.", "provider.look.")):
        return pays_and_nobody_tells
    if name == WORKER and point in THE_WORKERS_OWN:
        return takes_it_back_and_nobody_tells
    return pays_and_takes_it_back


def hurry(house: Stubborn, name: str, story: Callable) -> None:
    """What time alone would bring about comes now."""
    house.leases_end(name)
    if story is pays_and_nobody_tells:
        house.nobody_told()
    elif story is runs_out:
        house.times_run_out()


def killed_at(house: Stubborn, name: str, point: str, *, in_real_time: bool = False) -> float:
    """End the process at the point in the midst of a story; seconds until all was at rest again."""
    story = way_to(point, name)
    house.another_minute()
    since = house.log_of(name)
    house.start_again(name, FAILPOINT=point)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(story, house)
        _until_it_falls(house, name, point, since, story, told)
        house.shop.processes[name].kill()
        began = time.monotonic()
        if not in_real_time:
            hurry(house, name, story)
        house.start_again(name)
        while not told.done():
            time.sleep(1)
            if not in_real_time and time.monotonic() > began + 5:
                hurry(house, name, story)
        is_right = told.result()
    house.rest()
    seconds = time.monotonic() - began
    is_right()
    assert seconds < SECONDS
    return seconds


def _until_it_falls(
    house: Stubborn, name: str, point: str, since: int, story: Callable, told: Future
) -> None:
    ends, reminded = time.monotonic() + 45, time.monotonic() + 2
    while not house.fell(name, point, since):
        assert not (told.done() and told.exception()), told.exception()
        assert time.monotonic() < ends, f"the {name} never came to {point}"
        if time.monotonic() > reminded and story in (pays_and_nobody_tells, runs_out):
            hurry(house, BEAT, story)
            reminded = time.monotonic() + 2
        time.sleep(0.05)


@pytest.mark.parametrize("name", full([WEB, WORKER, BEAT], list(SOME)))
def test_a_process_that_is_killed_at_any_point_loses_nothing_and_doubles_nothing(house, name):
    reached = [point for point, processes in POINTS.items() if name in processes]
    points = reached if FULL else SOME[name]
    took: dict[str, float] = {}
    for point in points:
        progress(f"{name}, {len(took)} of {len(points)} points: {point}")
        took[point] = killed_at(house, name, point)
        house.verify()
    patient = {p: killed_at(house, name, p, in_real_time=True) for p in IN_REAL_TIME[name] if FULL}
    said = house.shop.manage("verify")
    assert said.startswith("Everything holds")
    slowest = max(took, key=lambda p: took[p])
    waited = ", ".join(f"{point} {seconds:.0f} s" for point, seconds in patient.items())
    figure(
        f"kill/{name}",
        f"{len(took)} of {len(reached)} points; at rest again after at most {took[slowest]:.0f} s ({slowest}), leases "
        f"and patience moved on by hand; in real time: {waited or 'none'}; verify clean after each",
    )
    if FULL:
        figure("kill/reached", f"{name}: {len(took)} of {len(reached)} points were reached, and ended it")


def test_each_point_in_the_code_is_in_the_registry_and_the_other_way_round():
    found = set()
    for floor in standing():
        for path in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    called = ast.unparse(node.func).rpartition("self.")[2]
                    if called == "failpoints.reach":
                        found.add(node.args[0].value)
                    elif called in ("_asking", "_plain"):
                        found |= {f"provider.{node.args[0].value}.{when}" for when in ("asking", "answered")}
    assert found == set(POINTS)
