"""The door for a mailbox's own button by which no more news comes (RFC 8058)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core import language
from core.refusals import Invalid
from orders.actions import news
from orders.links import news_off_page


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def letters_off_by_header(request: HttpRequest, key: str) -> HttpResponse:
    """Her mail program presses for her, as the letter's header says; whoever only looks is led to the page that asks."""
    if request.method != "POST" or request.POST.get("List-Unsubscribe") != "One-Click":
        spoken = language.preferred(request.headers.get("Accept-Language", ""))
        return HttpResponseRedirect(news_off_page(spoken, key))
    try:
        news.switch_off(key)
    except Invalid:
        return HttpResponse(status=404)
    return HttpResponse(status=200)
