"""Two buyers with orders of their own, and all that pages and API show them, before and after each sale.

The same shop is built with one household behind its lot and with twelve (tests/impact/test_privacy.py does so for
the API of the ledger and the contest). If no page and no answer differs, then none tells a household's fen: the
attacker's product of price, sales and share needs to know that the share is one.
"""

import re
from html import unescape

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client

from catalog.actions import card
from catalog.models import Lot, Product
from impact.actions import standings
from impact.models import Attribution
from orders.links import token_for
from tests.database import empty
from tests.impact import test_privacy as impact
from tests.shop import everything

# Random in each shop, or told by the clock: of these no two shops are alike.
VARYING = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[A-Za-z0-9_=%-]{24,}|\d\d:\d\d(:\d\d)?|\d{4}-\d\d-\d\dT[\d:.+]+"
)
PAGES = ("", "shop/", "p/{product}/", "teams/", "t/{team}/", "contest/", "contest/?by=DIVISION", "groups/")
OWN = ("order/{number}/?token={token}", "order/{number}/receipt/?token={token}")


class Shop(impact.Shop):
    """That shop as its two buyers see it: every page and every public answer."""

    def told(self) -> str:
        standings.fold()
        cache.key_prefix += "+"
        return VARYING.sub("·", "\n".join([*self.pages(), *self.answers()]))

    def pages(self) -> list[str]:
        """What the pages say; the second buyer knows the first one's shop, not her order."""
        names = {"product": Product.objects.get().slug, "team": self.team.slug}
        paths = [path.format(**names) for path in PAGES]
        for order in self.orders:
            paths += [path.format(number=order.number, token=token_for(order)) for path in OWN]
        said = []
        self.language = "zh" if getattr(self, "language", "en") == "en" else "en"  # in turn
        for path in paths:
            answer = Client().get(f"/{self.language}/{path}")
            assert answer.status_code == 200, path
            said.append(f"{path}: {unescape(answer.content.decode())}")
        return said

    def answers(self) -> list[str]:
        """All that the API tells a guest with her order's key."""
        slug, team = Product.objects.get().slug, self.team.slug
        ways = {
            "product": [{"slug": slug}],
            "products": [{"first": 5}],
            "search": [{"first": 5}],
            "team": [{"slug": team}],
            "teams": [{"first": 5}],
            "board": [{}, {"by": "DIVISION"}],
            "contest": [{}],
            "provenance": [{"product": slug}, {"team": team}],
            "rating": [{"product": slug}],
            "boughtTogether": [{"product": slug}],
            "fromSameCounty": [{"product": slug}],
            "inSeasonTogether": [{"product": slug}],
            "formerProduct": [{"slug": slug}],
            **{kind: [{"slug": "1"}] for kind in ("geographicalIndication", "brand")},
            "place": [{"code": self.team.county_id}],
            "productFaq": [{"product": slug, "first": 10}],
        }
        for order in self.orders:
            hers = {"number": order.number, "token": token_for(order)}
            ways.setdefault("order", []).append(hers)
            for name in ("setAside", "orderGroup"):
                ways.setdefault(name, []).append({"order": order.number, "token": hers["token"]})
        return list(everything.answers(AnonymousUser(), lambda name: ways.get(name, [])).values())


def test_one_household_behind_a_lot_looks_like_twelve_on_every_page_and_in_every_answer(
    monkeypatch, transactional_db, owner, settings
):
    settings.DEMO = "small"
    monkeypatch.setattr(everything, "DEPTH", 4)  # what stands deeper stands elsewhere less deep
    one = Shop(1, monkeypatch).story()
    assert Attribution.objects.values("household").distinct().count() == 1
    empty()
    owner.execute("SELECT setval(pg_get_serial_sequence('impact_round', 'id'), 1000000)")
    many = Shop(12, monkeypatch).story()
    assert Attribution.objects.values("household").distinct().count() == 12
    assert len(one) == len(many) == 5 and min(map(len, one)) > 50_000
    for step, (said, of_twelve) in enumerate(zip(one, many, strict=True)):
        unlike = [(a, b) for a, b in zip(said.split("\n"), of_twelve.split("\n"), strict=True) if a != b]
        assert unlike == [], f"after step {step}"


def test_the_control_a_pool_is_distinct_slug_on_pages_and_in_answers(monkeypatch, transactional_db):
    """What differs and may be told does show: the comparison above would see it."""
    shop = Shop(1, monkeypatch)
    traced = shop.told()
    Lot.objects.update(level=Lot.Level.POOL)
    assert shop.told() != traced


@pytest.mark.parametrize("units", [0, 3, 5, 6, 400])
def test_what_is_left_of_a_lot_is_told_exactly_up_to_five_alone(monkeypatch, transactional_db, units):
    """A lot's own sales cannot be read off its shelf from one day to the next."""
    shop = Shop(1, monkeypatch)
    shop.lot.variant.lots.update(units_available=units, units_declared=units)
    card.refresh([shop.lot.variant.product_id])
    text = " ".join(re.sub(r"<[^>]+>", " ", page) for page in shop.pages())
    left = {int(n) for n in re.findall(r"[剩有] ?(\d+) ?份|(\d+) left", text) for n in n if n}
    assert left == ({units} if 0 < units <= 5 else set())
    assert units < 6 or not re.search(rf"\b{units}\b (份|units|left)", text)
