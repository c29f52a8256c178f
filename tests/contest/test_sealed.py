"""What a sealed sheet tells, to whomever, by whatever field: nothing. And what a recused judge is told of an entry: what is
told of one that does not exist."""

import json
import re
from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.test import Client, RequestFactory
from graphql import get_named_type, is_enum_type, is_required_argument

from accounts.actions import appointment
from accounts.actions import question as answers
from accounts.actions.export import export
from accounts.models import Appointment, Person
from accounts.models.appointment import FITS, OF_A_TEAM, Role
from accounts.places import SHOP, Place
from contest import sealing
from contest.actions import leaving
from contest.actions import question as questions
from contest.actions import sheet as sheets
from contest.models import Sheet
from contest.reads import judging
from core.api.documents import ask
from core.api.ids import global_id
from core.api.run import graphql_schema
from impact.models import Entry
from shop.sessions import SessionStore
from tests.accounts.world import holds
from tests.catalog import world as shelves
from tests.contest import committee
from tests.contest.committee import KEYS, a_judge, buys, give
from tests.factor import awake
from tests.figures import figure, full
from tests.shop import everything
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
NEAREST = (Role.ORGANISER, Role.AUDITOR, Role.JUDGE)
SAID = "只有评委写得出的话"
# What anybody asks of a round, and what desks and offices tell of it; the rest of the shop is looked through at full size.
ASKED_OF_THE_CONTEST = {
    *(
        "board",
        "contest",
        "contestEntry",
        "edition",
        "editionFaq",
        "integrityReport",
        "race",
        "rankIntervals",
    ),
    *("roundResult", "scoreCompared", "scoreExplained", "sheetSeals", "rulebook", "rulebooks", "ceremonies"),
    *("contestDesk", "resultDesk", "integrityDesk", "registrationOffice", "office", "viewer", "team"),
}


@pytest.fixture
def round_():
    return committee.a_judged_round(*(shelves.a_team() for _ in range(4)))


@pytest.fixture
def entry(round_):
    return judging.judged(round_).first()


@pytest.fixture
def ways(round_, entry, monkeypatch):
    """How each root field is asked about this round and this entry."""
    monkeypatch.setattr(everything, "DEPTH", full(7, 3))
    known = {
        "edition": round_.edition.slug,
        "slug": round_.edition.slug,
        "level": "PROVINCIAL",
        "first": 20,
        "id": global_id("JudgedEntry", entry.uid),
        "team": global_id("Team", entry.team.uid),
    }

    def given(name: str) -> list[dict[str, Any]]:
        fields = graphql_schema().query_type.fields[name].args
        of_its = {
            arg: _filled(known, arg, get_named_type(one.type))
            for arg, one in fields.items()
            if is_required_argument(one) or arg == "first"
        }
        about = [{"slug": entry.team.slug}] if name == "team" else []
        return [of_its, *about]

    return given


def _filled(known: dict[str, Any], name: str, kind: Any) -> Any:
    if is_enum_type(kind):
        return "PROVINCIAL" if "PROVINCIAL" in kind.values else next(iter(kind.values))
    return known.get(name, 1 if kind.name == "Int" else "none")


def holding(role: str, round_: Any, entry: Any) -> Person:
    """Somebody of this role, at the edition or team where it is held there, else for the whole shop."""
    if role == Role.JUDGE:
        return a_judge(round_)
    where = SHOP
    if role in FITS["subject"] and role not in FITS["shop"]:
        where = Place(subject=entry.team.uid if role in OF_A_TEAM else round_.edition.uid)
    elif role not in FITS["shop"]:
        where = Place(region=entry.team.county_id) if role in FITS["region"] else Place(organisation=1)
    person = shelves.a_person()
    if where.organisation is None:
        holds(person, role, where)
    return awake(Person.objects.get(pk=person.pk))


def timeless(text: str) -> str:
    """Without the moment at which a simulator was asked."""
    return re.sub(r'"asOf": "[^"]+"', "", text)


def by_turns(ways: Any, n: int, of: int, of_everybody: set[str], name: str) -> list[dict[str, Any]]:
    """What somebody asks; in the suite what everybody does, and of the rest what is her turn."""
    at = list(graphql_schema().query_type.fields).index(name)
    return ways(name) if full(True, name in of_everybody or at % of == n) else []


