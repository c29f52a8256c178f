"""The text of a function that makes one object of an answer: a line a field, and for plain values a look at the type."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLEnumType, Undefined, is_non_null_type

from core.fast.given_up import Beyond
from core.fast.inline import Expression
from core.language import speaks_english

# A value that is not null, as it goes into the answer; beside it the answer in the making.
Finish = Callable[[Any, Any], Any]
PLAIN = {"String": str, "ID": str, "Boolean": bool}
WHOLE = 2**31

# What needs nothing more, by type: by far the most of what is told.
_WHOLE = f"type({{0}}) is int and {-WHOLE} <= {{0}} < {WHOLE}"
_AS_IT_IS = {
    **{name: f"type({{0}}) is {kind.__name__}" for name, kind in PLAIN.items()},
    **dict.fromkeys(("Int", "BigInt"), _WHOLE),
}


class Source:
    """No name of a document's gets into it but as a quoted string."""

    def __init__(self, attribute: str):
        self.attribute = attribute
        self.lines: list[str] = []
        self.keys: list[str] = []
        self.known: dict[str, Any] = {
            "speaks_english": speaks_english,
            "Beyond": Beyond,
            "Undefined": Undefined,
        }

    def typename(self, key: str, name: str) -> None:
        """The type's own name."""
        self.lines.append(f"v{len(self.keys)} = {name!r}")
        self.keys.append(key)

    def reading(self, key: str, attribute: str, type_: Any, finish: Finish) -> None:
        """A field that is an attribute."""
        self.take(key, self.attribute.format(attribute), type_, finish)

    def calling(
        self, key: str, resolve: Any, at: int, has_arguments: bool, type_: Any, finish: Finish
    ) -> None:
        """A field with a resolver of its own."""
        name = f"resolve{len(self.keys)}"
        self.known[name] = resolve
        arguments = f", **calls[{at}][1]" if has_arguments else ""
        self.take(key, f"{name}(value, calls[{at}][0]{arguments})", type_, finish)

    def saying(self, key: str, expression: Expression, type_: Any, finish: Finish) -> None:
        """A field whose resolver is one expression."""
        self.known |= expression.known
        self.take(key, expression.text, type_, finish)

    def take(self, key: str, value: str, type_: Any, finish: Finish) -> None:
        """A field whose value this expression gives."""
        one, name = f"v{len(self.keys)}", f"finish{len(self.keys)}"
        must = is_non_null_type(type_)
        plain = _AS_IT_IS.get(getattr(type_.of_type if must else type_, "name", ""))
        self.known[name] = finish
        self.lines += [
            f"{one} = {value}",
            f"if {plain.format(one)}: pass" if plain else "if False: pass",
            f"elif {one} is not None and {one} is not Undefined: {one} = {name}({one}, execution)",
            "else: raise Beyond" if must else f"else: {one} = None",
        ]
        self.keys.append(key)

    def function(self) -> Callable[[Any, Any, Any], dict[str, Any]]:
        """The function itself, of the value, the answer in the making and what its resolvers are called with."""
        entries = ", ".join(f"{key!r}: v{at}" for at, key in enumerate(self.keys))
        body = "\n    ".join(["english = speaks_english()", *self.lines, f"return {{{entries}}}"])
        exec(f"def made(value, execution, calls):\n    {body}", self.known)
        made: Callable[[Any, Any, Any], dict[str, Any]] = self.known["made"]
        return made


def leaf(type_: Any) -> Finish:
    """How a value of a scalar or an enum goes into the answer: as the schema's own type writes it."""
    plain, serialize = PLAIN.get(type_.name), type_.serialize

    def other(value: Any, execution: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        written = serialize(value)
        if written is None or written is Undefined:
            raise Beyond
        return written

    def same(value: Any, execution: Any) -> Any:
        return value if type(value) is plain else other(value, execution)

    def whole(value: Any, execution: Any) -> Any:
        return value if type(value) is int and -WHOLE <= value < WHOLE else other(value, execution)

    known: dict[str, Any] = {}

    def of_few(value: Any, execution: Any) -> Any:
        if type(value) is not str:
            return other(value, execution)
        if value not in known:
            known[value] = other(value, execution)
        return known[value]

    if isinstance(type_, GraphQLEnumType):
        return of_few
    return same if plain else whole if type_.name in ("Int", "BigInt") else other
