"""Two who save one product at the same moment, and a save while an operator approves: real threads, own connections, one
barrier; and what happens where the product is not locked."""

import time
from datetime import timedelta

import pytest

from catalog.actions import certificate, desk, listing, variant, waiting
from catalog.models import ListingReview, Product, Variant, VariantChange
from catalog.reads.wanted import anything_waits
from catalog.verify import verify
from core import clock
from core.refusals import Conflict
from tests.catalog.test_stock_races import at_once
from tests.catalog.world import a_person, a_team, an_operator, published
from tests.figures import full

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]
TRIALS = full(200, 20)
WAS, FIRST, SECOND = 3690, 4800, 5200


@pytest.fixture
def live():
    """A product on the shelf, two who keep its listing, and an operator."""
    team = a_team(manager=a_person())
    return published(team)


def put_back(one: Variant) -> Product:
    VariantChange.objects.all().delete()
    Variant.objects.exclude(pk=one.pk).delete()
    Variant.objects.filter(pk=one.pk).update(
        price_minor=WAS, name_en=one.name_en, approved_price_minor=WAS, story=one.story_id
    )
    Product.objects.update(state="published", changes_state="none")
    return Product.objects.select_related("team").get()


def _saves(one: Variant, **given):
    return lambda: variant.save(one.product, None, one, **given)


def test_what_two_save_at_once_is_all_there_or_one_of_them_whole(live):
    for _ in range(TRIALS):
        put_back(live)
        said = at_once([_saves(live, price_minor=FIRST), _saves(live, name_en="Another box")])
        assert not any(isinstance(one, Exception) for one in said), said
        change = VariantChange.objects.get()
        assert (change.price_minor, change.name_en) == (FIRST, "Another box"), "neither save is lost"
        assert Variant.objects.get().price_minor == WAS


def _approves(one: Variant, operator, version: int):
    return lambda: listing.approve(one.product, operator, version=version)


def approved_amid_a_save(live, operator) -> tuple[list[object], int, int | None]:
    """What came of it, the price that is sold, and the one that waits."""
    product = put_back(live)
    variant.save(product, None, live, price_minor=FIRST)
    seen = Product.objects.get().version
    said = at_once([_approves(live, operator, seen), _saves(live, price_minor=SECOND)])
    waits = VariantChange.objects.values_list("price_minor", flat=True).first()
    return said, Variant.objects.get().price_minor, waits


def test_nothing_is_approved_that_was_saved_after_she_looked(live):
    operator = an_operator()
    for _ in range(TRIALS):
        said, price, waits = approved_amid_a_save(live, operator)
        if isinstance(said[0], ListingReview):
            # The second is above the first by less than a tenth: approved first, it is shown at once.
            assert (price, waits) == (SECOND, None)
        else:
            assert isinstance(said[0], Conflict) and (price, waits) == (WAS, SECOND)
        assert Product.objects.get().changes_state == ("waiting" if waits else "none")
        assert [one for one in verify() if one.noun == "Variant"] == []


def test_without_the_lock_it_would_be(live, monkeypatch):
    """The control: where neither locks the product, what nobody has seen is sold."""
    operator, spoilt = an_operator(), 0

    def unlocked(product, by=None, seen=None):
        pk = product if isinstance(product, int) else product.pk
        return Product.objects.select_related("team").get(pk=pk)

    write_over = waiting.write_over

    def slowly(product):
        time.sleep(0.3)
        write_over(product)

    monkeypatch.setattr(desk, "opened", unlocked)
    monkeypatch.setattr(listing, "_locked", unlocked)
    monkeypatch.setattr(waiting, "write_over", slowly)
    for _ in range(full(20, 5)):
        (review, _), *_ = approved_amid_a_save(live, operator)
        if isinstance(review, ListingReview):
            spoilt += review.seen["variants"][str(live.uid)]["price_minor"] == SECOND
    assert spoilt > 0


def test_what_is_handed_in_by_two_at_once_all_waits(live):
    today = clock.today()
    for n in range(full(50, 4)):
        product = put_back(live)
        product.certificates.all().delete()

        def paper(product=product, number=f"T-{n}"):
            return certificate.add(
                product, None, kind="test", number=number, issuer_zh="示例",
                issued_on=today - timedelta(1), expires_on=today + timedelta(9),
            )  # fmt: skip

        said = at_once([paper, _saves(live, price_minor=FIRST)])
        assert not any(isinstance(one, Exception) for one in said), said
        now = Product.objects.get()
        assert anything_waits(now) and now.changes_state == "waiting"
        assert now.certificates.get().is_waiting and VariantChange.objects.count() == 1
