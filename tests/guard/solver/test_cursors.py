"""No cursor of a public list carries an id or a moment."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Faq, Organisation, Question
from catalog import search
from catalog.models import Product, Team
from contest.models import Course, EditionQuestion
from core.api.ids import global_id
from impact.models import Edition
from orders.models import Review
from tests.catalog import world as shelves
from tests.figures import figure
from tests.guard.solver import cursors
from tests.guard.solver.stranger import Stranger
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

ROWS = 9
# Of all lists in the schema, those that nobody pages through but their owners, managers and coordinators, and whoever is
# appointed to something, in the office.
NOT_PUBLIC = {
    *("HouseholdConnection", "TeamProductConnection", "ParcelConnection", "GroupParcelConnection"),
    *("DeskClaimConnection", "SeatConnection", "MembershipConnection", "GroupPurchaseConnection"),
    "OrderConnection",
    *("AppointmentConnection", "AuditEntryConnection", "OfficeTeamConnection"),
    "OfficeOrganisationConnection",
    *("OfficeHouseholdConnection", "OrganiserEntryConnection", "OfficeRefundConnection"),
    *("OfficeDisputeConnection", "OfficeClaimConnection", "OfficeReviewConnection"),
    *("CheckedListingConnection", "StoryTeamConnection", "SendingTeamConnection"),
    *("CaseConnection", "CeremonyGuestConnection", "ImportBatchConnection", "QuarantinedRowConnection"),
    *("QuestionConnection", "RegistrationConnection", "SynonymConnection", "DeskNewsConnection"),
    "TeamApplicationConnection",
}
TRIED = {
    *("ProductConnection", "TeamConnection", "ReviewConnection", "OrganisationConnection", "SearchResult"),
    *("FaqConnection", "CourseConnection"),
}


class Lists:
    """Rows of which each list shows some, with ids as a shop of many years has them."""

    def __init__(self) -> None:
        self.team = shelves.a_team()
        chosen = [self._product(n) for n in range(ROWS)]
        search.index([product.pk for product in chosen])
        for _ in range(ROWS - 1):
            self._listed_team()
        buyer = shelves.a_person()
        for n in range(ROWS):
            lot = shelves.a_lot(chosen[0].variants.get())
            order = world.an_order((lot, 1), person=buyer)
            Review.objects.create(
                pk=7_500_000 + 3 * n, product=chosen[0], line=order.lines.get(), nickname=f"示例{n}", stars=5
            )
        self.union = world.an_organisation()
        for n in range(ROWS):
            world.an_organisation(pk=8_200_000 + 7 * n, parent=self.union)
        edition = world.a_round().edition
        for n in range(ROWS):
            self._learnt(edition, n)
        self.known = {
            "edition": edition.slug,
            "slug": chosen[0].slug,
            "team": self.team.slug,
            "id": global_id("Organisation", self.union.uid),
        }

    def _product(self, n: int) -> Product:
        product = shelves.a_product(self.team, pk=6_100_000 + 11 * n)
        shelves.a_lot(shelves.a_variant(product, price_minor=2000 + 100 * n), units=20)
        return product

    def _listed_team(self) -> None:
        """A team with something on the shelf."""
        team = shelves.a_team(pk=7_700_000 + 13 * Team.objects.count())
        product = shelves.a_product(team)
        shelves.a_lot(shelves.a_variant(product), units=20)
        search.index([product.pk])

    @staticmethod
    def _learnt(edition: Edition, n: int) -> None:
        """A course of the edition, and a question about it that everybody may read the answer of."""
        Course.objects.create(
            pk=4_300_000 + 17 * n, edition=edition, state="published", title_zh=f"示例课程{n}"
        )
        question = Question.objects.create(
            pk=3_900_000 + 19 * n, words="示例", answered_with="示例", due_at=timezone.now()
        )
        EditionQuestion.objects.create(edition=edition, question=question)
        Faq.objects.create(
            pk=5_100_000 + 23 * n,
            question=question,
            question_zh=f"示例问题{n}",
            answer_zh="示例",
            published_at=timezone.now(),
        )

    def secrets(self, name: str, rows: list[tuple[str, str]]) -> list[list[int]]:
        """Of each row of a list what she is not told: its id, and the microseconds of its moment."""
        if name == "reviews":
            reviews = {review.nickname: review for review in Review.objects.all()}
            return [[reviews[row].pk, _micro(reviews[row].written_at)] for row, _ in rows]
        if name == "an edition's answers":
            answers = {faq.question_zh: faq for faq in Faq.objects.all()}
            return [[answers[row].pk, _micro(answers[row].published_at)] for row, _ in rows]
        if name == "courses":
            courses = {course.title_zh: course for course in Course.objects.all()}
            return [[courses[row].pk, _micro(courses[row].created_at)] for row, _ in rows]
        if "organisation" in name:
            unions = {union.name_zh: union for union in Organisation.objects.all()}
            return [[unions[row].pk] for row, _ in rows]
        if name == "teams":
            teams = {team.slug: team for team in Team.objects.all()}
            return [[teams[row].pk] for row, _ in rows]
        products = {product.slug: product for product in Product.objects.all()}
        return [[products[row].pk, _micro(products[row].published_at)] for row, _ in rows]


def _micro(moment: Any) -> int:
    assert isinstance(moment, datetime)
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def leaks() -> dict[str, str | None]:
    """What the cursors of each list give away."""
    lists = Lists()
    found = cursors.collected(Stranger(shelves.a_person()), **lists.known)
    assert all(len(rows) >= ROWS - 1 for rows in found.values()), {k: len(v) for k, v in found.items()}
    return {
        name: cursors.carried([cursor for _, cursor in rows], lists.secrets(name, rows))
        for name, rows in found.items()
    }


def test_no_cursor_carries_an_id_or_a_moment():
    found = leaks()
    assert {name: leak for name, leak in found.items() if leak} == {}
    figure("leaks/cursors", f"{len(found)} lists, 0 ids and 0 moments read")


def test_plain_cursors_are_read_in_every_list(monkeypatch):
    cursors.put_back(monkeypatch)
    found = leaks()
    assert {name for name, leak in found.items() if not leak} == set()
    figure("leaks/cursors-control", f"plain cursors: read in each of {len(found)} lists")


def test_each_list_of_the_schema_is_tried_or_known_to_be_nobodys_but_its_owners():
    from shop.schema import schema

    pages = {
        name
        for name, kind in schema.graphql_schema.type_map.items()
        if "edges" in (getattr(kind, "fields", None) or {})
    }
    assert pages == NOT_PUBLIC | TRIED
