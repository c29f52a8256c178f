"""Inside WeChat's own browser a page that is to be found is shared as a card, by WeChat's JS port; elsewhere nothing of it
is there. Why a script of WeChat's is let in, and where: decision 0066.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.views.decorators.http import require_safe

from accounts.actions import wechat_share
from accounts.wechat import is_inside, wechat
from shop.web.found.indexed import INDEXED

MOST = 1000


class InWeChatMiddleware:
    """Lets WeChat's script run on pages that are to be found, in WeChat's browser, where WeChat knows the shop."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 200 and _is_here(request) and _is_found(request.resolver_match):
            csp_update({"script-src": [wechat().script]})(lambda _: response)(request)
        return response


@require_safe
def signed(request: HttpRequest) -> HttpResponse:
    """What WeChat's port is told with the page at `url`; 404 where there is nothing to tell, and a bare link is shared."""
    page = request.GET.get("url", "")
    told = wechat_share.sign(page) if _is_here(request) and _is_page(page) else None
    if told is None:
        response = HttpResponse(status=404)
    else:
        facts = {"appId": told.app_id, "timestamp": told.timestamp, "nonceStr": told.nonce}
        response = JsonResponse({**facts, "signature": told.signature, "script": wechat().script})
    response["Cache-Control"] = "private, no-store"
    return response


def _is_here(request: HttpRequest) -> bool:
    return is_inside(request.META.get("HTTP_USER_AGENT", "")) and wechat_share.is_offered()


def _is_page(url: str) -> bool:
    """Whether it is the whole address of a page of ours that is to be found."""
    if len(url) > MOST or "#" in url or not url.startswith(f"{settings.SITE_URL}/"):
        return False
    try:
        return _is_found(resolve(urlsplit(url).path))
    except (Resolver404, ValueError):
        return False


def _is_found(match: ResolverMatch | None) -> bool:
    return match is not None and match.url_name in INDEXED
