"""What is written of the shop is true of it: README, the inventory of data, the decisions."""

import re
from collections import Counter

import pytest
from django.apps import apps
from django.db.models import Field
from django.urls import resolve
from django.utils.module_loading import import_string
from graphql import parse, validate

from core.api.run import graphql_schema
from local.machine import ROOT
from scripts.check import readme_tells_every_setting
from scripts.floors import standing
from shop import reactions, settings
from shop.celery import app as celery

README = (ROOT / "README.md").read_text()
DATA = (ROOT / "docs" / "data.md").read_text()
CLASSES = {"0", "1", "2", "3"}


def models() -> list[type]:
    """The models of the house."""
    return [model for floor in standing() for model in apps.get_app_config(floor).get_models()]


def columns(model: type) -> list[str]:
    """What a row of it holds, besides the row's own number."""
    fields: list[Field] = [*model._meta.fields, *model._meta.many_to_many]  # type: ignore[attr-defined]
    return [field.name for field in fields if field.name != "id"]


# --- README ---


def test_every_model_has_a_word_in_the_glossary():
    glossary = README.split("## Glossary")[1]
    known = set(re.findall(r"\*\*(\w+)\*\*", glossary))
    # What only serves another model goes with it.
    parts = {"SupportWaiting": "SupportNumber"}
    missing = [m.__name__ for m in models() if parts.get(m.__name__, m.__name__) not in known]
    assert missing == []


def test_every_word_of_the_glossary_has_its_chinese():
    rows = [row for row in README.split("## Glossary")[1].splitlines() if row.startswith("| **")]
    assert len(rows) > 25
    assert [row for row in rows if not re.search(r"[\u4e00-\u9fff]", row.split("|")[2])] == []


def test_every_page_of_the_contest_is_in_its_readme():
    told = set(re.findall(r"\*\*(\w+/\w+)\*\*", (ROOT / "contest" / "README.md").read_text()))
    rooms = {
        name: (ROOT / "shop" / "web" / name).glob("*.html") for name in ("contest", "organiser", "judge")
    }
    assert {f"{room}/{page.stem}" for room, pages in rooms.items() for page in pages} - told == set()


def test_every_setting_is_in_the_table():
    assert readme_tells_every_setting() == []


def test_every_path_in_the_documents_leads_somewhere():
    lost = []
    for file in [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("[a-z]*/**/README.md")]:
        for path in re.findall(r"`((?:[a-z_]+/)+[\w.{},*-]+)`", file.read_text()):
            if path.split("/")[0] not in {*standing(), "docs", "tests", "scripts", "docker"}:
                continue
            # `docs/decisions/0001` is told by its number, `orders/*/refund.py` is meant for `ls`.
            bare = re.sub(r"\{[^}]*\}", "*", path).rstrip("/")
            if not any(list(base.glob(f"{bare}{end}")) for base in (ROOT, file.parent) for end in ("", "-*")):
                lost.append(f"{file.relative_to(ROOT)}: {path}")
    assert lost == []


def test_every_link_and_picture_of_readme_is_there():
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert "schema.graphql" in targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_readmes_addresses_are_pages():
    for path in re.findall(r"`(/(?:zh|en)/[\w/-]*)`", README):
        resolve(path)


def test_every_command_of_readme_is_one():
    known = {p.stem for p in ROOT.glob("*/management/commands/*.py")}
    assert set(re.findall(r"`manage\.py (\w+)", README)) <= known
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make (run|test|check|lock|format|clean)\b", README)) <= targets


# --- pages, acts, reactions ---


def test_every_document_of_ours_is_valid_against_the_schema():
    found = sorted((ROOT / "shop" / "web").glob("*/*.graphql"))
    assert len(found) > 80
    for path in found:
        assert validate(graphql_schema(), parse(path.read_text())) == [], path.name


@pytest.mark.django_db  # a worker looks first whether it may start
def test_every_reaction_and_every_strike_of_the_clock_is_a_function():
    for event, follows in reactions.REACTIONS.items():
        for name in (*follows.at_once, *follows.afterwards):
            assert callable(import_string(name)), f"{event}: {name}"
    celery.loader.import_default_modules()
    assert [task for task in settings.CELERY_BEAT_SCHEDULE if task not in celery.tasks] == []


# --- the inventory of data ---


def inventory() -> tuple[Counter[tuple[str, str]], list[list[str]]]:
    """(how often each column stands in it, the rows that tell of personal data)."""
    listed: Counter[tuple[str, str]] = Counter()
    rows = []
    for line in DATA.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| **") else [line]
        if found := re.match(r"(?:- )?\*\*(\w+)\*\* (`.*)", cells[0]):
            listed.update((found[1], name) for name in re.findall(r"`(\w+)`", found[2]))
            if line.startswith("|"):
                rows.append(cells)
    return listed, rows


def test_every_column_is_in_the_inventory_once():
    listed, _ = inventory()
    real = {(model.__name__, name) for model in models() for name in columns(model)}
    assert {"missing": real - set(listed), "gone": set(listed) - real} == {"missing": set(), "gone": set()}
    assert [column for column, times in listed.items() if times > 1] == []


def test_what_is_personal_says_what_for_on_what_ground_how_long_and_who_reads_it():
    _, rows = inventory()
    assert len(rows) > 60
    for row in rows:
        column, purpose, ground, class_, kept, reader = row
        assert purpose and kept and reader, column
        assert ground in {"contract", "law", "consent"} and class_ in CLASSES, column


def test_no_column_that_sounds_personal_counts_as_none():
    sounds = re.compile(
        r"email|phone|recipient|street|(^|_)person|nickname|password|sealed|household$|secret|token"
    )
    harmless = {"person_times", "days_a_person"}
    plain = [line for line in DATA.splitlines() if line.startswith("- **")]
    names = [
        (line.split("**")[1], name)
        for line in plain
        for name in re.findall(r"`(\w+)`", line)
        if sounds.search(name) and name not in harmless
    ]
    assert names == []


def test_only_public_columns_are_read_by_everyone():
    _, rows = inventory()
    for column, *_, class_, _kept, reader in rows:
        assert ("everyone" in reader) == (class_ == "0"), column
