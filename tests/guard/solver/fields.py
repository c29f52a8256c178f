"""What a kind of the schema tells: its open fields one by one with all that is below, and those that ask who she is."""

from collections.abc import Iterator

from graphql import GraphQLField, GraphQLObjectType, get_named_type

from core.api.facts import facts_of


def guarded(kind: GraphQLObjectType, above: tuple[str, ...]) -> Iterator[str]:
    for field, its in kind.fields.items():
        below = get_named_type(its.type)
        if its.args or below.name in (*above, kind.name):
            continue
        if not is_open(its):
            yield f"{field} {{ __typename }}" if isinstance(below, GraphQLObjectType) else field
        elif isinstance(below, GraphQLObjectType):
            yield from (f"{field} {{ {part} }}" for part in guarded(below, (*above, kind.name)))


def is_open(field: GraphQLField) -> bool:
    """Whether it asks nobody who she is."""
    rule = facts_of(field).access
    return not (rule and rule.allows)


def kind_of(name: str) -> GraphQLObjectType:
    from shop.schema import schema

    kind = schema.graphql_schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return kind


def parts_of(name: str) -> Iterator[str]:
    """Each field of a kind that asks for nothing, with all that is below it, one level after the other."""
    for field, its in kind_of(name).fields.items():
        below = get_named_type(its.type)
        if (its.args and any(arg != "language" for arg in its.args)) or not is_open(its):
            continue
        if not isinstance(below, GraphQLObjectType):
            yield field
        elif below.name != "Product":
            yield f"{field} {{ {whole(below, (name,))} }}"


def whole(kind: GraphQLObjectType, above: tuple[str, ...]) -> str:
    parts = []
    for field, its in kind.fields.items():
        below = get_named_type(its.type)
        if its.args or below.name in above or below.name in ("Product", "Team") or not is_open(its):
            continue
        if isinstance(below, GraphQLObjectType):
            parts.append(f"{field} {{ {whole(below, (*above, kind.name))} }}")
        else:
            parts.append(field)
    return " ".join(parts)
