"""The demo's 72 products on a shelf, as the graded queries know them."""

import csv
from pathlib import Path

from catalog import search
from catalog.illustrations import kind_for
from catalog.models import Product
from shop.demo import shelves, words
from tests.catalog.world import a_category, a_lot, a_product, a_team, a_variant

QUERIES = Path(__file__).with_name("graded") / "queries.csv"


def demo_shelf() -> dict[int, str]:
    """Every product of the demo with its sizes, on sale and indexed; the row's number of each by its id."""
    numbers = {}
    for n, row in enumerate(shelves.rows()):
        team = a_team(county=shelves.county_of(row), **shelves.team_fields(row, n))
        category = a_category(row["category"], *words.CATEGORIES[row["category"]])
        drawing = kind_for(row["product_zh"], row["category"])
        product = a_product(team, category=category, illustration=drawing, **shelves.product_fields(row))
        for fields in shelves.sizes(row):
            a_lot(a_variant(product, **fields), units=9)
        numbers[product.id] = row["team_no"].removeprefix("HB")
    search.index(list(Product.objects.values_list("id", flat=True)))
    return numbers


def graded() -> dict[str, dict[str, int]]:
    """Each query with how much each product is wanted, by its row's number."""
    with QUERIES.open(newline="", encoding="utf-8") as file:
        return {
            row["query"]: {
                number: int(grade) for number, grade in (pair.split(":") for pair in row["grades"].split())
            }
            for row in csv.DictReader(file)
        }