def nothing_is_told(round_: Any, entry: Any, ways: Any, roles: Iterable[Role]) -> str:
    """Everything that is told to each of these is the same, whatever lies under the seal; how much was asked."""
    judge = a_judge(round_)
    sheet = give(judge, entry, (71, 72, 73), SAID)
    askers: dict[str, Any] = {"guest": AnonymousUser(), "herself": judge}
    askers |= {str(role): holding(role, round_, entry) for role in roles}
    of_the_contest = {*ASKED_OF_THE_CONTEST, *HERS}

    def told() -> dict[str, dict[str, str]]:
        found = {}
        for n, (who, person) in enumerate(askers.items()):
            asked, alone = (partial(by_turns, ways, n, len(askers), of) for of in (of_the_contest, set()))
            found[who] = everything.answers(person, asked, alone)
        return found

    first = told()
    given = {"marks": dict.fromkeys(KEYS, "0"), "comment": "", "nonce": sealing.a_nonce()}
    Sheet.objects.filter(pk=sheet.pk).update(sealed=sealing.close(given))
    again = told()
    differ = [
        (who, document[:80], text, again[who][document])
        for who, told in first.items()
        for document, text in told.items()
        if timeless(again[who][document]) != timeless(text)
    ]
    assert differ == []
    heard = json.dumps(first, ensure_ascii=False)
    assert SAID not in heard and sheet.sha256 in heard
    asked = sum(len(told) for told in first.values())
    return f"{len(askers)} askers, {asked} documents with every field below each: nothing"


@pytest.mark.proof
def test_no_field_tells_any_role_what_is_in_a_sealed_sheet(round_, entry, ways):
    figure("contest/sealed", nothing_is_told(round_, entry, ways, full(Role, NEAREST)))


def test_a_draft_is_told_to_its_own_judge_alone(round_, entry, ways):
    judge = a_judge(round_)
    sheets.save(entry.uid, committee.marks(64), SAID, judge)
    asked = [d for name, d in everything.documents(ways) if name in (*HERS, "organiserRound", "sheetSeals")]
    assert SAID in "".join(answer(judge, document) for document in asked)
    for person in (a_judge(round_), committee.an_organiser(), AnonymousUser()):
        assert SAID not in "".join(answer(person, document) for document in asked)


def test_submitting_a_sheet_changes_no_public_answer_but_the_list_of_seals(
    round_, entry, ways, run_deliveries
):
    """Stranger, buyer, entrant, officer: not a byte, not a header, not a letter."""
    judge, manager = a_judge(round_), shelves.a_person()
    holds(manager, Role.TEAM_MANAGER, Place(subject=entry.team.uid))
    officer = holding(Role.CITY_OFFICER, round_, entry)
    entrant = holding(Role.ENTRANT, round_, entry)
    askers = [AnonymousUser(), awake(Person.objects.get(pk=manager.pk)), officer, entrant]
    paths = [f"/{lang}/{path}" for lang in ("zh", "en") for path in ("", "contest/", f"t/{entry.team.slug}/")]
    run_deliveries()
    mail.outbox.clear()

    def of_the_contest(name: str) -> list[dict[str, Any]]:
        return ways(name) if name in ASKED_OF_THE_CONTEST else []

    def told() -> tuple[list[dict[str, str]], list[Any]]:
        answers = [everything.answers(person, of_the_contest) for person in askers]
        pages = []
        for path in paths:
            answer = Client().get(path)
            pages.append((path, answer.status_code, answer.content, answer.get("ETag"), len(answer.content)))
        return answers, pages

    before = told()
    give(judge, entry, 88)
    run_deliveries()
    after = told()
    assert before[1] == after[1] and mail.outbox == []
    for was, now in zip(before[0], after[0], strict=True):
        changed = {document for document in was if timeless(was[document]) != timeless(now[document])}
        assert changed and all(document.startswith("{ sheetSeals") for document in changed)
        for document in changed:
            seals = json.loads(now[document])["data"]["sheetSeals"]["seals"]
            assert seals == [Sheet.objects.get().sha256]


