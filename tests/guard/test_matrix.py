"""The access matrix: every field, deed and page × every role × place × term, held against a rule that is written by hand
(tests/guard/rule.py). What is answered to somebody for whom the rule does not say so is a leak."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from graphene.utils.str_converters import to_camel_case

from accounts.models.appointment import Role
from contest.models import Archive
from core.api.ids import global_id
from impact.models import Edition
from orders.reads import shipping
from tests.factor import by_password
from tests.figures import FULL, figure
from tests.guard import matrix as matrices
from tests.guard.askers import undone
from tests.guard.matrix import Door, Matrix, ask_as, tells
from tests.guard.rule import AT_A_DESK, BY_NAME, IN_PUBLIC, OF_NO_PLACE, OFFICE_ROOM, PAGES, RULE
from tests.guard.sides import HERE, WITHIN, Side, Viewer, World, kinds_of
from tests.guard.test_access import ghost_of
from tests.shop import everything
from tests.shop.strangers import everything as all_rows
from tests.shop.test_attacks import REFUSED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop"), pytest.mark.proof]
# Whose rows there are once a round has a result, which those of this world have not.
BEFORE_A_RESULT = {"organiserRound.goingOn"}
# What is asked for by its id too; the others that can be are of whoever asks, or not in this world: tests/shop/test_nodes.py.
ASKED_BY_ID = {
    *("course", "rulebook", "judgedEntry", "edition", "officeCorrection"),
    *("officeHousehold", "order", "incident", "team", "organisation"),
}
BARRED = REFUSED | {"SECOND_FACTOR_REQUIRED"}


def may_open(viewer: Viewer, door: Door) -> bool | None:
    """Whether the rule says that something is behind it for her; None where there may be a room with nothing in it."""
    rule = RULE[viewer.role]
    if door.name in BEFORE_A_RESULT:
        return None if door.name in rule.doors else False
    if door.name in OFFICE_ROOM:
        return viewer.role not in AT_A_DESK and viewer.term in WITHIN
    if door.name == "office.everywhere":
        return viewer.role not in AT_A_DESK and viewer.holds_it and viewer.kind == "shop"
    if door.name in rule.shop_doors:
        return viewer.holds_it and viewer.kind == "shop"
    if door.name in rule.of_herself:
        return None if viewer.holds_it or viewer.term in (*WITHIN, "asleep") else False
    if door.name not in rule.doors or viewer.term not in WITHIN:
        return False
    if door.of:
        return viewer.reaches(door.of)
    return True if viewer.holds_it and viewer.kind in ("shop", "region") else None


def may_do(viewer: Viewer, act: str, province: str) -> bool:
    """Whether the rule says that a deed about what lies there is hers."""
    rule = RULE[viewer.role]
    if act in rule.shop_deeds:
        return viewer.holds_it and viewer.kind == "shop"
    if act in rule.of_herself:
        return viewer.term in (*WITHIN, "asleep")
    if act in OF_NO_PLACE:
        return act in rule.deeds and viewer.term in WITHIN
    return act in rule.deeds and viewer.reaches(province)


def test_each_role_sees_and_does_what_the_rule_says_at_its_place_in_its_term_and_no_more(
    till, a_stand, monkeypatch, deeds_of_their_own
):
    monkeypatch.setattr(everything, "DEPTH", matrices.DEPTH)
    world = World(till, a_stand)
    # What sending costs is kept a while: as it was before the last of this was made, too.
    shipping.forget()
    lot = global_id("Lot", world.sides[HERE].unsold.uid)
    for told in ("shares", "corrections", "lastChanges"):
        monkeypatch.setitem(everything.BELOW, f"HouseholdDesk.{told}", {"lot": lot})
    # From here on it is one moment: terms end at it.
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    matrix = Matrix(world, now)
    before = all_rows()
    look_behind_doors(matrix)
    try_deeds(matrix)
    assert all_rows() == before
    try_deeds_when_it_is_over(matrix)
    assert all_rows() == before
    open_pages(matrix)


def look_behind_doors(matrix: Matrix) -> None:
    """What is told to whom, and of which place; what is refused sounds like what is not there."""
    leaks, lacks, asked, told = set(), [], 0, {}
    for viewer in matrix.viewers:
        for door in matrix.doors_for(viewer):
            value, right = matrix.said(viewer.person, door), may_open(viewer, door)
            asked += 1
            if door.by_id and matrix.said(viewer.person, door, door.by_id) != value:
                leaks.add((str(viewer), door.name, "is another thing by its id", door.of))
            is_open = tells(value) and value != matrix.to_a_stranger[door]
            if is_open and right is False:
                leaks.add((str(viewer), door.name, door.of))
            if right and not is_open:
                lacks.append((str(viewer), door.name, door.of))
            if is_open and not (door.name in RULE[viewer.role].of_herself and viewer.term == "asleep"):
                heard = matrix.heard(value) - matrix.public[door]
                leaks |= {
                    (str(viewer), door.name, c.where, c.word) for c in heard if not is_hers(matrix, viewer, c)
                }
                told[viewer, door.name] = {matrix.sides[canary] for canary in heard} - {""}
            elif (
                door.of and door.is_private and viewer.term in WITHIN and door.name in RULE[viewer.role].doors
            ):
                true, none = (ask_as(viewer.person, text) for text in (door.document, door.ghost))
                if true != none:
                    leaks.add((str(viewer), door.name, "sounds other than nothing", str((true, none))[:300]))
    assert sorted(leaks) == []
    assert {door.name for door in matrix.doors if door.by_id} == ASKED_BY_ID
    assert lacks == []
    # A list tells at a place what it tells there of the whole shop, and is not simply empty.
    whole = {(v.role, name): sides for (v, name), sides in told.items() if v.kind == "shop"}
    narrow = [
        (str(v), name, sides, whole[v.role, name] & {v.of})
        for (v, name), sides in told.items()
        if v.kind == "region" and (v.role, name) in whole
    ]
    assert [one for one in narrow if one[3] - one[2]] == []
    assert sum(bool(sides) for _, _, sides, _ in narrow) > 20
    figure(
        "limits/matrix",
        f"{len(matrix.viewers)} people of {len(Role.values)} roles × place × term, {len(matrix.doors)} doors with"
        f" every field below them to depth {matrices.DEPTH}: {asked} asked, {len(matrix.canaries)} words listened for,"
        " 0 leaks",
    )


def is_hers(matrix: Matrix, viewer: Viewer, canary: Any) -> bool:
    """Whether what she hears is of a column that her role reads, and of a row that lies at her place."""
    side = matrix.sides[canary]
    is_read = not canary.where or canary.where in RULE[viewer.role].words
    # A parcel of an order that both share is packed by its own team.
    shares_it = viewer.kind == "shop" or (viewer.role in AT_A_DESK and viewer.holds_it)
    return is_read and (viewer.reaches(side) if side else shares_it)


def try_deeds(matrix: Matrix) -> None:
    """What is done by whom, about what lies where; what is refused sounds as if about nothing."""
    leaks, lacks, asked = [], [], 0
    for viewer in matrix.viewers:
        for act in matrix.deeds_for(viewer):
            for province, side in matrix.sides_for(viewer):
                asked += 1
                given = side.input_of(act)
                if may_do(viewer, act, province):
                    with undone():
                        codes = {error["code"] for error in matrix.do(viewer.person, act, given)}
                    if codes & BARRED:
                        lacks.append((str(viewer), act, province, codes))
                    continue
                errors = matrix.do(viewer.person, act, given)
                codes = {error["code"] for error in errors}
                if not codes or not codes <= BARRED | BY_NAME.get(act, set()):
                    leaks.append((str(viewer), act, province, codes))
                elif viewer.term in WITHIN and act in RULE[viewer.role].deeds - IN_PUBLIC:
                    none = matrix.do(viewer.person, act, ghost_of(given))
                    if none != errors:
                        leaks.append((str(viewer), act, "sounds other than about nothing", errors, none))
    assert leaks == []
    assert lacks == []
    figure(
        "limits/matrix-deeds",
        f"{len(matrix.viewers)} people × {len(matrix.deeds)} mutations × what lies at her place and elsewhere: {asked}"
        " tried, 0 done by whoever may not, no row changed by what was refused",
    )


# What is not about the edition, or is a person's own to take back.
NO_DEED_IN_IT = {
    *("editionCreate", "editionQuestionAsk"),
    *("engagementRevoke", "referralLinkRevoke"),
}

REFUSED_THEN = ({"CONFLICT"}, {"NOT_FOUND"})


def try_deeds_when_it_is_over(matrix: Matrix) -> None:
    """Once its edition is archived, nobody who might do a deed of the contest can any more."""
    from contest.api import Mutation

    done, asked = [], set()
    of_the_contest = {to_camel_case(name) for name in dir(Mutation) if not name.startswith("_")}
    acts = (of_the_contest - NO_DEED_IN_IT).intersection(matrix.deeds)
    with undone():
        Archive.objects.bulk_create(
            Archive(edition=edition, at=matrix.now) for edition in Edition.objects.all()
        )
        for viewer in matrix.viewers:
            for act in acts.intersection(matrix.deeds_for(viewer)):
                for province, side in matrix.sides_for(viewer):
                    if may_do(viewer, act, province):
                        asked.add(act)
                        codes = {error["code"] for error in matrix.do(viewer.person, act, side.input_of(act))}
                        done += [(str(viewer), act, province, codes)] * (codes not in REFUSED_THEN)
    assert done == [], "\n".join(map(str, done))
    assert asked == acts, acts ^ asked


# --- Pages ------------------------------------------------------------------------------------------


def pages_of(side: Side) -> dict[str, tuple[str, bool]]:
    """By its address: the door of which each page of the office is, and whether it is about a thing that lies here."""
    ids = {
        "product": global_id("Product", side.draft.uid),
        "order": side.sold.order["number"],
        "team": global_id("Team", side.team.uid),
        "household": global_id("OfficeHousehold", side.candidate.uid),
        "organisation": global_id("Organisation", side.proposed.uid),
        "judged": global_id("JudgedEntry", side.entry.uid),
        "correction": global_id("OfficeCorrection", side.correction.uid),
    }
    held = side.entry.round
    of_its_round = f"?region={held.region_id}"
    found = {}
    for name, door in PAGES.items():
        page, _, of = name.partition("#")
        if of == "round":
            where = reverse(page, args=["en", held.edition.slug, held.level]) + of_its_round
        else:
            where = reverse(page, args=["en", *([ids[of]] if of else [])])
        found[where] = door, bool(of)
    return found


def open_pages(matrix: Matrix) -> None:
    """A page opens to whom its door does; the operators' rooms to operators of the whole shop."""
    wrong, opened, count = [], 0, 0
    for n, viewer in enumerate(matrix.viewers):
        if not FULL and viewer.kind != kinds_of(viewer.role)[-1]:
            continue
        client = Client()
        (by_password if viewer.term == "asleep" else Client.force_login)(client, viewer.person)
        cache.clear()
        for province, side in matrix.sides_for(viewer):
            for m, (address, (door, is_keyed)) in enumerate(pages_of(side).items()):
                right = may_open(viewer, Door(door, province if is_keyed else "", ""))
                is_tried = matrix.has_its_turn(viewer, m, door) if right else (n + m) % 12 == 0
                if not (FULL or is_tried):
                    continue
                count += 1
                is_open = client.get(address).status_code == 200
                opened += is_open
                if right is not None and is_open is not right:
                    wrong.append((str(viewer), address, is_open))
        runs_it = viewer.role == Role.OPERATOR and viewer.kind == "shop" and viewer.holds_it
        if (client.get("/operators/orders/order/").status_code == 200) is not runs_it:
            wrong.append((str(viewer), "/operators/", not runs_it))
    assert wrong == []
    assert opened > 20 and count > opened
    figure("limits/matrix", f"{count} pages tried, {opened} opened to those whose they are, and no other")
