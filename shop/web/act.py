"""A form is a GraphQL mutation: <room>/<act>.graphql, whose variables are the form's fields."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core import language
from core.api.asker import remember_write
from core.api.documents import ask
from core.language import say
from core.refusals import SecondFactorRequired
from shop.web import look as look_at
from shop.web.acts import acts, name_of_act, proof_page, second_factor_page
from shop.web.document import act_document, fields_of, refilled_fields, text_of, variables_of
from shop.web.form import is_apart, read_form, remembered_cart
from shop.web.once import WAITS_FOR_FACTOR, filled_in, slip_of
from shop.web.refill import refill_of
from shop.web.refused import AT, reasons
from shop.web.turn import beneath, let_go

# Of every form that comes with a file.
NO_FILE = say("请选择一个文件。", "Please choose a file.")
UNCLEAR = say("没有成功，请检查填写的内容。", "That did not work. Please check what you entered.")

# Forms of a page that was loaded before these had a key send none; they still are done once: a second is refused.
WITHOUT_KEY = {"make_claim"}


@require_POST
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Do the deed; then go where it leads, or back with what was written and why not."""
    name = name_of_act(name)
    path = act_document(name)
    if not path:
        raise Http404(name)
    language.activate(spoken(request))
    variables, unread = read_form(path, request.POST)
    if not unread and (look := look_at.confirmation(request, name, variables)):
        return back(request, name, [], look)
    payload: dict[str, Any] = {}
    for one in (*_before(name, request.POST), name):
        payload, refused = do(request, one, request.POST)
        # Of a cart that was placed meanwhile nothing is changed any more: the deed itself says what came of it.
        if refused and not (one != name and _is_gone(payload)):
            return to_second_factor(request, one) if asks_for_factor(payload) else back(request, one, refused)
        let_go(request, one)
    response = forward(request, name, payload)
    remember_write(request, response)
    return response


def _before(name: str, posted: QueryDict) -> tuple[str, ...]:
    first = acts()[name].first
    return (first,) if first and posted.get("first") == first else ()


def do(request: HttpRequest, name: str, posted: QueryDict) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Do one deed by what was written; its payload, and why it was refused, field by field."""
    path = act_document(name)
    variables, unread = read_form(path, posted)
    if name in WITHOUT_KEY and "idempotencyKey" not in posted:
        variables["idempotencyKey"] = str(uuid4())
        unread.pop("idempotencyKey")
    if unread:
        return {}, [(field, str(words)) for field, words in unread.items()]
    is_remembered = "cart" in variables_of(path) and "cart" not in variables
    if is_remembered:
        variables["cart"] = remembered_cart(request)
    payload, errors = _done(request, path, variables)
    if is_remembered and variables["cart"] and _is_gone(payload) and not is_apart(request):
        # Another tab has placed it, or it was left for a month: a guest begins anew.
        request.session.pop("cart", None)
        payload, errors = _done(request, path, {**variables, "cart": None})
    return payload, [*refusals(path, payload), *failures(errors)]


def _done(
    request: HttpRequest, path: str, variables: dict[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    data, errors = ask(request, text_of(path), variables)
    (payload,) = (data or {"nothing": None}).values()
    return payload or {}, errors


def _is_gone(payload: dict[str, Any]) -> bool:
    return any(e["code"] == "NOT_FOUND" and e["field"] == ["cartId"] for e in payload.get("errors") or ())


def asks_for_factor(payload: dict[str, Any]) -> bool:
    """Whether the deed waits for a code of the second factor, and for nothing else."""
    return any(e["code"] == SecondFactorRequired.code for e in payload.get("errors") or ())


def refusals(document: str, payload: dict[str, Any]) -> list[tuple[str, str]]:
    """(field of the form, why) of each refusal: the innermost part of its path that the form has."""
    known = fields_of(document)
    found = []
    for error in payload.get("errors") or ():
        path = list(reversed(error["field"] or ()))
        field = next((known[part] for part in path if part in known), path[0] if path else "")
        if path and "." in path[0]:  # of a row of the form, by its own name
            field = path[0]
        found.append((field, error["message"]))
    return found


def failures(errors: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """What the API says beside a payload; its words on a document's variables are for programs."""
    return [("", str(UNCLEAR) if e["extensions"]["code"] == "BAD_INPUT" else e["message"]) for e in errors]


def forward(request: HttpRequest, name: str, payload: dict[str, Any]) -> HttpResponse:
    """Where the deed leads, else where the form says."""
    follow = acts()[name].follow
    if follow and (leads := follow(request, payload)):
        return HttpResponseRedirect(leads)
    if _act_of_its_form(request, name) != name:
        slip_of(request).put("form", _form_of(request, name))
        return HttpResponseRedirect(ours(request, "back"))
    return HttpResponseRedirect(ours(request, "next"))


def back(
    request: HttpRequest, name: str, refused: list[tuple[str, str]], look: dict[str, Any] | None = None
) -> HttpResponse:
    """To the form, with what was written, and why not beside each field; or with what it was read as, to look at."""
    told = {"look": look} if look else reasons(refused)
    form = _form_of(request, name)
    slip_of(request).put("form", {**form, **told, **beneath(request, form["act"])})
    if look:
        messages.error(request, str(look_at.ONCE_MORE))
    to = ours(request, f"back.{name}", "back").partition("#")[0]
    return HttpResponseRedirect(f"{to}#look" if look else f"{to}#{AT}")


def to_second_factor(request: HttpRequest, name: str) -> HttpResponse:
    """Where a code is given first; then back to the form, as it was written."""
    slip_of(request).put(WAITS_FOR_FACTOR, _form_of(request, name))
    back = ours(request, f"back.{name}", "back")
    return HttpResponseRedirect(proof_page(request.user, back) or second_factor_page(back))


def _act_of_its_form(request: HttpRequest, name: str) -> str:
    """The act whose form it is: of a deed that is done amid another form, that one's."""
    whose = name_of_act(request.POST.get("amid", ""))
    return whose if acts()[name].is_amid and act_document(whose) else name


def _form_of(request: HttpRequest, name: str) -> dict[str, Any]:
    whose = _act_of_its_form(request, name)
    fields = acts()[whose].refilled or refilled_fields(act_document(whose))
    if whose != name:
        # A code in it was not tried yet: it is as good as before.
        fields |= {"code"}
    return filled_in(whose, refill_of(request.POST, fields), request.POST.get("item", "")[:200])


def ours(request: HttpRequest, *fields: str) -> str:
    """Where the form says to go, if it is an address of ours; else where it came from, else home."""
    for url in (*(request.POST.get(field, "") for field in fields), request.META.get("HTTP_REFERER", "")):
        if url and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}):
            return url
    return f"/{language.current()}/"


def spoken(request: HttpRequest) -> str:
    """The language of the page that the form is on."""
    asked = request.POST.get("lang") or request.POST.get("next", "")[1:3]
    return asked if asked in language.LANGUAGES else language.current()
