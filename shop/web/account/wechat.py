"""Where WeChat sends a browser back to: signed in, or told why not; a second visit lands where the first did."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from accounts.actions import wechat
from core import language
from core.refusals import Refusal
from shop.sessions import SessionStore
from shop.web.acts import proof_page, to
from shop.web.arriving import arrive


@require_GET
def from_wechat(request: HttpRequest, lang: str) -> HttpResponse:
    """The code of one yes. Whatever comes of it, its address is left: it is in no Referer, and no reload brings it again."""
    language.activate(lang)
    try:
        back = wechat.come_back(
            request, request.GET.get("code", "")[:512], request.GET.get("state", "")[:128]
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        response = HttpResponseRedirect(to("account/ways/" if request.user.is_authenticated else "sign-in/"))
        return _unseen(response)
    if back.session_key:
        _share(request, back.session_key)
    elif request.user == back.person:
        arrive(request)
    onward = back.goes_on_to if _is_ours(request, back.goes_on_to) else to("account/")
    response = HttpResponseRedirect(proof_page(back.person, onward) or onward)
    if back.session_key:
        response.set_cookie(
            settings.SESSION_COOKIE_NAME,
            back.session_key,
            max_age=settings.SESSION_COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return _unseen(response)


def _share(request: HttpRequest, key: str) -> None:
    # The browser may have thrown the first answer away: this one brings the same session, and opens none beside it.
    if request.session.session_key != key:
        request.session = SessionStore(key)


def _is_ours(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())


def _unseen(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
