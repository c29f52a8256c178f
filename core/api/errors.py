"""A refusal as clients see it: a code, the path of the input, a sentence, and the numbers a buyer needs."""

from enum import Enum
from functools import cache
from types import SimpleNamespace
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case

from core.api.access import HELD
from core.language import say
from core.refusals import Refusal, TooMany

INTERNAL = "INTERNAL"


def _codes(kind: type[Refusal] = Refusal) -> dict[str, str]:
    codes = {kind.code: (kind.__doc__ or "").strip().splitlines()[0]}
    for below in kind.__subclasses__():
        codes.update({code: text for code, text in _codes(below).items() if code not in codes})
    return codes


@cache
def error_code() -> type[graphene.Enum]:
    """The enum of all codes; made when the schema is built, when every floor's refusals are known."""
    texts = {**_codes(), INTERNAL: "Something of ours broke; the log has it under the request id."}
    codes = Enum("ErrorCode", [(code, code) for code in sorted(texts)], type=str)
    # graphene asks for the description of the enum itself with None.
    return graphene.Enum.from_enum(
        codes, description=lambda v: "Why something was refused." if v is None else texts[v.value]
    )


class Error(graphene.Interface):
    """Why a mutation did not do what was asked. Some kinds tell more: see the types that implement this."""

    code = graphene.Field(lambda: error_code(), required=True, description="The reason, for programs.")
    field = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        default_value=(),
        description="The path of the input it is about, outermost first; empty when it is about none.",
    )
    message = graphene.String(required=True, description="The reason, for people, in the asker's language.")

    @classmethod
    def resolve_type(cls, instance: Any, info: Any) -> Any:
        """The type that tells this refusal's numbers, or the plain one."""
        return next((ERROR_TYPES[kind] for kind in instance.kind.__mro__ if kind in ERROR_TYPES), PlainError)


class PlainError(graphene.ObjectType):
    """A refusal that has nothing to add to its sentence."""

    _access = HELD

    class Meta:
        interfaces = (Error,)


ERROR_TYPES: dict[type, type[graphene.ObjectType]] = {}


def error_type(refusal: type[Refusal]) -> Any:
    """Give a refusal a type of its own, whose fields are its facts.

    @error_type(InsufficientStock)
    class InsufficientStockError:
        "Fewer units are left than were asked for."
        units_left = graphene.Int(required=True, description="Units that can still be bought.")
    """

    def made(cls: type) -> type[graphene.ObjectType]:
        meta = type("Meta", (), {"interfaces": (Error,), "name": refusal.__name__})
        fields = {k: v for k, v in vars(cls).items() if not k.startswith("__")}
        body = {**fields, "Meta": meta, "__doc__": cls.__doc__, "_access": HELD}
        ERROR_TYPES[refusal] = type(cls.__name__, (graphene.ObjectType,), body)
        return ERROR_TYPES[refusal]

    return made


@error_type(TooMany)
class TooManyError:
    """Too often in too short a time; it may be tried again."""

    retry_after_seconds = graphene.Int(required=True, description="Seconds until it may be tried again.")


def path_of(refusal: Refusal) -> list[str]:
    """The refusal's path in the API's spelling."""
    return [to_camel_case(part) for part in refusal.field]


def error_of(refusal: Refusal) -> SimpleNamespace:
    """The refusal as a plain value: graphql-core raises any exception that a resolver returns."""
    return SimpleNamespace(
        kind=type(refusal),
        code=refusal.code,
        field=path_of(refusal),
        message=str(refusal),
        **refusal.facts,
    )


def internal(request: Any) -> SimpleNamespace:
    """What a client hears of a failure of ours; the rest is in the log, under the same id."""
    return SimpleNamespace(kind=Refusal, code=INTERNAL, field=[], message=internal_words(request))


def internal_words(request: Any) -> str:
    """A sentence with the request's id."""
    name = getattr(request, "id", "-")
    return str(say("出了点问题（编号 {id}）。", "Something went wrong (request {id}).", id=name))
