"""Types of ours: fields by name, ids opaque, money in whole fen, words in the reader's language."""

import re
from collections.abc import Callable
from enum import Enum, StrEnum
from functools import cache
from operator import attrgetter
from typing import Any

import graphene
from django.contrib.postgres.fields import ArrayField
from django.db import models
from graphene.types.scalars import Scalar
from graphene_django import DjangoObjectType
from graphql import GraphQLError, IntValueNode

from core import money as minor_units
from core.api.access import HELD, Access
from core.api.facts import mark, reads
from core.api.ids import global_id
from core.api.lookahead import relations
from core.api.nodes import DOORS, Door, Node
from core.choices import words_of
from core.internals import pointed_at
from core.language import Words, speaks_english
from core.related import related

MODEL_TYPES: dict[type[models.Model], type["ModelType"]] = {}


class ModelType(DjangoObjectType):
    """A type over a model. Its `fields` are the fence: whoever may see the row may see all of them.

    Meta: `model`, `fields` (columns and relations by name), `access` (the rule of its fields), and as needed
    `name` (default: the class without "Type"), `key` (what its id holds, default "uid"), `about` (texts
    for fields whose model has none), `most` (the greatest length of each to-many relation), `main=False` for a
    second type over the same model, `door` for what can be asked for by its id alone (core/api/nodes.py). Visibility lives in `reads`: `get_queryset` would cost a query a row.
    """

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(
        cls,
        model: Any = None,
        fields: tuple[str, ...] = (),
        access: Access | None = None,
        key: str = "uid",
        about: dict[str, str] | None = None,
        most: dict[str, int] | None = None,
        main: bool = True,
        name: str | None = None,
        door: Door | None = None,
        **options: Any,
    ) -> None:
        cls._access = access
        name = name or cls.__name__.removesuffix("Type")
        super().__init_subclass_with_meta__(
            model=model, fields=(), skip_registry=True, name=name, **_with_door(name, door), **options
        )
        if cls._meta.fields.get("id") is Node._meta.fields["id"]:
            # The interface's own would tell the row's number.
            del cls._meta.fields["id"]
        borrowed = _ModelFields(cls, model, about or {}, most or {})
        own = {field: borrowed.field(field) for field in fields if field not in cls._meta.fields}
        if "id" not in cls._meta.fields and key in {f.name for f in model._meta.fields}:
            own["id"] = _id_field(name, key)
        cls._meta.fields.update({name: f for name, f in own.items() if name not in cls._meta.fields})
        if main:
            MODEL_TYPES[model] = cls


class PlainType(graphene.ObjectType):
    """A type that stands for no row. Meta: `access`, and `name` (default: the class without "Type")."""

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(
        cls,
        access: Access | None = None,
        name: str | None = None,
        door: Door | None = None,
        **options: Any,
    ) -> None:
        cls._access = access
        name = name or cls.__name__.removesuffix("Type")
        super().__init_subclass_with_meta__(name=name, **_with_door(name, door), **options)


def _with_door(name: str, door: Door | None) -> dict[str, Any]:
    if door is None:
        return {}
    DOORS[name] = door
    return {"interfaces": (Node,)}


def _id_field(name: str, key: str) -> graphene.Field:
    @reads(key)
    def resolve(root: Any, info: Any) -> str:
        return global_id(name, getattr(root, key))

    return graphene.Field(
        graphene.ID, required=True, resolver=resolve, description="Opaque id, the same for ever."
    )


def type_of(model: type[models.Model]) -> type[ModelType]:
    """The main type over a model."""
    assert model in MODEL_TYPES, f"a field leads to {model.__name__}, which has no ModelType"
    return MODEL_TYPES[model]


class _ModelFields:
    """Fields borrowed over from a model."""

    def __init__(self, cls: type, model: type[models.Model], about: dict[str, str], most: dict[str, int]):
        self.cls, self.model, self.about, self.most = cls, model, about, most

    def field(self, name: str) -> graphene.Field:
        """A column or relation of the model as a field."""
        if name in relations(self.model):
            return self._relation(name)
        column: Any = self.model._meta.get_field(name)
        text = self.about.get(name) or str(column.help_text) or None
        kind, resolver = (
            (enum_of(self.model, name), _text_of(name)) if column.choices else (_scalar(column), None)
        )
        field = graphene.Field(kind, required=not column.null, description=text, resolver=resolver)
        return field if hasattr(self.cls, f"resolve_{name}") else mark(field, columns=(name,))

    def _relation(self, name: str) -> graphene.Field:
        relation = relations(self.model)[name]
        text = self.about.get(name) or str(getattr(relation, "help_text", "")) or None
        target = relation.related_model
        # A resolver written in the class goes before ours.
        own = not hasattr(self.cls, f"resolve_{name}")
        if relation.many_to_one or relation.one_to_one:
            required = relation.concrete and not relation.null
            return to_one(name, lambda: type_of(target), required=required, description=text, own=own)
        assert name in self.most, f"{self.cls.__name__}: say the most there can be of {name} in Meta.most"
        return to_many(name, lambda: type_of(target), most=self.most[name], description=text, own=own)


def to_one(
    relation: str, type_: Any, *, required: bool = False, description: str | None = None, own: bool = True
) -> graphene.Field:
    """A field over a to-one relation, fetched with the parent: `to_one("team", lambda: TeamType)`."""

    def resolve(root: Any, info: Any) -> Any:
        return pointed_at(root, relation)

    field = graphene.Field(
        type_, required=required, description=description, resolver=resolve if own else None
    )
    return mark(field, relation=relation, columns=() if own else None)


