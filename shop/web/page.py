"""A page is a GraphQL document and a template of the same name; what the address says are its variables."""

from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import register_converter, reverse

from accounts import shop
from core import fast, language
from core.api.documents import ask
from core.api.run import documents
from shop.templatetags.alone import address_with, opened_on, opens_for
from shop.templatetags.forms import drawn_on
from shop.web.acts import proof_page
from shop.web.cart import cart_badge
from shop.web.closed import closed_band
from shop.web.document import exists, text_of, variables_of
from shop.web.form import APART, read_address, remembered_cart
from shop.web.holes import filled, is_shared
from shop.web.once import slip_of
from shop.web.refused import is_refused, summary
from shop.web.tongues import marked
from shop.web.turn import waits

NOTHING: dict[str, Any] = {"form": {}, "told": {}}


class Broken(Exception):
    """Something of ours failed under a page: it has been logged with the request's id."""


class Moved(Exception):
    """The page is about something that had this address once: it is there for good."""

    def __init__(self, where: str):
        super().__init__(where)
        self.where = where


class Language:
    """The converter of `<language:lang>` in an address: `zh` or `en`, anything else is no page of ours."""

    regex = "|".join(language.LANGUAGES)

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(Language, "language")


class Page(NamedTuple):
    """A page, named by its room and its name: `shelf/product`."""

    name: str
    may_be_empty: bool
    for_somebody: bool
    is_apart: bool
    for_its_own: bool
    otherwise: str

    @property
    def document(self) -> str:
        """What it asks, if it asks anything."""
        return f"{self.name}.graphql"

    @property
    def template(self) -> str:
        """The file of its HTML, below shop/web; where the page asks something its document has the same name."""
        return f"{self.name}.html"


def page(
    name: str,
    *,
    status: int = 200,
    may_be_empty: bool = False,
    for_somebody: bool = False,
    is_apart: bool = False,
    for_its_own: bool = False,
    otherwise: str = "",
):
    """The view of one page. The first field of its document is what it is about: null is 404.

    A page that `may_be_empty` says where to begin when what it is about is not there yet. One `for_somebody` is about
    oneself: a guest is asked to sign in, and comes back. One that `is_apart` is about what is bought at once, whose
    cart is another than the one that is kept. One `for_its_own` is open to whoever has its key, too; a guest without is
    asked to sign in alike, whether there is such a thing or not. One that has another page `otherwise` is answered with
    that where it is about nothing: it knows what was there before. What has moved leads on to where it is.
    """
    this = Page(name, may_be_empty, for_somebody, is_apart, for_its_own, otherwise)
    instead = this._replace(name=otherwise, otherwise="")

    def view(request: HttpRequest, lang: str = "", **captured: Any) -> HttpResponse:
        language.activate(lang or language.current())
        if this.for_somebody and not request.user.is_authenticated:
            return _to_sign_in(request)
        captured.pop("exception", None)
        request.is_opened = False
        if this.is_apart:
            setattr(request, APART, True)
        try:
            try:
                response = _cached(request, this, captured) or _render(request, this, captured, status)
            except Http404:
                if this.for_its_own and not request.user.is_authenticated:
                    return _to_sign_in(request)
                # What is not there may be there for a role of hers that waits for its code.
                if where := proof_page(request.user, request.get_full_path()):
                    return redirect(where)
                if not this.otherwise:
                    raise
                response = _render(request, instead, captured, status)
        except Moved as moved:
            response = redirect(moved.where, permanent=True)
        if status == 200 and _is_gone(request):
            return redirect(address_with(request))
        if request.session.accessed or request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response

    view.__name__, view.page = name, this
    return view