def test_seals_stand_in_an_order_that_tells_nothing(round_):
    entries = list(judging.judged(round_))
    for judge in (a_judge(round_) for _ in range(3)):
        for entry in entries:
            give(judge, entry, 80)
    text = f'{{ sheetSeals(edition: "{round_.edition.slug}", level: PROVINCIAL) {{ seals }} }}'
    (seals,) = ask(_request(AnonymousUser()), text)[0]["sheetSeals"].values()
    assert len(seals) == 12 and seals == sorted(seals)


# --- Recused ----------------------------------------------------------------------------------------


def _request(person: Any) -> Any:
    request = RequestFactory().post("/graphql")
    request.user, request.id, request.session = person, "r", SessionStore()
    return request


def answer(person: Any, document: str, **variables: Any) -> str:
    return json.dumps(
        ask(_request(person), document, variables), ensure_ascii=False, sort_keys=True, default=str
    )


ENTRY = "query($id: ID!) { judgedEntry(id: $id) { id place goal story nextId sheet { sha256 } } }"
DEEDS = {
    "sheetWrite": "mutation($input: SheetWriteInput!) { sheetWrite(input: $input) { sheet { state } errors { code field message } } }",
    "tieDeclare": "mutation($input: TieDeclareInput!) { tieDeclare(input: $input) { isDeclared errors { code field message } } }",
}


def inputs(id: str) -> dict[str, dict[str, Any]]:
    marks = [{"criterion": key, "points": 80} for key in KEYS]
    return {
        "sheetWrite": {"entry": id, "marks": marks, "comment": "", "isFinal": True},
        "tieDeclare": {"entry": id},
    }


def sounds(person: Any, uid: Any) -> list[str]:
    """All that is answered about the entry of this uid, by API and page."""
    id = global_id("JudgedEntry", uid)
    said = [answer(person, ENTRY, id=id)]
    said += [answer(person, DEEDS[act], input=given) for act, given in inputs(id).items()]
    for lang in ("zh", "en"):
        page = signed_in(person).get(f"/{lang}/judge/entry/{id}/")
        said.append(f"{page.status_code} {page.content.decode().replace(id, 'ID')}")
    return said


def without_what_changes(said: list[str]) -> list[str]:
    """Without the token of a form and the id of a request, which are new each time."""
    return [
        re.sub(
            r'csrfmiddlewaretoken" value="[^"]+"|[0-9-]{10} [0-9:.]{15}|[0-9a-f]{16}|nonce="[^"]+"', "", one
        )
        for one in said
    ]


def tied(round_: Any, entry: Any, how: str) -> Person:
    judge = a_judge(round_, entry.team.code if how == "declared" else "")
    if how == "suspected":
        buys(judge, entry.team)
    return judge


@pytest.mark.parametrize("how", ["declared", "suspected", "before she declares"])
def test_a_recused_judge_is_answered_as_if_there_were_no_such_entry(round_, entry, how):
    if how == "before she declares":
        judge = committee.seated(round_)
        buys(judge, entry.team)
    else:
        judge = tied(round_, entry, how)
    mine, none = (without_what_changes(sounds(judge, uid)) for uid in (entry.uid, uuid4()))
    assert mine == none
    assert '"NOT_FOUND"' in mine[1] and mine[0].startswith('[{"judgedEntry": null')
    assert not Sheet.objects.exists()
    # It hangs where something swims: another entry is there for her, once she has declared.
    other = judging.judged(round_).exclude(pk=entry.pk).first()
    door = answer(judge, ENTRY, id=global_id("JudgedEntry", other.uid))
    assert ('"judgedEntry": null' in door) is (how == "before she declares")


HERS = ("judgesDesk", "judgesDesks", "judgedEntry", "office", "viewer", "myRoleInvitations")


