"""Every product of the demo has its drawing, and every drawing is only a drawing."""

import csv
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from catalog.illustrations import CATEGORIES, KINDS, UNKNOWN, WORDS, kind_for

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "shop" / "web" / "static"
TEAMS = ROOT / "shop" / "demo" / "teams.csv"
BRAND = ("logo", "favicon", "seal", "hero", "empty-cart", "parcel", "seats")
SHAPES = {"svg", "title", "path"}
SVG = "{http://www.w3.org/2000/svg}"

with TEAMS.open(encoding="utf-8-sig", newline="") as rows:
    PRODUCTS = [(row["product_zh"], row["category"]) for row in csv.DictReader(rows)]


def read(name: str) -> ElementTree.Element:
    """A drawing, with what holds for all of them checked."""
    file = STATIC / name
    root = ElementTree.fromstring(file.read_bytes())
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= SHAPES
    for node in root.iter():
        for key, value in node.attrib.items():
            said = f"{key}={value}".lower()
            assert not key.lower().startswith("on"), said
            assert all(word not in said for word in ("href", "url(", "script", "http:", "https:", "data:")), (
                said
            )
    assert root.get("role") == "img" and root.get("viewBox")
    return root


def drawing(kind: str) -> str:
    """Where pages look for it (`Product.illustration`)."""
    return f"produce/{kind}.svg"


@pytest.mark.parametrize(("product", "category"), PRODUCTS, ids=[name for name, _ in PRODUCTS])
def test_a_product_has_a_drawing_of_its_own_kind(product, category):
    kind = kind_for(product, category)
    assert kind in KINDS and kind != UNKNOWN
    assert any(word in product for word, _ in WORDS) or category == "tea", "the name was understood"
    assert (STATIC / drawing(kind)).is_file()


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_is_small_and_still(kind):
    root = read(drawing(kind))
    assert root.get("viewBox") == "0 0 640 480"
    assert root.findtext(f"{SVG}title") == " / ".join(KINDS[kind])
    assert (STATIC / drawing(kind)).stat().st_size < 5_000


@pytest.mark.parametrize("name", BRAND)
def test_the_marks_of_the_house_are_drawings_too(name):
    assert read(f"brand/{name}.svg").findtext(f"{SVG}title")
    assert (STATIC / "brand" / f"{name}.svg").stat().st_size < 10_000


def test_no_drawing_is_without_a_kind():
    assert {file.stem for file in (STATIC / "produce").glob("*.svg")} == set(KINDS)
    assert {kind for _, kind in WORDS} | set(CATEGORIES.values()) <= set(KINDS)


def test_a_page_of_the_catalogue_does_not_repeat_itself():
    shown = Counter(kind_for(*product) for product in PRODUCTS)
    assert len(PRODUCTS) == 72
    assert len(shown) > 55 and max(shown.values()) <= 4


def test_what_is_not_known_still_has_a_picture():
    assert kind_for("无名的果子", "fruit") == "fruit-basket"
    assert kind_for("无名的东西", "unheard-of") == UNKNOWN
    assert kind_for("无名的东西") == UNKNOWN
    assert read(drawing(UNKNOWN)).findtext(f"{SVG}title")