def to_many(
    relation: str, type_: Any, *, most: int, description: str | None = None, own: bool = True
) -> graphene.Field:
    """A plain list over a to-many relation, fetched with the parents; `most` bounds its cost."""

    def resolve(root: Any, info: Any) -> list:
        return list(related(root, relation))

    listed = graphene.List(graphene.NonNull(type_))
    field = graphene.Field(listed, required=True, description=description, resolver=resolve if own else None)
    return mark(field, relation=relation, most=most, columns=() if own else None)


def list_of(type_: Any, *, most: int, description: str, resolver: Any = None, **arguments: Any) -> Any:
    """A plain list of at most `most` things, for what needs no pages."""
    listed = graphene.List(graphene.NonNull(type_))
    field = graphene.Field(
        listed, required=True, description=description, resolver=resolver, args=arguments or None
    )
    return mark(field, most=most)


def _text_of(name: str) -> Callable[[Any, Any], str | None]:
    def resolve(root: Any, info: Any) -> str | None:
        return None if getattr(root, name) is None else str(getattr(root, name))

    return resolve


@cache
def enum_of(model: type[models.Model], field: str, name: str | None = None) -> type[graphene.Enum]:
    """The GraphQL enum of a field with choices, named after both: `enum_of(Product, "state")`."""
    column = model._meta.get_field(field)
    words = words_of(column)
    name = name or model.__name__ + "".join(part.capitalize() for part in field.split("_"))
    members = StrEnum(name, [(re.sub(r"\W", "_", str(value)).upper(), value) for value in words])
    whose = f"{'an' if model.__name__[0] in 'AEIO' else 'a'} {model.__name__}"
    whole = str(column.help_text) or f"{field.replace('_', ' ').capitalize()} of {whose}."
    return worded_enum(members, name, whole, lambda one: words[one.value])


def worded_enum(
    choices: type[Enum], name: str, whole: str, words: Callable[[Any], Words] = attrgetter("words")
) -> type[graphene.Enum]:
    """The GraphQL enum of choices that are no column's: `whole` says what it is, each value what its words say."""

    def describe(value: Any) -> str:
        return whole if value is None else f"{words(value).in_language('en').rstrip('.')}."

    return graphene.Enum.from_enum(choices, name=name, description=describe)


class BigInt(Scalar):
    """A whole number that may be beyond 32 bits, but not beyond what JSON keeps exact (2^53)."""

    @staticmethod
    def _whole(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53 - 1:
            raise GraphQLError("BigInt must be a whole number.")
        return value

    serialize = _whole
    parse_value = _whole

    @staticmethod
    def parse_literal(node: Any, _variables: Any = None) -> int:
        """A literal in a document."""
        if not isinstance(node, IntValueNode):
            raise GraphQLError("BigInt must be a whole number.")
        return BigInt._whole(int(node.value))


class Money(PlainType):
    """An amount of money, exact."""

    class Meta:
        access = HELD

    amount = graphene.String(required=True, description='In yuan, as a decimal with two places: "36.90".')
    minor = graphene.Field(BigInt, required=True, description="In fen, a hundredth of a yuan: 3690.")
    currency = graphene.String(required=True, description='ISO 4217, here always "CNY".')


def money(minor: int) -> dict[str, Any]:
    """An amount in fen as a value of the type Money."""
    return {"amount": minor_units.decimal(minor), "minor": minor, "currency": "CNY"}


def MoneyField(name: str, *, description: str, required: bool = True) -> graphene.Field:
    """A field of type Money over the attribute `name`, which holds fen."""

    @reads(name)
    def resolve(root: Any, info: Any) -> dict[str, Any] | None:
        return None if getattr(root, name) is None else money(getattr(root, name))

    return graphene.Field(Money, required=required, resolver=resolve, description=description)


def Localized(name: str, *, description: str) -> graphene.Field:
    """A text in the reader's language over `name_zh` and `name_en`."""

    zh, en = f"{name}_zh", f"{name}_en"

    @reads(zh, en)
    def resolve(root: Any, info: Any) -> str:
        return (speaks_english() and getattr(root, en)) or getattr(root, zh)

    return graphene.Field(graphene.String, required=True, resolver=resolve, description=description)


class Language(graphene.Enum):
    """A language the shop speaks."""

    ZH = "zh"
    EN = "en"

    @property
    def description(self) -> str:
        """The language in words, for the schema's readers."""
        return {"zh": "Chinese, simplified (zh-Hans)", "en": "English"}[self.value]


_SCALARS: tuple[tuple[type[models.Field], type], ...] = (
    (models.BooleanField, graphene.Boolean),
    (models.UUIDField, graphene.UUID),
    (models.DateTimeField, graphene.DateTime),
    (models.DateField, graphene.Date),
    (models.DecimalField, graphene.Decimal),
    (models.BigIntegerField, BigInt),
    (models.IntegerField, graphene.Int),
    (models.CharField, graphene.String),
    (models.TextField, graphene.String),
)


def _scalar(column: models.Field) -> Any:
    if isinstance(column, ArrayField):
        return graphene.List(graphene.NonNull(_scalar(column.base_field)))
    for kind, scalar in _SCALARS:
        if isinstance(column, kind):
            return scalar
    raise TypeError(f"{column}: write this field out, there is no plain scalar for it")
