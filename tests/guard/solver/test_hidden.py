"""Between a round's close and its result nothing that anybody sees follows what the committee does, to the byte."""

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from graphql import get_named_type, is_enum_type, is_object_type

from contest import sealing
from contest.models import Sheet
from contest.reads import board
from core.api.ids import global_id
from core.api.run import graphql_schema
from core.fast import responses
from shop.web import cards
from tests.contest import committee
from tests.contest.committee import KEYS
from tests.figures import FULL, figure, full
from tests.guard.askers import undone
from tests.guard.matrix import ask_as
from tests.guard.solver import surface, surface_of_contest
from tests.guard.solver.judged import Judged
from tests.shop import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def judged(deeds_of_their_own: None, monkeypatch: pytest.MonkeyPatch) -> Judged:
    """A round that is over, at a moment that stands: what is said of it is not said of another second."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    made = Judged(full(5, 2))
    made.closes()
    return made


def to_strangers() -> surface.Seen:
    """All that is public, made anew: of the whole shop; in the suite the contest's pages in English."""
    _anew()
    if FULL:
        return surface.seen() | surface.opened(surface_of_contest.cards())
    addresses = [*surface_of_contest.addresses(), *surface_of_contest.cards()]
    plain = [one for one in addresses if not one.startswith(("/zh/", "/cards/zh/")) and "?" not in one]
    return surface.opened(plain)


def _anew() -> None:
    responses.responses.forget()
    cards.pictures.forget()


DESKS = (
    "desk/contest/",
    "desk/results/",
    "desk/integrity/",
    "desk/",
    "account/",
    "office/",
    "office/registrations/",
)
ROOMS = (
    "contestDesk",
    "resultDesk",
    "integrityDesk",
    "registrationOffice",
    "office",
    "viewer",
    "myQuestions",
)


def to_somebody(person: Any, client: Client, round_: Any) -> surface.Seen:
    """All that is told to somebody in her browser: the pages that everybody has, her own, and what her desks answer."""
    entries = surface_of_contest._entries(round_)
    of_all = ("", "contest/", f"contest/{round_.edition.slug}/", f"contest/{round_.edition.slug}/provincial/")
    pages = [f"/en/{page}" for page in (*of_all, *DESKS)]
    pages += [f"/en/contest/{round_.edition.slug}/{entry.number}/" for entry in entries]
    pages += [
        f"/en/contest/{round_.edition.slug}/provincial/{page}"
        for page in surface_of_contest.OF_A_ROUND
        if page != "seals/"
    ]
    return surface.opened(pages, client) | surface.told_to(person, rooms())


def rooms() -> Iterator[str]:
    """All that lies in the rooms of whoever asks."""
    for name in ROOMS:
        given = "(first: 20)" if name == "myQuestions" else ""
        kind: Any = get_named_type(graphql_schema().query_type.fields[name].type)
        yield f"{{ {name}{given} {{ {everything.selection(kind)} }} }}"


def but_seals(moved: set[str]) -> set[str]:
    """Without the list of seals, which is public at once (docs/decisions/0043), on its page and in its answers."""
    return {
        one
        for one in moved
        if not (one.startswith("{ sheetSeals") or "/seals/" in one or "contest/seals" in one)
    }


def deeds_of(judged: Judged) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield from judged.settling()
    yield "the freeze", judged.freezes
    yield from judged.frozen()


def told_to_all(judged: Judged) -> dict[str, surface.Seen]:
    """By whom it is seen all that is told at this moment."""
    found = {
        who: to_somebody(person, judged.browsers[who], judged.round)
        for who, person in full(judged.viewers, {}).items()
    }
    return found | {"stranger": to_strangers()}


def moved_by(before: dict[str, surface.Seen], after: dict[str, surface.Seen]) -> dict[str, set[str]]:
    """What is told otherwise, but for the seals, by who sees it."""
    found = {who: but_seals(surface.moved(before[who], after[who])) for who in after}
    return {who: moved for who, moved in found.items() if moved}


def test_all_deeds_of_the_committee_together_move_no_byte_before_the_result(judged):
    for _, do in judged.settling():
        do()
    judged.freezes()
    before = told_to_all(judged)
    for _, do in judged.frozen():
        do()
    assert moved_by(before, told_to_all(judged)) == {}


