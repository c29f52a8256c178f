"""A mutation is a doorway: who may, one call, done."""

import logging
import time
from dataclasses import dataclass, field
from typing import Any

import graphene
from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from core import idempotency, outage, rates
from core.api import scopes
from core.api.access import HELD, Access
from core.api.asker import asker
from core.api.errors import Error, error_of, internal
from core.api.facts import mark
from core.api.guard import limit
from core.api.lookahead import prefetch_for
from core.middleware import address_of
from core.refusals import NotAllowed, NotFound, Refusal, SignInRequired

log = logging.getLogger("sheaf.api")


@dataclass(frozen=True)
class MutationOptions:
    """How a mutation may be entered: by whom, how often, and whether under a key."""

    access: Access | None
    idempotent: bool
    read_by: dict[str, str] = field(default_factory=dict)
    outside: bool = False
    rate: tuple[int, int] | None = None
    as_made: bool = False


class Act(graphene.ObjectType):
    """A mutation: it either acts, or says in `errors` why it did not.

    class CheckoutPlace(Act):
        "Turn the cart into an order and reserve its stock."
        class Meta:
            access = PUBLIC
            idempotent = True                                  # asks for idempotencyKey
            read_by = {"order": "orders.reads.order.order_by_pk"}  # (request, pk) -> row or queryset
        class Input:
            cart = graphene.ID(required=True, description="…")
        order = graphene.Field(OrderType, description="…")
        @classmethod
        def act(cls, request, cart): return cls(order=checkout.place(...))

    An idempotent act runs in one transaction with the mark of its key; `outside = True` says that it calls
    others (a provider) and so runs in none. `rate = (10, 60)` allows ten a minute to one asker.
    `as_made = True` says that the rows which `act` returns are as the table has them: a first answer shows
    them without reading them again. A test asks twice and compares.
    """

    class Meta:
        abstract = True

    _access = HELD
    options: MutationOptions

    @classmethod
    def __init_subclass_with_meta__(
        cls,
        access: Access | None = None,
        idempotent: bool = False,
        read_by: dict[str, str] | None = None,
        outside: bool = False,
        rate: tuple[int, int] | None = None,
        as_made: bool = False,
        **options: Any,
    ) -> None:
        cls.options = MutationOptions(access, idempotent, read_by or {}, outside, rate, as_made)
        cls.errors = graphene.List(
            graphene.NonNull(Error),
            required=True,
            default_value=(),
            description="Why it was not done; empty when it was.",
        )
        cls.input_type = _input_type(cls, idempotent)
        stem = cls.__name__
        options.setdefault("description", f"What came of {stem}.")
        super().__init_subclass_with_meta__(name=f"{stem}Payload", **options)

    @classmethod
    def Field(cls) -> graphene.Field:
        """The field of the root type Mutation."""
        arguments = {}
        if asked := cls.input_type:
            arguments["input"] = graphene.Argument(asked, required=True, description="What is asked.")
        made = graphene.Field(
            cls, args=arguments, required=True, resolver=cls._mutate, description=(cls.__doc__ or "").strip()
        )
        # The act asks for itself, so that a refusal is an answer and not a hole in the data.
        return mark(made, access=cls.options.access and Access(cls.options.access.label), cost=10)

    @classmethod
    def act(cls, request: Any, **given: Any) -> Any:
        """Do it; returns the payload (or a dict of its fields)."""
        raise NotImplementedError

    @classmethod
    def sent_along(cls, request: Any) -> dict[str, str]:
        """What comes beside the input and is asked for under its key too: a digest of each file, by its name."""
        return {}

    @classmethod
    def _mutate(cls, root: Any, info: Any, **arguments: Any) -> Any:
        request = info.context
        try:
            scopes.demand(request, info.field_name)
            cls._admit(request)
            given = dict(arguments.get("input") or {})
            values = cls._run(request, given)
            _more_time(request)
            log.info("did %s", cls.__name__)
            return cls._answer(info, values)
        except Refusal as refusal:
            log.info("refused %s: %s", cls.__name__, refusal.code)
            _more_time(request)
            # For whoever reads no bodies: the answer carries it as a header too.
            request.retry_after = refusal.facts.get("retry_after_seconds")
            return cls(errors=[error_of(each) for each in (refusal, *refusal.beside)])
        except Exception as failure:
            if outage.is_one(failure):
                raise  # the whole answer is that, with its status
            log.exception("%s failed", cls.__name__)
            return cls(errors=[internal(request)])

    @classmethod
    def _admit(cls, request: Any) -> None:
        access = cls.options.access
        if access is None:
            raise NotFound()
        if access.allows and not access.allows(request, None):
            raise NotAllowed() if request.user.is_authenticated else SignInRequired()
        if cls.options.rate:
            cls._hold_up(request, *cls.options.rate)

    @classmethod
    def _hold_up(cls, request: Any, most: int, seconds: int) -> None:
        who, address = asker(request), address_of(request)
        # Strangers without a session must not use up each other's share.
        windows = [(cls.__name__, address if who == idempotency.UNNAMED else who, most)]
        if not request.user.is_authenticated:
            # A guest can be somebody new with each call; where she calls from she cannot choose.
            windows.append((f"{cls.__name__} guests", address, most * limit("guests_an_address")))
        rates.demand_each(windows, seconds)

    @classmethod
    def _run(cls, request: Any, given: dict[str, Any]) -> dict[str, Any]:
        """The payload's values; under its key only a row's id is recorded."""
        if not cls.options.idempotent:
            return cls._values(cls.act(request, **given))
        # A deed that runs in no transaction of ours makes its own keys from this one.
        key = request.idempotency_key = given.pop("idempotency_key")

        def run() -> tuple[dict[str, Any], dict[str, Any]]:
            values = cls._values(cls.act(request, **given))
            return values, {name: _as_result(value) for name, value in values.items()}

        made, result = idempotency.once(
            asker(request),
            cls.__name__,
            key,
            {**given, **cls.sent_along(request)},
            run,
            outside=cls.options.outside,
        )
        if made is not None and cls.options.as_made:
            return made
        # First and repeated answers are read alike, so they are alike.
        return {
            name: cls._read_again(request, name, value) if name in cls.options.read_by else value
            for name, value in result.items()
        }

    @classmethod
    def _values(cls, payload: Any) -> dict[str, Any]:
        if payload is None:
            return {}
        values = payload if isinstance(payload, dict) else vars(payload)
        return {name: values.get(name) for name in cls._meta.fields if name != "errors"}

    @classmethod
    def _read_again(cls, request: Any, name: str, result: Any) -> Any:
        if result is None:
            return None
        found = import_string(cls.options.read_by[name])(request, result)
        if not isinstance(found, QuerySet):
            return found
        if isinstance(result, list):
            return list(found)
        row = found.first()
        if row is None:
            raise NotFound()
        return row

    @classmethod
    def _answer(cls, info: Any, values: dict[str, Any]) -> Any:
        for name, value in values.items():
            rows = value if isinstance(value, list | tuple) else [value]
            if rows and all(isinstance(row, Model) for row in rows):
                prefetch_for(rows, info, name)
        return cls(**values)


def _more_time(request: Any) -> None:
    """What has happened is told, however long it took: the answer has its own time from here."""
    if getattr(request, "api_deadline", None):
        request.api_deadline = time.monotonic() + limit("resolver_seconds")


def _as_result(value: Any) -> Any:
    """What is written down of a payload's value: ids of rows, plain values as they are."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, QuerySet | list | tuple):
        return [_as_result(each) for each in value]
    assert value is None or isinstance(value, str | int | bool), (
        f"say in `read_by` how to read {value!r} again"
    )
    return value


def _input_type(cls: type, idempotent: bool) -> type[graphene.InputObjectType] | None:
    # What several acts ask for alike stands in a class that the input of each is made of.
    bases = reversed(vars(cls)["Input"].__mro__) if "Input" in vars(cls) else ()
    fields = {k: v for base in bases for k, v in vars(base).items() if not k.startswith("__")}
    if idempotent:
        fields["idempotency_key"] = graphene.UUID(
            required=True,
            description="A random UUID; under one key a mutation is done once, however often sent.",
        )
    if not fields:
        return None
    body = {**fields, "__doc__": f"What {cls.__name__} asks for."}
    return type(f"{cls.__name__}Input", (graphene.InputObjectType,), body)