def _render(request: HttpRequest, page: Page, captured: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page, made now for this visitor, or with holes for all of them."""
    data = _data(request, page, captured) if exists(page.document) else {}
    if where := _where_it_is(request, data, captured):
        raise Moved(where)
    once = NOTHING if is_shared(request) else _once(request)
    context = {**data, "asked": captured, "page": page.name, **once}
    html = render_to_string(page.template, context, request)
    if once["form"] and opens_for(request, once["form"]):
        html = render_to_string(page.template, context, request)
    if is_refused(once["form"]) and once["form"]["act"] not in drawn_on(request):
        # Its form is not on this page, or not for her any more: why is said all the same, above it.
        html = render_to_string(page.template, {**context, "refused": summary(once["form"])}, request)
    form_waits = once["form"] and waits(once["form"]) and once["form"]["act"] not in drawn_on(request)
    # Where what was opened is gone, the page that is led to says why a form was refused.
    if once["form"] and not form_waits and not (status == 200 and _is_gone(request)):
        slip_of(request).take("form")
        if under := once["form"].get("under"):
            slip_of(request).put("form", under)
    return HttpResponse(marked(html, language.current()), status=status)


def _is_gone(request: HttpRequest) -> bool:
    """Whether what the address opens is not there any more, or was never."""
    return bool(opened_on(request)) and not request.is_opened


def _where_it_is(request: HttpRequest, data: dict[str, Any], captured: dict[str, Any]) -> str:
    """The address today of what a page is about, where it had this one before; else nothing."""
    thing, match = next(iter(data.values()), None), request.resolver_match
    if "slug" not in captured or not isinstance(thing, dict) or thing["slug"] == captured["slug"]:
        return ""
    assert match is not None
    where = reverse(match.url_name or "", kwargs={**match.kwargs, "slug": thing["slug"]})
    query = request.GET.urlencode()
    return f"{where}?{query}" if query else where


def _cached(request: HttpRequest, page: Page, captured: dict[str, Any]) -> HttpResponse | None:
    """The page as it is kept for all guests; None for whoever is signed in, or is told something once."""
    path = page.document
    if not exists(path) or request.user.is_authenticated or opened_on(request):
        return None
    prepared = documents.prepare(text_of(path))
    if not prepared.is_public or (request.COOKIES and slip_of(request).waits()):
        return None

    def write() -> bytes:
        request.has_holes = True
        try:
            return _render(request, page, captured).content
        finally:
            request.has_holes = False

    # The shop's own facts stand on every page, whatever its document asks.
    name = f"{page.name} {shop.mark()}"
    body = fast.page(request, prepared.fast, name, partial(_variables, request, path, captured), write)
    if body is None:
        return None
    return HttpResponse(filled(request, body, cart=cart_badge(request), closed=closed_band(request)))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    where = reverse("sign_in", kwargs={"lang": language.current()})
    return redirect(f"{where}?{urlencode({'next': request.get_full_path()})}")


def _data(request: HttpRequest, page: Page, captured: dict[str, Any]) -> dict[str, Any]:
    variables = _variables(request, page.document, captured)
    data, errors = ask(request, text_of(page.document), variables, keep=not is_shared(request))
    if any(error["extensions"].get("code") == "INTERNAL" for error in errors):
        raise Broken(page.name)
    if data is None or (not page.may_be_empty and next(iter(data.values()), None) is None):
        raise Http404(page.name)
    return data


def _variables(request: HttpRequest, path: str, captured: dict[str, Any]) -> dict[str, Any]:
    declared = variables_of(path)
    variables = read_address(path, request.GET) | captured
    if "cart" in declared:
        variables["cart"] = remembered_cart(request)
    if "signedIn" in declared:
        variables["signedIn"] = request.user.is_authenticated
    return {name: value for name, value in variables.items() if name in declared}


def _once(request: HttpRequest) -> dict[str, Any]:
    """What is shown once: a form that was refused as it was written, and a secret just made."""
    if not request.COOKIES:
        return NOTHING
    slip = slip_of(request)
    return {"form": slip.look("form") or {}, "told": slip.take("told") or {}}
