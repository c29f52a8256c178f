"""All of the contest that is public: each page and file at its address, each field of each answer, the share cards."""

from collections.abc import Iterator
from typing import Any

from graphql import get_named_type

from contest.models import Course, Rulebook
from core.api.ids import global_id
from core.api.run import graphql_schema
from impact.models import Edition, Entry, Round
from tests.guard.solver.fields import parts_of

LANGUAGES = ("zh", "en")
# What can be ordered and chosen by an address or a document; by what is hidden too, which must order nothing.
TURNS = (
    "by=DIVISION",
    *(f"sort={sort}" for sort in ("PERSON_TIMES", "PEOPLE", "ORGANISATIONS", "MOBILISED", "ENTRIES")),
    *(
        "sort=SCORE",
        "sort=JUDGES",
        "order=welfare",
        "order=judges",
        "orderBy=total",
        "scoreGte=50",
        "by=SCORE",
    ),
)
OF_A_ROUND = (
    *("integrity/", "seals/", "race/", "weights/", "result.csv", "result.xlsx", "result.csv?version=1"),
    "compare/",
)
NAMED = 'edition: "{slug}", level: {level}'
# How each root field of the contest that anybody may ask is asked about a round, or about one of its entries.
ASKED = {
    "edition": 'slug: "{slug}"',
    "contest": NAMED,
    "board": NAMED,
    "race": NAMED,
    "rankIntervals": NAMED,
    "roundResult": NAMED,
    "integrityReport": NAMED,
    "sheetSeals": NAMED,
    "rulebook": 'edition: "{slug}"',
    "rulebooks": 'edition: "{slug}"',
    "editionFaq": 'edition: "{slug}", first: 20',
    "ceremonies": 'edition: "{slug}"',
    "ceremonyInvitation": 'code: "none"',
    "courses": "first: 20",
}
ASKED_OF_AN_ENTRY = {
    "contestEntry": 'edition: "{slug}", number: "{number}"',
    "scoreExplained": 'edition: "{slug}", number: "{number}"',
    "scoreCompared": 'edition: "{slug}", a: "{number}", b: "{other}"',
}
# What is too much for a guest at once is asked for below, part by part.
LARGE = ("rows ", "result ", "entries ")
ROWS = (
    "rank advances outReason decidedBy total points isPicked out entry { number }",
    "entry { number } values { key value }",
    "entry { number } inputs { key value }",
)


def addresses() -> Iterator[str]:
    """Of each edition, round, entry, rulebook and course."""
    for language in LANGUAGES:
        yield from (f"/{language}/{page}" for page in ("training/", "invited/none/", "contest/none/"))
        yield from (f"/{language}/contest/?{turn}" for turn in TURNS)
        for slug in Edition.objects.values_list("slug", flat=True):
            yield from (f"/{language}/contest/{slug}/{page}" for page in ("", "questions/", "rules/"))
        for round_ in Round.objects.select_related("edition"):
            yield from (f"/{language}/contest/{page}" for page in _of_a_round(round_))
        for uid in Course.objects.values_list("uid", flat=True):
            yield f"/{language}/training/{global_id('Course', uid)}/"
    for uid in Rulebook.objects.values_list("uid", flat=True):
        yield f"/contest/rules/{global_id('Rulebook', uid)}.json"
    yield "/r/none/"


def _of_a_round(round_: Round) -> Iterator[str]:
    here = f"{round_.edition.slug}/{round_.level}"
    yield from (f"{here}/{page}" for page in ("", *OF_A_ROUND, *(f"?{turn}" for turn in TURNS)))
    numbers = [entry.number for entry in _entries(round_)]
    yield from (f"{here}/compare/?a={a}&b={b}" for a, b in zip(numbers, numbers[1:], strict=False))
    yield from (f"{round_.edition.slug}/{number}/" for number in numbers)
    yield f"{here}/race/?day={round_.opens_at:%Y-%m-%d}"


def cards() -> Iterator[str]:
    """The pictures that are passed on."""
    for entry in Entry.objects.select_related("round__edition"):
        for language in LANGUAGES:
            yield f"/cards/{language}/entry/{entry.round.edition.slug}/{entry.number}.png"


def trusted() -> Iterator[tuple[str, dict[str, Any]]]:
    """The documents of its pages, as programs get them too."""
    for round_ in Round.objects.select_related("edition"):
        here = {"edition": round_.edition.slug, "level": round_.level.upper()}
        pages = ("contest/round", "contest/race", "contest/weights", "contest/integrity", "contest/seals")
        yield from ((page, here) for page in pages)
        yield "contest/edition", {"edition": round_.edition.slug}
        for entry in _entries(round_):
            yield "contest/entry", {"edition": round_.edition.slug, "number": entry.number}


def documents() -> Iterator[str]:
    """Each root field of the contest with each field below it."""
    for round_ in Round.objects.select_related("edition"):
        known = {"slug": round_.edition.slug, "level": round_.level.upper()}
        for name, given in ASKED.items():
            yield from _fields(name, given.format(**known))
        here = NAMED.format(**known)
        yield from (f"{{ roundResult({here}) {{ rows {{ {row} }} }} }}" for row in ROWS)
        for key in ("welfare", "judges"):
            yield f'{{ roundResult({here}) {{ rows(by: "{key}") {{ rank entry {{ number }} }} }} }}'
        for sort in ("NET", "PERSON_TIMES", "PEOPLE", "ORGANISATIONS", "MOBILISED"):
            yield f"{{ board({here}, sort: {sort}) {{ rows {{ rank entry {{ number }} }} }} }}"
        numbers = [entry.number for entry in _entries(round_)]
        for number, other in zip(numbers, numbers[1:] + numbers[:1], strict=True):
            for name, given in ASKED_OF_AN_ENTRY.items():
                yield from _fields(name, given.format(**known, number=number, other=other))


def _fields(name: str, given: str) -> Iterator[str]:
    query = graphql_schema().query_type
    assert query
    kind = get_named_type(query.fields[name].type).name
    for part in parts_of(kind):
        if not part.startswith(LARGE):
            yield f"{{ {name}({given}) {{ {part} }} }}"


def _entries(round_: Round) -> list[Entry]:
    return list(Entry.objects.filter(round=round_).order_by("number"))
