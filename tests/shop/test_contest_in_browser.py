"""The contest's pages in a browser, in the demo where each has something to tell: clean for assistive technology, at both widths
and in both languages, as each of those sees them who may be there."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import Person
from contest.models import Case, CeremonyGuest
from contest.reads.result import published
from core.api.ids import global_id
from impact.models import Round
from shop.demo import first_edition, sign_ins
from shop.demo.second_edition import SLUG
from tests.figures import FULL
from tests.shop import tour
from tests.web.test_browser import session_of, wrong_on

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="looks at 200 pages in a browser: make test-full"),
]
OF_THE_CONTEST = re.compile(
    "contest|organiser|judge|desk_(contest|results|integrity)|course|invited|my_questions|office_(regi|ques|supp)"
)


def visits() -> list[SimpleNamespace]:
    """The contest's stops of the tour and forms that are open, by who looks; asked within the shop's database."""
    pages: dict[str, list[str]] = {}
    for stop in tour.stops():
        if OF_THE_CONTEST.match(stop.name):
            pages.setdefault(stop.who, []).append(stop.path("zh").removeprefix("/zh/"))
    for who, more in (*_of_guests(), *_of_desks()):
        pages.setdefault(who, []).extend(more)
    people = {person.email: person for person in Person.objects.filter(email__in=pages)}
    return [
        SimpleNamespace(pages=paths, cookie=session_of(people[who]) if who in people else "")
        for who, paths in pages.items()
        if who in people or who == tour.GUEST
    ]


def _of_guests() -> list[tuple[str, list[str]]]:
    over = Round.objects.get(edition__slug=first_edition.SLUG)
    third = published(over).rows.select_related("entry").get(rank=3).entry.number
    before = f"contest/{first_edition.SLUG}/"
    waits = CeremonyGuest.objects.filter(came_at=None)[0].code
    return [
        (tour.GUEST, [
            *(f"{before}{third}/?level=PROVINCIAL", f"{before}provincial/?order=popularity"),
            *(f"{before}provincial/integrity/", f"{before}provincial/seals/", f"contest/{SLUG}/national/"),
            f"invited/{waits}/",
        ]),
        (tour.BUYER, [f"contest/{SLUG}/questions/?open=ask_about_edition"]),
        (sign_ins.ORGANISER, [f"invited/{waits}/"]),
    ]  # fmt: skip


def _of_desks() -> list[tuple[str, list[str]]]:
    desk, case = (
        f"organiser/{SLUG}/provincial/",
        Case.objects.filter(state__in=("opened", "held")).latest("pk"),
    )
    acts = {
        "calendar": ("arrange_round", "save_partner", "set_target"),
        "entries": (),
        "integrity": (f"decide_case~{global_id('Case', case.uid)}",),
        "judging": ("name_conflict",),
        "results": (),
        "tasks": ("save_task",),
        "ceremony": ("save_ceremony",),
        "training": ("save_course",),
    }
    opened = [f"{desk}{name}/?open={act}" for name, them in acts.items() for act in them]
    importing = [
        f"{desk}imports/?open={act}" for act in ("upload_import", "propose_mapping", "create_outside_source")
    ]
    return [
        (sign_ins.ORGANISER, [*(f"{desk}{name}/" for name in acts), f"{desk}rules/?simulate=true", *opened]),
        (sign_ins.IMPORTER, importing),
        (sign_ins.APPROVER, [f"{desk}imports/"]),
        (sign_ins.COUNTY_OFFICER, ["office/registrations/"]),
    ]


@pytest.mark.parametrize("language", tour.LANGUAGES)
def test_every_page_of_the_contest_is_clean(
    open_demo: Any, browser: Any, django_db_blocker: Any, language: str
):
    with django_db_blocker.unblock(), open_demo.database():
        them = visits()
    assert sum(len(visit.pages) for visit in them) > 60
    wrong = wrong_on(open_demo, browser, them, language)
    assert wrong == [], "\n".join(wrong)
