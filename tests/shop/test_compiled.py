"""Each page's document is answered by functions exactly as by graphql-core, and none of them has to give up."""

import json
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from graphql import execute

from catalog.models import Team
from core import fast, language
from core.api import run
from core.counting import counts
from shop.sessions import SessionStore
from shop.web.document import HERE, exists, variables_of
from tests.catalog import world
from tests.impact.world import a_round
from tests.shop import tour

pytestmark = pytest.mark.django_db
PAGES = sorted(HERE / page.document for page in tour.pages().values() if exists(page.document))
# Of these something is refused to a stranger, or to whoever names what is not there, as these tests do.
REFUSED = {
    "account/account": {"refused NOT_FOUND"},
    "account/organisations": {"refused NOT_FOUND", "refused INVALID_ID"},
    "account/questions": {"refused NOT_FOUND"},
    "contest/courses": {"refused NOT_FOUND"},
    "contest/course": {"refused NOT_FOUND", "refused INVALID_ID"},
    "desk/coupons": {"refused NOT_FOUND"},
    "desk/webhooks": {"refused NOT_FOUND"},
    "desk/invoices": {"refused NOT_FOUND"},
    "desk/statement": {"refused NOT_FOUND"},
    "desk/prices": {"refused NOT_FOUND"},
    "desk/harvest": {"refused NOT_FOUND", "refused INVALID_ID"},
    "desk/desk": {"refused NOT_FOUND"},
    "judge/judge": {"refused NOT_FOUND"},
    "desk/lot": {"refused NOT_FOUND", "refused INVALID_ID"},
    "desk/product": {"refused NOT_FOUND", "refused INVALID_ID"},
    "together/groups": {"refused NOT_FOUND"},
}
# Whoever has no role sees nothing of these rooms, and "x" is no id.
REFUSED_IN_ROOM = dict.fromkeys(("office", "organiser", "setup"), {"refused NOT_FOUND", "refused INVALID_ID"})


@pytest.fixture
def shown(rf):
    """A shop with something on each page, a manager of it, and what addresses may say."""
    manager = world.a_person()
    team = world.a_team(manager=manager)
    offered = world.published(team).product
    slug = a_round(team).edition.slug
    return manager, {
        "slug": offered.slug,
        "query": "茶",
        "division": team.division_id,
        "signedIn": True,
        "edition": slug,
        "level": "PROVINCIAL",
    }


def test_each_page_is_answered_alike_by_both(shown, rf):
    """All in one shop, which none of them changes."""
    unlike = []
    for page, spoken in product(PAGES, language.LANGUAGES):
        try:
            is_answered_alike(page, spoken, shown, rf)
        except AssertionError as differs:
            unlike.append(f"{page.stem}, {spoken}: {differs}"[:1000])
    assert len(PAGES) > 100 and not unlike, "\n".join(unlike)


def is_answered_alike(page: Path, spoken: str, shown: Any, rf: Any) -> None:
    manager, known = shown
    prepared = run.documents.prepare(page.read_text())
    declared = variables_of(page.relative_to(HERE).as_posix())
    variables = {
        name: known.get(name, "x") for name, kind in declared.items() if kind.is_required or name in known
    }
    if page.stem == "team":
        variables["slug"] = Team.objects.get().slug
    for asker in (AnonymousUser(), manager):
        request = rf.get("/")
        request.user, request.id, request.language, request.session = asker, "r", spoken, SessionStore()
        with language.use(spoken):
            core = execute(
                run.graphql_schema(), prepared.document, context_value=request, variable_values=variables
            )
        before = Counter(fast.tally())
        with language.use(spoken):
            data, errors = run.run(request, prepared, variables)
            expected = [run.shown(request, error) for error in core.errors or ()]
        assert errors == expected
        assert json.dumps(data, default=str) == json.dumps(core.data, default=str)
        # A refusal is told by graphql-core alone; nothing else makes a page's answer be given up.
        reasons = {f"refused {error['extensions']['code']}" for error in errors}
        assert set(Counter(fast.tally()) - before) == reasons
        name = page.relative_to(HERE).with_suffix("").as_posix()
        assert reasons <= REFUSED.get(name, REFUSED_IN_ROOM.get(page.parent.name, set()))
        if not core.errors:
            with language.use(spoken):
                assert prepared.fast.compiled.run(request, variables) == core.data


def test_whoever_watches_the_shop_is_told_why_answers_were_given_up(rf, counted):
    request = rf.get("/")
    request.user, request.id, request.language, request.session = AnonymousUser(), "r", "en", SessionStore()
    before = Counter(fast.tally())
    _, errors = run.run(request, run.documents.prepare("{ myGroupPurchases(first: 1) { nodes { id } } }"), {})
    assert errors and Counter(fast.tally()) - before == {"refused NOT_FOUND": 1}
    counted = {row: cells[0] for family, row, cells in counts.read() if family.name == "sheaf_fast_given_up"}
    assert counted == {("refused",): 1, ("beyond",): 0, ("broken",): 0}