def test_all_that_a_recused_judge_has_is_as_if_the_entry_were_out_of_the_round(round_, entry, ways):
    """Counts, queue, next and previous, what waits, her own data: byte by byte, with the entry and without it."""
    judge = tied(round_, entry, "suspected")
    others, browser = list(judging.judged(round_).exclude(pk=entry.pk)), signed_in(judge)

    def told() -> str:
        def given(name: str) -> list[dict[str, Any]]:
            if name == "judgedEntry":
                return [{"id": global_id("JudgedEntry", one.uid)} for one in others]
            return ways(name)

        documents = [d for name, d in everything.documents(given) if name in HERS]
        documents += [d for name, d in everything.documents(given, open_alone=True) if name in HERS]
        pages = [f"/en/judge/{round_.edition.slug}/provincial/", "/en/judge/", "/en/office/"]
        pages += [f"/en/judge/entry/{global_id('JudgedEntry', one.uid)}/" for one in others]
        shown = [browser.get(path).content.decode() for path in pages]
        kept = json.dumps(export(judge), ensure_ascii=False, default=str)
        return "\n".join(without_what_changes([*(answer(judge, d) for d in documents), *shown, kept]))

    with_it = told()
    Entry.objects.filter(pk=entry.pk).update(approved_at=None)
    assert told() == with_it
    assert "3 sheets to give" in with_it and global_id("JudgedEntry", entry.uid) not in with_it
    assert all(global_id("JudgedEntry", one.uid) in with_it for one in others)


def test_whoever_keeps_the_round_and_judges_it_reads_nothing_of_her_own_ties(round_, entry):
    judge, other = tied(round_, entry, "declared"), tied(round_, entry, "declared")
    holds(judge, Role.ORGANISER)
    text = f'{{ organiserRound(edition: "{round_.edition.slug}", level: PROVINCIAL) {{ committee {{ conflicts {{ id }} }} }} }}'
    (told,) = re.findall(r'"conflicts": (\[.*?\])', answer(awake(Person.objects.get(pk=judge.pk)), text))
    theirs = committee.part_of(other, round_).conflicts.get()
    assert json.loads(told) == [{"id": global_id("JudgeConflict", theirs.uid)}]


def test_whoever_judges_one_edition_is_told_nothing_of_another(round_, entry):
    other = committee.a_judged_round(shelves.a_team())
    assert without_what_changes(sounds(a_judge(other), entry.uid)) == without_what_changes(
        sounds(a_judge(other), uuid4())
    )


def test_an_appointment_that_is_over_opens_nothing(round_, entry):
    judge = a_judge(round_)
    door = global_id("JudgedEntry", entry.uid)
    assert '"judgedEntry": null' not in answer(judge, ENTRY, id=door)
    appointment.end(Appointment.objects.get(person=judge), None, "示例")
    judge = awake(Person.objects.get(pk=judge.pk))
    assert '"judgedEntry": null' in answer(judge, ENTRY, id=door)


def test_nothing_that_reaches_a_recused_judge_unasked_is_of_the_entry(round_, entry, run_deliveries):
    """Letters of all that happens to it, answers to its team's questions, files and drafts: nothing names it, nothing opens."""
    judge, other = tied(round_, entry, "suspected"), a_judge(round_)
    for one in judging.judged(round_).exclude(pk=entry.pk):
        give(judge, one, 80)
    give(other, entry, 70)
    manager = shelves.a_person(email_verified_at=judge.email_verified_at)
    shelves.works_at(entry.team, manager)
    organiser = committee.an_organiser()
    run_deliveries()
    mail.outbox.clear()
    asked = questions.ask(round_.edition, manager, f"{entry.team.name_zh} 提问")
    answers.answer(asked, organiser, "示例答复")
    leaving.suspend(entry.registration, organiser, "示例")
    leaving.resume(entry.registration, organiser)
    committee.close_judging()
    run_deliveries()
    hers = [letter for letter in mail.outbox if judge.email in letter.to]
    assert len(hers) == 1 and len(mail.outbox) > 3, "she hears that the sheets are open, and of nothing else"
    told = "".join(f"{letter.subject} {letter.body}" for letter in hers)
    names = (entry.team.name_zh, entry.team.name_en, entry.team.slug, str(entry.uid), entry.number)
    assert not [name for name in names if name and re.search(rf"\b{re.escape(name)}\b", told)]
    browser, here = signed_in(judge), f"{round_.edition.slug}/provincial"
    shut = [f"/en/contest/{here}/result.{form}" for form in ("csv", "xlsx")]
    shut += [
        f"/en/organiser/{here}/{tab}/" for tab in ("entries", "judging", "results", "imports", "integrity")
    ]
    shut += ["/en/office/questions/", "/en/office/audit/", "/en/office/registrations/", "/en/organiser/"]
    assert {path: browser.get(path).status_code for path in shut} == dict.fromkeys(shut, 404)
