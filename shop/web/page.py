"""A page is a GraphQL document and a template of the same name; what the address says are its variables."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import language
from core.api.documents import ask
from shop.web.document import exists, text_of, variables_of
from shop.web.form import read_address, remembered_cart

# Pages that say where to begin when what they are about is not there yet.
MAY_BE_EMPTY = {"home", "cart", "checkout", "desk", "groups", "invitation", "contest"}
# Pages about oneself: a guest is asked to sign in, and comes back.
FOR_SOMEBODY = {
    *("account", "addresses", "details", "organisations", "group_open"),
    *("desk", "desk_new", "desk_orders", "desk_claims", "desk_product"),
    *("desk_households", "desk_lot"),
}


class Broken(Exception):
    """Something of ours failed under a page: it has been logged with the request's id."""


def page(name: str, status: int = 200):
    """The view of one page. The first field of its document is what it is about: null is 404."""
    path = f"pages/{name}.graphql"

    def view(request: HttpRequest, lang: str = "", **captured: Any) -> HttpResponse:
        language.activate(lang or language.current())
        if name in FOR_SOMEBODY and not request.user.is_authenticated:
            return redirect(f"{_sign_in()}?{urlencode({'next': request.get_full_path()})}")
        captured.pop("exception", None)
        data = _asked(request, name, path, captured) if exists(path) else {}
        context = {**data, "asked": captured, "page": name, **_once(request)}
        response = render(request, f"pages/{name}.html", context, status=status)
        if request.session.accessed or request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response

    view.__name__ = name
    return view


def _sign_in() -> str:
    return reverse("sign_in", kwargs={"lang": language.current()})


def _asked(request: HttpRequest, name: str, path: str, captured: dict[str, Any]) -> dict[str, Any]:
    declared = variables_of(path)
    variables = read_address(path, request.GET) | captured
    if "cart" in declared:
        variables["cart"] = remembered_cart(request)
    if "signedIn" in declared:
        variables["signedIn"] = request.user.is_authenticated
    data, errors = ask(request, text_of(path), {k: v for k, v in variables.items() if k in declared})
    if any(error["extensions"].get("code") == "INTERNAL" for error in errors):
        raise Broken(name)
    if data is None or (name not in MAY_BE_EMPTY and next(iter(data.values()), None) is None):
        raise Http404(name)
    return data


def _once(request: HttpRequest) -> dict[str, Any]:
    """What is shown once: a form that was refused as it was written, and a secret just made."""
    if not request.COOKIES:
        return {"form": {}, "told": {}}
    return {"form": request.session.pop("form", {}), "told": request.session.pop("told", {})}
