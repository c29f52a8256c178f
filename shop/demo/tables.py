"""The demo's teams as the tables of an import: an example to begin from, and to try an import with."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from catalog.imports import SHEETS
from core import clock
from shop.demo import shelves, words
from shop.demo.labels import as_cells, food_label_of

# Written as a spreadsheet opens them: with the mark without which it takes UTF-8 for something else.
ENCODING = "utf-8-sig"
UNITS = 60


def write_example(folder: Path) -> dict[Path, int]:
    """How many rows stand in each file that was written. Raises FileExistsError for a folder that holds something."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(folder)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in SHEETS}
    for name, values in _rows():
        found[name].append(values)
    return {_write(folder / f"{name}.csv", name, rows): len(rows) for name, rows in found.items()}


def _rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """(table, values by column), in the order of the tables' rows."""
    for position, (slug, (zh, en)) in enumerate(words.CATEGORIES.items()):
        yield "categories", {"slug": slug, "name_zh": zh, "name_en": en, "position": position}
    for n, row in enumerate(shelves.rows()):
        yield "teams", {**shelves.team_fields(row, n), "county": shelves.county_of(row).code}
        yield "leaders", {"team": row["team_no"], **shelves.leader_fields(row, n)}
        product = shelves.product_fields(row)
        months = ",".join(map(str, product["season_months"]))
        yield (
            "products",
            {
                **product,
                **as_cells(food_label_of(row["product_zh"])),
                "team": row["team_no"],
                "category": row["category"],
                "season_months": months,
            },
        )
        for size in shelves.sizes(row):
            yield from _size(product["slug"], size, shelves.story_of(row))


def _size(product: str, size: dict[str, Any], story: dict[str, int]) -> Iterator[tuple[str, dict[str, Any]]]:
    named = {"product": product, "variant": size["name_zh"]}
    yield "variants", {**size, "product": product, "price_minor": _hundredths(size["price_minor"])}
    yield "price_stories", {**named, **{part: _hundredths(bps) for part, bps in story.items()}}
    today = clock.today()
    yield (
        "lots",
        {**named, "quantity": UNITS, "harvest_from": today - timedelta(days=12), "harvest_to": today},
    )


def _hundredths(number: int) -> str:
    """Fen as yuan, basis points as percent."""
    return f"{number // 100}.{number % 100:02d}"


def _write(path: Path, name: str, rows: list[dict[str, Any]]) -> Path:
    """With the columns that have something in them, by their Chinese titles."""
    columns = [column for column in SHEETS[name].columns if any(column.name in row for row in rows)]
    with path.open("w", newline="", encoding=ENCODING) as file:
        writer = csv.writer(file)
        writer.writerow([column.title.zh for column in columns])
        writer.writerows([[row.get(column.name, "") for column in columns] for row in rows])
    return path
