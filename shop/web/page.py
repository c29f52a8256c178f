"""A page is a GraphQL document and a template of the same name; what the address says are its variables."""

from functools import cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from graphql import ListTypeNode, NonNullTypeNode, OperationDefinitionNode, parse
from graphql.language.ast import TypeNode

from core import language
from core.api.documents import ask

HERE = Path(__file__).parent


@cache
def document(path: str) -> str:
    """The text of a page's or an act's document."""
    return (HERE / path).read_text()


@cache
def variables_of(path: str) -> dict[str, tuple[str, bool]]:
    """Each variable a document declares: its named type, and whether it is a list."""
    (operation,) = (d for d in parse(document(path)).definitions if isinstance(d, OperationDefinitionNode))
    return {v.variable.name.value: _kind(v.type) for v in operation.variable_definitions}


def _kind(node: TypeNode) -> tuple[str, bool]:
    is_list = False
    while isinstance(node, NonNullTypeNode | ListTypeNode):
        is_list = is_list or isinstance(node, ListTypeNode)
        node = node.type
    return node.name.value, is_list  # type: ignore[attr-defined]


def read_fields(path: str, fields: Any) -> dict[str, Any]:
    """A form's or an address's fields as the document's variables; an empty field is one not given."""
    found: dict[str, Any] = {}
    for name, (kind, is_list) in variables_of(path).items():
        values = [_value(kind, text) for text in fields.getlist(name) if text != ""]
        values = [value for value in values if value is not None]
        if values:
            found[name] = values if is_list else values[-1]
    return found


def _value(kind: str, text: str) -> Any:
    if kind == "Int":
        return int(text) if text.lstrip("-").isdecimal() and len(text) < 10 else None
    if kind == "Boolean":
        return text.lower() in ("1", "true", "on", "yes")
    return text


def page(name: str, status: int = 200):
    """The view of one page. The first field of its document is what it is about: null is 404."""
    path = f"pages/{name}.graphql"

    def view(request: HttpRequest, lang: str = "", **captured: Any) -> HttpResponse:
        language.activate(lang or language.current())
        variables = read_fields(path, request.GET) if (HERE / path).exists() else {}
        variables |= captured
        data: dict[str, Any] = {}
        if (HERE / path).exists():
            declared = variables_of(path)
            if "cart" in declared:
                variables["cart"] = request.session.get("cart")
            variables = {key: value for key, value in variables.items() if key in declared}
            data, errors = ask(request, document(path), variables)
            if errors and not data:
                raise Http404(name)
            if data and next(iter(data.values())) is None and not _may_be_empty(name):
                raise Http404(name)
        context = {**(data or {}), "asked": captured, "page": name, **_kept_form(request)}
        response = render(request, f"pages/{name}.html", context, status=status)
        if request.session.accessed or request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response

    view.__name__ = name
    return view


def _may_be_empty(name: str) -> bool:
    """Pages that say where to begin when what they are about is not there yet."""
    return name in {"cart", "account", "sign_in", "home", "desk", "groups"}


def _kept_form(request: HttpRequest) -> dict[str, Any]:
    """What the visitor had written into a form that was refused: shown again, once."""
    kept = request.session.pop("form", None) if request.COOKIES else None
    return {"form": kept or {}}
