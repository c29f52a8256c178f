"""What changes is seen by everybody within a second, while many look; by whoever changed it, in her next answer."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from catalog.actions import listing
from catalog.models import Category, Product
from core.api.run import hash_of
from shop.web.document import text_of
from tests.figures import full, in_full_alone
from tests.shows.script import Script
from tests.shows.world import Stall, a_stall, an_offer

# The shop's own documents: a stranger's would cost each reader more than her minute allows.
LIST, DETAIL = (hash_of(text_of(f"shelf/{name}.graphql")) for name in ("catalogue", "product"))
HERS = "query Hers($slug: String!) { product(slug: $slug) { isAvailable priceFrom { minor } } }"
READERS, EVERY = 4, 0.03
Shown = dict[str, Any] | None


class Reader:
    """Somebody signed out, without a cookie, who looks again and again; what she saw, by when she asked."""

    def __init__(self, house: Any, stall: Stall, document: str):
        product = stall.product
        assert product
        self.url, self.slug, self.document = house.url, product.slug, document
        self.variables = {"slug": product.slug} if document == DETAIL else {"query": product.name_zh}
        self.seen: list[tuple[float, Shown]] = []

    def look(self, session: requests.Session) -> Shown:
        """The product as it is shown now."""
        body = {"documentId": self.document, "variables": self.variables}
        data = session.post(f"{self.url}/graphql", json=body, timeout=10).json()["data"]
        if self.document == DETAIL:
            return data["product"]
        return next((e["node"] for e in data["search"]["edges"] if e["node"]["slug"] == self.slug), None)

    def read(self, stop: threading.Event) -> None:
        """Until told to stop."""
        with requests.Session() as session:
            session.trust_env = False
            while not stop.is_set():
                asked_at = time.monotonic()
                self.seen.append((asked_at, self.look(session)))
                time.sleep(EVERY)


@contextmanager
def readers(house: Any, stall: Stall) -> Iterator[list[Reader]]:
    """Many who look at the list and the product at the same time."""
    stop = threading.Event()
    them = [Reader(house, stall, document) for document in (LIST, DETAIL) for _ in range(READERS)]
    threads = [threading.Thread(target=one.read, args=(stop,)) for one in them]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.6)  # cached answers are warm
        yield them
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def seconds_to_everybody(
    house: Any,
    stall: Stall,
    deed: Callable[[], object],
    at_once: Callable[[], Shown],
    is_new: Callable[[Shown], bool],
) -> float:
    """How long after the deed was answered somebody was still shown what was before it."""
    with readers(house, stall) as them:
        deed()
        done_at = time.monotonic()
        assert is_new(at_once()), "her own next answer shows it"
        time.sleep(1.5)
    before = [shown for one in them for asked_at, shown in one.seen if asked_at < done_at - 1]
    after = [
        (asked_at - done_at, is_new(shown))
        for one in them
        for asked_at, shown in one.seen
        if asked_at > done_at
    ]
    assert len(after) > 100 and not any(map(is_new, before))
    assert all(any(is_new(shown) for _, shown in one.seen) for one in them), "everybody has seen it"
    return max((late for late, new in after if not new), default=0.0)


@pytest.fixture
def stall(house: Any) -> Any:
    """A team of its own with five boxes of one product."""
    with house.shop.database():
        number = Product.objects.count()
        made = a_stall(house.world.operator, f"SF{number:02}", "示例快队", "Demo Quick Team")
        house.world.enrol(made.manager)
        shelf = Category.objects.get(slug="fruit")
        names = (f"示例快梨{number}", f"Demo quick pears {number}")
        an_offer(made, house.world.operator, shelf, *names, price=3690, grams=2800, units=5)
        return made


def test_a_new_price_is_seen_by_everybody_within_a_second(house, stall):
    manager = house.script_of(stall.manager)
    slug, id = stall.product.slug, house.variant(stall)
    seconds = seconds_to_everybody(
        house,
        stall,
        lambda: manager.done("variantSave", id=id, priceMinor=3700),
        lambda: manager.ask(HERS, slug=slug)["product"],
        lambda shown: shown["priceFrom"]["minor"] == 3700,
    )
    assert seconds < 1


@pytest.mark.proof
@pytest.mark.parametrize("kind", full(["by token", "by cookie"], ["by token"]))
def test_the_sale_of_the_last_unit_is_seen_by_everybody_within_a_second(house, stall, kind):
    buyer = Script(house)
    if kind == "by cookie":
        del buyer.session.headers["X-Guest"]
    slug, id = stall.product.slug, house.variant(stall)
    seconds = seconds_to_everybody(
        house,
        stall,
        lambda: buyer.place((id, 5)),
        lambda: buyer.ask(HERS, slug=slug)["product"],
        lambda shown: not shown["isAvailable"],
    )
    assert seconds < 1


@in_full_alone("eight readers, as for a new price")
def test_a_new_listing_is_seen_by_everybody_within_a_second(house, stall):
    operator = house.script_of(house.world.operator)
    with house.shop.database():
        listing.suspend(
            Product.objects.select_related("team").get(pk=stall.product.pk), house.world.operator, "x"
        )
    slug = stall.product.slug
    seconds = seconds_to_everybody(
        house,
        stall,
        lambda: operator.decide("catalog/product", "resume", stall.product.pk),
        lambda: operator.ask(HERS, slug=slug)["product"],
        lambda shown: shown is not None,
    )
    assert seconds < 1
