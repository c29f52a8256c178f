"""The rules of the demo: nobody and nothing in it is real, and it promises nothing that it may not."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, Person, Region
from catalog.models import Certificate, Leader, Product, Team
from impact.models import Edition
from local.machine import ROOT
from orders.models import Order, Parcel, Refund
from scripts.floors import standing
from shop.demo.shelves import rows
from tests.shop.rules import FORBIDDEN, broken
from together.models import GroupPurchase

# Solar terms and plants, by which the made-up leaders and buyers are named.
GIVEN = (
    "立春,雨水,惊蛰,清明,谷雨,立夏,小满,芒种,夏至,小暑,大暑,立秋,处暑,白露,秋分,寒露,霜降,立冬,小雪,大雪,冬至,小寒,大寒,"
    "竹影,茶青,兰溪,栗香,青禾,荷风,麦穗,稻香,桂子,荞花,松果,橙黄"
)


def texts() -> Iterator[tuple[str, str]]:
    """Every word that the demo has written into the database, by where it stands."""
    for floor in standing():
        for model in apps.get_app_config(floor).get_models():
            names = [f.name for f in model._meta.fields if isinstance(f, models.CharField | models.TextField)]
            if model is Region or not names:
                continue
            for row in model._default_manager.values_list(*names):
                for name, value in zip(names, row, strict=True):
                    if isinstance(value, str) and value:
                        yield f"{model.__name__}.{name}", value


@pytest.mark.parametrize(
    "text",
    [
        "红十字会认证",
        "The finest tea",
        "降血压",
        "贫困户",
        "第一名",
        "No. 1 in Hubei",
        "healthy",
        "Our best tea",
    ],
)
def test_the_list_of_words_finds_what_it_is_for(text):
    assert broken(text)


@pytest.mark.parametrize(
    "text",
    [
        "第一次买",
        "Best before 1 May",
        "最近 7 天",
        "最多 5 份",
        "最低成团 10 份",
        "示例工会",
        "最好附照片",
        "Best match",
    ],
)
def test_it_lets_honest_words_through(text):
    assert not broken(text)


def test_no_word_of_the_demo_breaks_a_rule(demo):
    found = {(where, *offence) for where, text in set(texts()) for offence in broken(text)}
    assert found == set()


def test_no_page_breaks_a_rule(walked):
    found = {(s.stop.name, *offence) for s in walked for offence in broken(s.words)}
    assert found == set()


def test_no_mail_and_no_drawing_breaks_a_rule():
    paths = [p for kind in ("*.txt", "*.svg", "*.html") for p in ROOT.glob(f"[a-z]*/**/{kind}")]
    assert len(paths) > 60
    found = {(path.name, *offence) for path in paths for offence in broken(path.read_text())}
    assert found == set()


def test_bodies_are_examples_and_say_so(demo):
    names = Organisation.objects.values_list("name_zh", "name_en")
    assert all("示例" in zh and "Demo" in en for zh, en in names)
    named = [
        *Team.objects.values_list("name_zh", "name_en"),
        *Edition.objects.values_list("name_zh", "name_en"),
    ]
    assert all("示例" in zh and "Demo" in en for zh, en in named)
    makers = Team.objects.values_list("producer_zh", "village_zh")
    assert all("示例" in word for pair in makers for word in pair)
    assert all("示例" in title for title in GroupPurchase.objects.values_list("title", flat=True))


def test_papers_and_licences_carry_no_real_number(demo):
    assert Certificate.objects.count() > 10
    for paper in Certificate.objects.all():
        assert paper.number.startswith("示例") and "示例" in paper.issuer_zh and "Demo" in paper.issuer_en
    licences = [
        *Team.objects.values_list("licence_number", flat=True),
        *Product.objects.values_list("licence_number", flat=True),
    ]
    assert all(number.startswith("示例") for number in licences if number)


def test_people_are_made_up_and_cannot_be_reached(demo):
    leaders = Leader.objects.values_list("name_zh", flat=True)
    assert sorted(leaders) == sorted(row["leader_fictional"] for row in rows())
    assert all(name[1:] in GIVEN for name in leaders)
    addresses = [
        *Person.objects.values_list("email", flat=True),
        *Order.objects.values_list("email", flat=True),
    ]
    assert all(email.endswith("@demo.example") for email in addresses)
    phones = [
        *Parcel.objects.filter(shipments__order__holder=None).values_list("phone", flat=True),
        *GroupPurchase.objects.values_list("phone", flat=True),
    ]
    assert all(
        re.fullmatch(r"1000000\d{4}|027-?0000000\d", re.sub(r"^\+86|[ -]", "", phone)) for phone in phones
    )
    streets = Parcel.objects.values_list("street", flat=True)
    assert all("示例" in street for street in streets)
    assert not Refund.objects.filter(~Q(note="") & ~Q(note__startswith="示例")).exists()


def test_the_demo_reads_nothing_from_outside_the_repository():
    sources = [p for p in ROOT.glob("[a-z]*/**/*.py") if not p.is_relative_to(ROOT / "tests" / "shop")]
    assert [p.name for p in sources if "shared/" in p.read_text()] == []


def test_every_rule_has_a_word_in_each_language_or_says_why():
    assert {rule for rule, pattern in FORBIDDEN.items() if not re.search("[a-z]", pattern)} <= {
        "a title that only others give"
    }