@pytest.mark.proof
@pytest.mark.skipif(not FULL, reason="looks at all that is public after each deed: make test-full")
def test_no_deed_of_the_committee_moves_a_byte_before_the_result(judged):
    before, looked, deeds = told_to_all(judged), 0, 0
    for deed, do in deeds_of(judged):
        do()
        after = told_to_all(judged)
        moved = moved_by(before, after)
        assert bool(moved) is (deed == "the freeze"), (deed, moved)
        looked, deeds, before = looked + sum(map(len, after.values())), deeds + 1, after
    figure(
        "leaks/hidden",
        f"{deeds - 1} deeds, {looked} pages and answers of {len(before)} viewers: 0 bytes moved",
    )


def by_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of equals the one of which more sheets are in stands first."""
    ranked = board._rank

    def leaking(rows: Any, sort: Any) -> None:
        ranked(rows, sort)
        rows.sort(key=lambda row: (row.rank or 0, -Sheet.objects.filter(entry=row.entry).count()))

    monkeypatch.setattr(board, "_rank", leaking)


def by_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is longer by a blank for each sheet that is in."""
    from shop.web import page

    filled = page.filled
    monkeypatch.setattr(page, "filled", lambda *a, **k: filled(*a, **k) + b" " * Sheet.objects.count())


def by_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark of an answer is of the sheets too."""
    etag = responses.etag_of
    monkeypatch.setattr(responses, "etag_of", lambda body: etag(body + b" " * Sheet.objects.count()))


def by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many teams take part counts the sheets."""
    add = board.PublicFigures.add

    def leaking(figures: Any, entry: Any) -> None:
        add(figures, entry)
        figures.entries += Sheet.objects.count()

    monkeypatch.setattr(board.PublicFigures, "add", leaking)


def test_a_leak_that_is_put_in_is_seen(judged, monkeypatch):
    """The controls, over what a board tells."""
    slug = judged.round.edition.slug

    def told() -> surface.Seen:
        _anew()
        found = surface.opened([f"/en/contest/{slug}/provincial/"])
        return found | surface.programs([("contest/contest", {})])

    for leak in (None, by_order, by_length, by_mark, by_count):
        with monkeypatch.context() as patched, undone():
            if leak:
                leak(patched)
            before = told()
            committee.give(judged.judges[0], judged.entries[1], 71)
            assert bool(surface.moved(before, told())) is bool(leak), leak


# --- What can be asked for --------------------------------------------------------------------------


def orders() -> dict[str, set[str]]:
    """By `Type.field(argument)` the values of each enumeration by which something of the contest can be ordered or chosen."""
    found, waiting, seen = {}, [graphql_schema().query_type], set()
    while waiting:
        kind = waiting.pop()
        if kind.name in seen:
            continue
        seen.add(kind.name)
        for name, field in kind.fields.items():
            for arg, one in field.args.items():
                if is_enum_type(of := get_named_type(one.type)):
                    found[f"{kind.name}.{name}({arg})"] = set(of.values)
            if is_object_type(below := get_named_type(field.type)):
                waiting.append(below)
    return found


def test_nothing_can_be_ordered_or_chosen_by_what_is_hidden():
    hidden = (
        "SCORE",
        "TOTAL",
        "RANK",
        "WELFARE",
        "JUDGE",
        "MARK",
        "MEAN",
        "POPULAR",
        "LIKE",
        "EXCLUDED",
        "HOUSEHOLD",
    )
    by = {where: values for where, values in orders().items() if where.partition(".")[0] == "Query"}
    assert by["Query.board(sort)"] == {
        *("NET", "PERSON_TIMES", "PEOPLE", "ORGANISATIONS", "MOBILISED", "ENTRIES", "TOGETHER"),
    }
    of_the_contest = {w: v for w, v in by.items() if w.partition("(")[0].removeprefix("Query.") in PUBLIC}
    assert of_the_contest and not [
        (where, value)
        for where, values in of_the_contest.items()
        for value in values
        if any(w in value for w in hidden)
    ]


PUBLIC = {*surface_of_contest.ASKED, *surface_of_contest.ASKED_OF_AN_ENTRY}


