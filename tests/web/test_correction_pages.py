"""A leader asks for a lot's shares to be put right; whoever verifies in her county opens what it changes, and decides."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.permissions import Role
from accounts.places import Place
from core.api.ids import global_id
from impact.models import CorrectionOpening, CorrectionReading, LotShare, ShareCorrection
from impact.reads.positions import of_households
from impact.verify import verify
from tests.accounts.world import holds
from tests.catalog.world import a_person, works_at
from tests.impact import world
from tests.impact.test_correction import Weighed
from tests.web.conftest import signed_in
from tests.web.test_desk import fill, sure
from tests.web.test_pages import unfolded, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    made = Weighed()
    made.sold()
    return made


def page_of(at, lang="en"):
    return f"/{lang}/desk/product/{global_id('Product', at.lot.variant.product.uid)}/lot/{global_id('Lot', at.lot.uid)}/"


def kg(at, pk):
    return f"kg.{global_id('Household', at.team.households.get(pk=pk).uid)}"


def office_page(lang="en"):
    return f"/{lang}/office/corrections/{global_id('OfficeCorrection', ShareCorrection.objects.latest('asked_at').uid)}/"


def ask(at, desk):
    sure(
        desk,
        page_of(at),
        "correct_shares",
        **{kg(at, at.b): "", kg(at, at.c): "100"},
        reason="称重单上写错了一户",
    )


def test_it_is_asked_for_at_the_desk_opened_for_a_purpose_and_agreed_to(at):
    desk, office = signed_in(at.leader), signed_in(at.verifier)
    looked = words(
        fill(
            desk,
            page_of(at),
            "correct_shares",
            **{kg(at, at.b): "", kg(at, at.c): "100"},
            reason="写错了一户",
        )
    )
    assert "what is owed stays" in looked and not ShareCorrection.objects.exists()
    ask(at, desk)
    waits = words(desk.get(page_of(at)))
    assert "Waits for a verifier" in waits and "称重单上写错了一户" in waits and "Take it back" in waits
    assert "open=correct_shares" not in waits, "one at a time waits"
    assert "Shares to put right" in words(office.get("/en/office/"))
    listed = words(office.get("/en/office/households/"))
    assert at.lot.code in listed and "Waits for a verifier" in listed
    closed = words(office.get(office_page()))
    code = at.team.households.get(pk=at.b).uid.hex[:6].upper()
    assert (
        "称重单上写错了一户" in closed
        and code not in closed
        and "It is as on the weighing slip" not in closed
    )
    assert not CorrectionReading.objects.exists()
    opened = words(fill(office, office_page(), "open_correction", purpose="对照称重单"))
    assert code in opened and "100 →" in opened and "¥9.96" in opened and "¥0.00" in opened
    (opening,) = CorrectionOpening.objects.all()
    assert (opening.reader, opening.purpose) == (at.verifier, "对照称重单") and opening.readings.count() == 1
    office.get(office_page())
    assert opening.readings.count() == 2, "each page is written down"
    sure(office, office_page(), "approve_correction")
    assert dict(LotShare.objects.values_list("household", "grams")) == {at.a: 100_000, at.c: 100_000}
    assert of_households([at.c])[at.c].earmarked_minor == 996 and not list(verify())
    product = at.lot.variant.product
    shown = words(Client().get(f"/en/p/{product.slug}/"))
    assert "Who brought how much was put right" in shown and code not in shown and "¥9.96" not in shown
    told = words(desk.get(page_of(at)))
    assert "Put right" in told and "¥9.96 went to other households" in told and "Ask for a correction" in told


def test_it_is_refused_with_a_reason_or_taken_back_and_nobody_else_is_told(at):
    desk, office = signed_in(at.leader), signed_in(at.verifier)
    ask(at, desk)
    fill(office, office_page(), "open_correction", purpose="对照称重单")
    fill(office, office_page(), "refuse_correction", reason="称重单上不是这样")
    assert "称重单上不是这样" in words(desk.get(page_of(at)))
    ask(at, desk)
    manager, packer = a_person(), a_person()
    works_at(at.team, manager)
    works_at(at.team, packer, Role.PACKER)
    seen = words(signed_in(manager).get(page_of(at)))
    assert "Waits for a verifier" in seen and "Take it back" not in seen, "a manager looks on"
    assert "写错" not in words(signed_in(packer).get(page_of(at)))
    elsewhere = a_person()
    holds(
        elsewhere,
        Role.COUNTY_VERIFIER,
        Place(region=world.shelves.a_region("429005", "潜江", "Qianjiang", 3).pk),
    )
    for stranger in (manager, packer, elsewhere):
        assert "写错" not in words(signed_in(stranger).get(office_page()))
    fill(desk, page_of(at), "withdraw_correction")
    assert sorted(ShareCorrection.objects.values_list("state", flat=True)) == ["refused", "withdrawn"]


def test_a_page_opened_by_one_is_closed_to_another_and_by_itself(at, monkeypatch):
    ask(at, signed_in(at.leader))
    office, other = signed_in(at.verifier), a_person()
    holds(other, Role.COUNTY_VERIFIER, Place(region=at.team.county_id))
    assert "100 →" in words(fill(office, office_page(), "open_correction", purpose="对照称重单"))
    seen = words(signed_in(other).get(office_page()))
    assert "Whose it changes" in seen and "100 →" not in seen
    monkeypatch.setattr("impact.actions.correction.OPEN_FOR", timedelta(0))
    later = signed_in(other)
    assert "100 →" not in words(fill(later, office_page(), "open_correction", purpose="对照称重单"))
    assert CorrectionReading.objects.count() == 1 and unfolded(later, office_page(), "open_correction")
