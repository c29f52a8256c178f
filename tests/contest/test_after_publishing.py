"""Once a result is out everything says so at once, whatever was asked and kept before (N14): pages, files, programs, letters."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from contest.actions import result as results
from core.api.run import hash_of
from shop.web.document import text_of
from tests.contest.rounds import AField, a_field
from tests.web.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
BEST = "E03"


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> AField:
    made = a_field(monkeypatch, teams=3)
    made.scoring((80, 60), (50, 90), (91, 71))
    return made


class Places:
    """Each place at which a result is told, and the total of the best entry that it tells: None where it tells of none."""

    def __init__(self, field: AField):
        self.slug = field.round.edition.slug
        self.here = f"/en/contest/{self.slug}/provincial/"
        of_its = f'edition: "{self.slug}", level: PROVINCIAL'
        self.all: dict[str, Callable[[], str | None]] = {
            "home": lambda: self.of_page("/en/contest/"),
            "board": lambda: self.of_page(self.here),
            "entry": lambda: self.of_page(f"/en/contest/{self.slug}/{BEST}/"),
            "comparison": lambda: self.of_page(f"{self.here}compare/?a=E01&b={BEST}"),
            "csv": self.of_csv,
            "xlsx": self.of_xlsx,
            "program": self.of_program,
            "result": lambda: self.of_answer(f"roundResult({of_its}) {{ rows {{ total }} }}"),
            "score": lambda: self.of_answer(f'scoreExplained({of_its}, number: "{BEST}") {{ total }}'),
            "comparison asked": lambda: self.of_answer(
                f'scoreCompared({of_its}, a: "E01", b: "{BEST}") {{ ahead {{ total }} }}'
            ),
        }

    def told(self) -> dict[str, str | None]:
        return {name: place() for name, place in self.all.items()}

    @staticmethod
    def of_page(address: str) -> str | None:
        page = Client().get(address)
        said = [total for total in TOTALS if page.status_code == 200 and total in words(page)]
        assert len(said) < 2, "one page tells two versions"
        return said[0] if said else None

    def of_csv(self) -> str | None:
        page = Client().get(f"{self.here}result.csv")
        if page.status_code != 200:
            return None
        line = next(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))))
        return line["Total"] if line["Number"] == BEST else "another is the best"

    def of_xlsx(self) -> str | None:
        page = Client().get(f"{self.here}result.xlsx")
        if page.status_code != 200:
            return None
        heads, first, *_ = openpyxl.load_workbook(io.BytesIO(page.content)).active.values
        line = dict(zip(heads, first, strict=True))
        return f"{line['Total']:.4f}" if line["Number"] == BEST else "another is the best"

    def of_program(self) -> str | None:
        """By the page's own document, which anybody in between may keep for a second."""
        given = {
            "documentId": hash_of(text_of("contest/round.graphql")),
            "variables": json.dumps({"edition": self.slug, "level": "PROVINCIAL"}),
        }
        reply = Client().get("/graphql", given)
        assert reply["Cache-Control"] in ("public, max-age=1", "private, no-cache")
        return _total_in(reply.json()["data"]["contest"]["result"])

    @staticmethod
    def of_answer(asked: str) -> str | None:
        reply: Any = Client().post("/graphql", {"query": f"{{ {asked} }}"}, content_type="application/json")
        (found,) = reply.json()["data"].values()
        return _total_in(found)


def _total_in(found: Any) -> str | None:
    """The first total of an answer."""
    match = re.search(r'"total": "([\d.]+)"', json.dumps(found))
    return match[1] if match else None


TOTALS = ("81.0000", "84.0000")  # of the first version, and of the second


def test_every_place_tells_the_same_version_as_soon_as_it_is_out(field):
    field.freeze()
    places = Places(field)
    # Asked and kept before, wherever anything is kept.
    assert places.told() == dict.fromkeys(places.all)
    field.publish()
    assert places.told() == dict.fromkeys(places.all, TOTALS[0])
    field.scoring((80, 60), (50, 90), (97, 71))
    results.supersede(field.round, field.organiser, "Again.")
    assert places.told() == dict.fromkeys(places.all, TOTALS[1])
    assert Client().get(f"{places.here}result.csv?version=1").status_code == 200
    field.window_over()
    assert results.finalise_due() == 1
    assert places.told() == dict.fromkeys(places.all, TOTALS[1])
    for address in ("/en/contest/", places.here, f"/en/contest/{places.slug}/{BEST}/"):
        page = words(Client().get(address)).split("<main")[1].lower()
        assert "final" in page and "provisional result" not in page, address


def test_an_appeal_that_is_granted_after_the_result_is_out_opens_it_once_more(field):
    """Though nobody else would go on: what says that a team is out, while it is in, is not made final."""
    field.freeze()
    field.out(2, "suspended")
    result = field.publish()
    assert result.rows.get(entry=field.entries[1]).out == "suspended"
    field.entries[1].registration.move_to("live", reason="")
    field.window_over()
    assert results.finalise_due() == 0
    (opened,) = field.entries[1].reexaminations.all()
    assert (opened.cause, opened.state) == ("recomputed", "open")
    results.supersede(field.round, field.organiser, "Its appeal was granted.")
    field.window_over()
    assert results.finalise_due() == 1
    assert [row.out for row in field.round.results.get(version=2).rows.all()] == ["", "", ""]


def test_who_is_out_is_in_no_field_that_a_simulator_ranks(field):
    from contest.reads.simulation import replay

    field.out(2, "disqualified")
    assert {one.entry_id for one in replay(field.round).inputs} == {field.entries[0].pk, field.entries[2].pk}