def test_an_order_by_what_is_hidden_is_refused_and_by_an_address_it_changes_nothing(judged):
    committee.give(judged.judges[0], judged.entries[1], 99)
    slug = judged.round.edition.slug
    for asked in (
        f'board(edition: "{slug}", sort: SCORE) {{ asOf }}',
        f'board(edition: "{slug}", orderBy: "total") {{ asOf }}',
        f'board(edition: "{slug}", where: {{ scoreGte: 50 }}) {{ asOf }}',
        f'race(edition: "{slug}", sort: SCORE) {{ days }}',
        f'contestEntry(edition: "{slug}", number: "1") {{ score }}',
    ):
        reply = surface.Client().post(
            "/graphql", {"query": f"{{ {asked} }}"}, content_type="application/json"
        )
        assert reply.json()["errors"] and not reply.json().get("data"), asked
    for page in ("/en/contest/", f"/en/contest/{slug}/provincial/"):
        turns = [turn for turn in surface_of_contest.TURNS if turn.split("=")[1] not in SHOWN]
        plain, *turned = surface.opened([page, *(f"{page}?{turn}" for turn in turns)]).values()
        # No such page, or the page as it is but for its own address and what search engines are told of that.
        assert {status for status, _, _ in turned} == {200, 404}
        for turn, (status, _, content) in zip(turns, turned, strict=True):
            shown = content.replace(f"?{turn}".encode(), b"")
            assert status == 404 or read(shown) == read(plain[2]), turn


def read(page: bytes) -> list[bytes]:
    """A page's title, and all below its head."""
    head, _, body = page.partition(b"</head>")
    assert body
    return [*re.findall(rb"<title>.*?</title>", head, re.DOTALL), body]


SHOWN = {"DIVISION", "PERSON_TIMES", "PEOPLE", "ORGANISATIONS", "MOBILISED", "ENTRIES"}


# --- The seals --------------------------------------------------------------------------------------


def marks_behind(
    seal: str, judge: Any, entry: Any, keys: tuple[str, ...], nonce: str
) -> dict[str, str] | None:
    """Every set of marks, tried: whose sheet it is and for which entry she knows, and that it has no comment."""
    for points in itertools.product(range(101), repeat=len(keys)):
        marks = {key: str(n) for key, n in zip(keys, points, strict=True)}
        if sealing.sha256_of(judge, entry, {"marks": marks, "comment": "", "nonce": nonce}) == seal:
            return marks
    return None


def test_all_marks_that_there_are_do_not_open_a_seal_without_its_nonce(judged):
    """A sheet of one criterion has 101 sets of marks, one of two 10,201; of three, at full size, 1,030,301."""
    keys = KEYS[: full(3, 2)]
    given = sealing.as_json({key: Decimal(7) for key in keys}, "")
    given["nonce"] = sealing.a_nonce()
    judge, entry = committee.part_of(judged.judges[0], judged.round).uid, judged.entries[0].uid
    seal = sealing.sha256_of(judge, entry, given)
    for nonce in ("", "0", "00" * sealing.NONCE_BYTES, str(judge), seal, hashlib.sha256(b"").hexdigest())[
        : full(6, 2)
    ]:
        assert marks_behind(seal, judge, entry, keys, nonce) is None
    # The control: by the nonce it is found.
    assert marks_behind(seal, judge, entry, keys, given["nonce"]) == dict.fromkeys(keys, "7")
    assert len({sealing.a_nonce() for _ in range(1000)}) == 1000 and len(given["nonce"]) == 64


def test_an_id_of_a_judged_entry_opens_no_other_door(judged):
    """By no kind of id is an entry that a judge is recused from anything but one that does not exist."""
    judge = judged.judges[0]
    first, second = judged.entries
    judged._is_tied(judge, second)
    kinds = ("Entry", "OrganiserEntry", "EntrantEntry", "OwnEntry", "Judge", "JudgeConflict", "JudgedEntry")
    for kind in kinds:
        for uid, is_there in ((first.uid, kind == "JudgedEntry"), (second.uid, False)):
            told, _ = ask_as(judge, f'{{ judgedEntry(id: "{global_id(kind, uid)}") {{ id }} }}')
            assert bool(told["judgedEntry"]) is is_there, (kind, uid)
            by_id, _ = ask_as(judge, f'{{ node(id: "{global_id(kind, uid)}") {{ __typename }} }}')
            assert by_id["node"] == ({"__typename": "JudgedEntry"} if is_there else None), (kind, uid)
