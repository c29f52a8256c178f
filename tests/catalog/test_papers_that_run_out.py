"""Papers run out: their team is told thirty days before and seven, once each; a badge goes, and what may not be sold without
its paper leaves the shelf."""

from datetime import timedelta

import pytest
from django.core import mail

from catalog.actions import certificate, listing, paper_terms
from catalog.models import Certificate, Product
from catalog.reads import valid_certificates
from catalog.tasks import turn_the_day
from catalog.verify import verify
from core import clock
from core.deliveries import drain
from core.refusals import Conflict
from tests.catalog.world import a_lot, a_person, a_product, a_team, a_variant, an_operator
from tests.factor import awake

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return a_team(manager=a_person(language="zh"))


@pytest.fixture
def noodles(team):
    """Made, on the shelf, with a lot."""
    product = a_product(
        team, name_zh="手工面", kind="processed", storage="dry", ingredients_zh="面", summary_zh="细"
    )
    return a_lot(a_variant(product)).variant.product


def a_paper(product, kind, days, number="示例 1", **fields):
    """A paper that runs out in so many days; below 0: it ran out before today."""
    today = clock.today()
    fields = {"issued_on": today - timedelta(days=400), "expires_on": today + timedelta(days=days), **fields}
    return product.certificates.create(kind=kind, number=number, issuer_zh="示例机构", **fields)


def letters():
    """What was written since the last time."""
    drain()
    found = [(one.subject, one.body) for one in mail.outbox]
    mail.outbox.clear()
    return found


def days_pass(monkeypatch, days):
    then = clock.today() + timedelta(days=days)
    monkeypatch.setattr(clock, "today", lambda: then)


def test_a_team_is_told_thirty_days_before_and_seven_once_each(
    noodles, monkeypatch, django_capture_on_commit_callbacks
):
    a_paper(noodles, "licence", 31)
    for days, told in ((0, 0), (1, 1), (0, 0), (10, 0), (12, 0), (1, 1), (0, 0), (5, 0)):
        days_pass(monkeypatch, days)
        with django_capture_on_commit_callbacks(execute=True):
            turn_the_day()
        said = letters()
        assert len(said) == told, (days, said)
        if told:
            subject, body = said[0]
            assert "手工面：生产许可证" in subject and "示例 1，示例机构" in body and "商品自动下架" in body
    noodles.refresh_from_db()
    assert noodles.state == "published", "in force on its last days"


def test_what_has_few_days_left_when_it_is_first_seen_is_told_of_once(noodles):
    a_paper(noodles, "organic", 5)
    assert (paper_terms.warn(), paper_terms.warn()) == (1, 0)
    (said,) = letters()
    assert "商品页不再显示它" in said[1]


def test_of_what_is_followed_by_another_nobody_is_told(noodles):
    a_paper(noodles, "licence", 5)
    a_paper(noodles, "licence", 300, number="示例 2", is_waiting=True)
    a_paper(a_product(noodles.team, state="draft", published_at=None), "licence", 5)
    assert paper_terms.warn() == 0


@pytest.mark.parametrize(
    ("kind", "of", "leaves"),
    [
        ("licence", "processed", True),
        ("licence", "fresh", True),
        ("test", "alcohol", True),
        ("test", "fresh", False),
        ("gi", "processed", False),
        ("organic", "processed", False),
        ("origin", "fresh", False),
    ],
)
def test_which_paper_takes_its_product_off_the_shelf_the_day_after_its_last(noodles, kind, of, leaves):
    Product.objects.filter(pk=noodles.pk).update(kind=of)
    paper = a_paper(noodles, kind, 0)
    assert turn_the_day() == 1 and valid_certificates(noodles) == [paper], (
        "told of on its last day, and in force"
    )
    Certificate.objects.update(expires_on=clock.today() - timedelta(days=1))
    assert turn_the_day() == int(leaves) and turn_the_day() == 0
    product = Product.objects.get(pk=noodles.pk)
    assert product.state == ("suspended" if leaves else "published")
    assert valid_certificates(product) == [], "its badge is gone with it"
    if leaves:
        review = product.listing_reviews.get()
        assert review.reviewer is None and "示例 1" in review.comment and "ran out on" in review.comment
        assert [subject for subject, _ in letters() if "暂停" in subject] == ["手工面 已暂停"]


def test_it_comes_back_once_an_operator_has_seen_the_new_paper(noodles):
    a_paper(noodles, "licence", -1)
    assert paper_terms.take_off() == 1
    manager, operator = awake(noodles.team.members.get().person), an_operator()
    today = clock.today()
    held = Product.objects.get(pk=noodles.pk)
    with pytest.raises(Exception, match="已过期"):
        listing.resume(held, operator)
    new = {"number": "示例 1", "issuer_zh": "示例机构", "issued_on": today}
    certificate.add(held, manager, kind="licence", expires_on=today + timedelta(days=365), **new)
    with pytest.raises(Conflict, match="新的还没看过"):
        listing.resume(Product.objects.get(pk=held.pk), operator)
    listing.approve(Product.objects.get(pk=held.pk), operator)
    held.refresh_from_db()
    assert held.state == "published" and turn_the_day() == 0


def test_a_paper_that_it_needs_is_not_taken_away_before_another_is_in_force(noodles):
    manager = awake(noodles.team.members.get().person)
    paper = a_paper(noodles, "licence", 90)
    with pytest.raises(Conflict, match="没有它不能卖"):
        certificate.remove(paper, manager)
    a_paper(noodles, "licence", 300, number="示例 2")
    certificate.remove(paper, manager)
    badge = a_paper(noodles, "gi", 90)
    certificate.remove(badge, manager)
    assert list(noodles.certificates.values_list("number", flat=True)) == ["示例 2"]


def test_verify_sees_what_stood_on_the_shelf_for_a_day_without_its_paper(noodles):
    a_paper(noodles, "licence", -1)
    assert list(verify()) == [], "beat has the day to see it"
    Certificate.objects.update(expires_on=clock.today() - timedelta(days=2))
    assert ["licence" in one.words for one in verify()] == [True]
