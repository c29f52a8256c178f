"""A form is a GraphQL mutation: acts/<name>.graphql, whose variables are the form's fields."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core import language
from core.api.documents import ask
from core.language import say
from shop.web import follow
from shop.web.page import HERE, document, read_fields, variables_of

NEVER_KEPT = {"password", "newPassword", "currentPassword", "photo", "csrfmiddlewaretoken"}


@require_POST
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Do the deed; then go where it leads, or back with what was written and why not."""
    path = f"acts/{name}.graphql"
    if not (HERE / path).exists():
        raise Http404(name)
    language.activate(_language(request))
    variables = read_fields(path, request.POST)
    if "cart" in variables_of(path) and "cart" not in variables:
        variables["cart"] = request.session.get("cart")
    data, errors = ask(request, document(path), variables)
    payload: dict[str, Any] = next(iter((data or {}).values()), None) or {}
    refused = payload.get("errors") or [{"field": [], "message": e["message"]} for e in errors or []]
    if refused:
        return _back(request, name, refused)
    lead = getattr(follow, name, None)
    if lead is not None and (leads := lead(request, payload)):
        return HttpResponseRedirect(leads)
    return redirect(ours(request, "next"))


def _back(request: HttpRequest, name: str, refused: list[dict]) -> HttpResponse:
    kept = {k: request.POST.getlist(k)[-1][:1000] for k in request.POST if k not in NEVER_KEPT}
    request.session["form"] = {
        "act": name,
        "values": kept,
        "errors": {(e["field"] or [""])[-1]: e["message"] for e in refused},
    }
    for text in dict.fromkeys(e["message"] for e in refused):
        messages.error(request, text or str(say("没有成功,请再试一次。", "That did not work. Please try again.")))
    return redirect(ours(request, "back"))


def ours(request: HttpRequest, field: str) -> str:
    """Where the form says to go, if it is an address of ours; else where it came from, else home."""
    for url in (request.POST.get(field, ""), request.META.get("HTTP_REFERER", "")):
        if url and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}):
            return url
    return f"/{language.current()}/"


def _language(request: HttpRequest) -> str:
    asked = request.POST.get("lang") or request.POST.get("next", "")[1:3]
    return asked if asked in language.LANGUAGES else language.current()
