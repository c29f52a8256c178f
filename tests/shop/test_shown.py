"""Whatever changes of what is shown is noted, by whatever hand; what is not shown is not."""

from datetime import date

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import Region
from catalog.actions import card
from catalog.models import Category, Certificate, Leader, Lot, Picture, Product, Team, Variant
from core.models import Change
from impact.actions import standings
from impact.models import DisclosedHouseholds, Disclosure, Edition, Entry, Household, Round, Standing
from orders.models import Review
from tests.catalog import world
from tests.impact import world as impact

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot():
    """A product on the shelf in a round of a contest."""
    made = impact.a_lot()
    impact.a_round(made.variant.product.team)
    Change.objects.all().delete()
    return made


def noted():
    return set(Change.objects.values_list("name", flat=True))


WHOLE = {"products"}
CHANGES = {
    "a team's words": (lambda lot: Team.objects.update(story_zh="新"), WHOLE),
    "a leader's words": (lambda lot: Leader.objects.update(words_zh="新"), WHOLE),
    "a shelf's name": (lambda lot: Category.objects.update(name_zh="新"), WHOLE),
    "a place's name": (
        lambda lot: Region.objects.filter(code="420000").update(name_en="x"),
        {"products", "regions"},
    ),
    "what is told of households": (lambda lot: DisclosedHouseholds.objects.update(tens=50), {"households"}),
    "a sum of the board": (
        lambda lot: Standing.objects.update(net_minor=5, folded_at=timezone.now()),
        {"contest"},
    ),
    "what is called for": (lambda lot: Standing.objects.update(called_minor=5), {"contest"}),
    "what is told of counts": (
        lambda lot: Disclosure.objects.create(
            round=Round.objects.get(), day=date(2026, 1, 1), made_at=timezone.now(), number=0
        ),
        {"contest"},
    ),
    "an edition": (lambda lot: Edition.objects.update(theme_zh="新"), {"contest"}),
    "a round": (lambda lot: Round.objects.update(freezes_at=F("closes_at")), {"contest"}),
    "an entry": (lambda lot: Entry.objects.update(number="9"), {"contest"}),
}
OF_ONE = {
    "its words": lambda lot: Product.objects.update(summary_zh="新"),
    "its card, when few are left": lambda lot: leave(lot, 5),
    "one left less": lambda lot: (leave(lot, 5), Change.objects.all().delete(), leave(lot, 4)),
    "sold out": lambda lot: leave(lot, 0),
    "a variant of which few are left": lambda lot: (
        world.a_lot(world.a_variant(lot.variant.product)), Change.objects.all().delete(), leave(lot, 2)
    ),
    "another lot's turn": lambda lot: (
        world.a_lot(lot.variant), Change.objects.all().delete(), leave(lot, 0)
    ),
    "what a variant says of its units": lambda lot: Variant.objects.update(units_available=1),
    "its state": lambda lot: Product.objects.update(state="suspended"),
    "a price": lambda lot: Variant.objects.update(price_minor=5),
    "a lot's days": lambda lot: Lot.objects.update(best_before=date(2030, 1, 1)),
    "a photo": lambda lot: Picture.objects.create(product=lot.variant.product, file="a", card_file="b", width=1, height=1),
    "a paper": lambda lot: Certificate.objects.create(
        product=lot.variant.product, kind="test", number="1", issuer_zh="x", issuer_en="x",
        issued_on=date(2026, 1, 1), expires_on=date(2030, 1, 1),
    ),
}  # fmt: skip
NOT_SHOWN = {
    "units of a lot alone": lambda lot: Lot.objects.update(
        units_available=F("units_available") - 1, units_sold=1
    ),
    "a household": lambda lot: Household.objects.update(consented_at=None),
    "counts and what is excluded, before their day": lambda lot: Standing.objects.update(
        number=7, person_times=3, people=2, organisations=1, excluded_minor=900, mobilised_minor=400
    ),
    "a sale above five": lambda lot: leave(lot, 6),
    "a card that says the same": lambda lot: card.refresh([lot.variant.product_id]),
    "a search engine's version": lambda lot: Product.objects.update(version=F("version") + 1),
}


def leave(lot, units):
    """So many are left of it, and its cards know."""
    Lot.objects.filter(pk=lot.pk).update(units_available=units, units_sold=F("units_declared") - units)
    card.refresh(lots=[lot.pk])


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_behind_many_is_one_of_them_all(what, lot):
    change, names = CHANGES[what]
    change(lot)
    assert noted() == names


@pytest.mark.parametrize("what", OF_ONE)
def test_a_change_of_one_product_is_noted_under_its_name(what, lot):
    OF_ONE[what](lot)
    assert noted() == {f"products:{lot.variant.product.slug}"}


@pytest.mark.parametrize("what", NOT_SHOWN)
def test_what_nobody_is_shown_is_not_noted(what, lot):
    """Above five a sale changes no answer, and so none is made anew: who waits for hers learns nothing by the time."""
    NOT_SHOWN[what](lot)
    assert noted() == set()


def test_of_purchases_those_are_noted_that_move_what_is_told(lot):
    own = world.a_person()
    lot.variant.product.team.members.create(person=own)
    Change.objects.all().delete()
    impact.pay(impact.an_order((lot, 1), person=own))
    standings.fold()
    assert noted() == set()
    impact.pay(impact.an_order((lot, 1)))
    standings.fold()
    assert noted() == {"contest"}


def test_what_is_taken_away_is_noted(lot):
    slug = lot.variant.product.slug
    OF_ONE["a photo"](lot)
    Change.objects.all().delete()
    Picture.objects.all().delete()
    assert noted() == {f"products:{slug}"}
    Change.objects.all().delete()
    product = world.a_product(lot.variant.product.team)
    assert noted() == {f"products:{product.slug}"}
    product.delete()
    assert noted() == {f"products:{product.slug}"}


def test_a_review_is_noted_under_its_product(lot):
    line = impact.an_order((lot, 1)).lines.get()
    Change.objects.all().delete()
    review = Review.objects.create(product=lot.variant.product, line=line, stars=5)
    assert noted() == {f"reviews:{lot.variant.product.slug}"}
    Change.objects.all().delete()
    Review.objects.filter(pk=review.pk).update(is_hidden=True)
    assert noted() == {f"reviews:{lot.variant.product.slug}"}
