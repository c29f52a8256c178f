"""All that the schema lets be read: a document for each root field, with every field that asks no one."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLObjectType,
    get_named_type,
    is_enum_type,
    is_interface_type,
    is_leaf_type,
    is_non_null_type,
)

from core.api.facts import facts_of
from core.api.ids import key_of, kind_and_key
from core.api.nodes import DOORS
from core.api.run import graphql_schema
from core.refusals import InvalidId

DEEP = 4


def everything_readable(known: dict[str, str], slug: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(document, variables) for each root field, and once more where the slug is asked for as a preview."""
    for name, field in graphql_schema().query_type.fields.items():
        if is_interface_type(get_named_type(field.type)):
            yield from _by_id(known) if name == "node" else ()
            continue
        for chosen in _arguments(name, field, known, slug):
            call = ", ".join(f"{arg}: ${arg}" for arg in chosen)
            head = ", ".join(f"${arg}: {field.args[arg].type}" for arg in chosen)
            below = _selection(get_named_type(field.type), DEEP, ())
            yield (
                f"query{f'({head})' if head else ''} {{ {name}{f'({call})' if call else ''} {below} }}",
                chosen,
            )


def _by_id(known: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each thing that can be asked for by its id alone."""
    for id in sorted({value for value in known.values() if isinstance(value, str)}):
        try:
            kind, _ = kind_and_key(id)
        except InvalidId:
            continue
        if kind in DOORS:
            below = _selection(graphql_schema().type_map[kind], DEEP, ())
            yield f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {below} }} }}", {"id": id}


def _arguments(name: str, field: Any, known: dict[str, str], slug: str) -> Iterator[dict[str, Any]]:
    told = {arg: _told(name, arg, known, slug) for arg in field.args}
    chosen = {arg: value for arg, value in told.items() if value is not None}
    yield chosen
    if name == "search":
        yield {**chosen, "query": "秘密"}
    if name == "product":
        yield {**chosen, "preview": True}
    if name in ("desk", "householdDesk", "teamProducts", "cart"):
        yield {arg: value for arg, value in chosen.items() if arg not in ("team", "id")}


def _told(root: str, arg: str, known: dict[str, str], slug: str) -> Any:
    if root == "searchSuggestions":
        return {"text": "秘密", "first": 10}.get(arg)
    if arg == "first":
        return 50
    if root == "team":
        return known["teamSlug"] if arg == "slug" else None
    if arg in ("slug", "product") and root != "edition" or (root == "provenance" and arg == "product"):
        return slug
    if arg == "id":
        ids = {"teamProduct": "product", "organisation": "parent", "cart": "cartId", "officeTeam": "team"}
        ids |= {
            "officeOrganisation": "parent",
            "rulebook": "rulebook",
            "course": "course",
            "officeHousehold": "householdVerify.id",
            "officeCorrection": "correctionApprove.id",
            "judgedEntry": "sheetWrite.entry",
        }
        return known[ids[root]]
    if root in ("contestEntry", "scoreExplained", "scoreCompared"):
        edition, number = key_of(known["round"], "Round").split("/")[0], known["entryNumber"]
        return {"edition": edition, **dict.fromkeys(("number", "a", "b"), number)}.get(arg)
    if root in ("organiserRound", "judgesDesk", "sheetSeals", "integrityReport", "roundResult"):
        slug, level, region = key_of(known["round"], "Round").split("/")
        return {"edition": slug, "level": level.upper(), "region": region or None}.get(arg)
    if root in ("contest", "board", "race", "rankIntervals"):
        return None  # of today
    if root == "ceremonyInvitation":
        return "none" if arg == "code" else None
    if arg == "edition" or root == "edition":
        return known.get("editionSlug", "x")
    if root == "harvestDesk":
        return known["lot"] if arg == "lot" else None
    if arg == "team" and root != "provenance":
        return known["team"]
    return known[arg] if arg in ("number", "order", "code") else "x" if arg == "token" else None


def _selection(kind: Any, depth: int, seen: tuple[str, ...]) -> str:
    if is_leaf_type(kind) or is_enum_type(kind):
        return ""
    assert isinstance(kind, GraphQLObjectType)
    told = ["__typename"]
    for name, field in kind.fields.items():
        below = get_named_type(field.type)
        access = facts_of(field).access
        if (access and access.allows) or seen.count(below.name) > 1:
            continue
        required = [a for a, its in field.args.items() if is_non_null_type(its.type)]
        if required:
            continue
        if is_leaf_type(below):
            told.append(name)
        elif depth:
            call = "(first: 20)" if "first" in field.args else ""
            told.append(f"{name}{call} {_selection(below, depth - 1, (*seen, kind.name))}")
    return f"{{ {' '.join(told)} }}"
