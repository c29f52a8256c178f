"""Photos of products come by HTTP to an address of their own; one of a claim comes along with its act's form."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core import language, rates
from core.language import say
from core.middleware import address_of
from core.refusals import Refusal, SecondFactorRequired
from shop.web.act import back, ours, spoken, to_second_factor

NO_PHOTO = say("请选择一张照片。", "Please choose a photo.")


def received(
    request: HttpRequest, name: str, keep: Callable[[Any], None], *, said: Callable[[int], Any]
) -> HttpResponse:
    """Keep each photo of the form, and go on (`said`: what is told of so many); or back to the form with what was written
    and, by its file's name, why one was not kept. What was kept stays."""
    language.activate(spoken(request))
    files = request.FILES.getlist("photo")
    if not files:
        return back(request, name, [("photo", str(NO_PHOTO))])
    refused = []
    for file in files:
        try:
            # Strangers elsewhere must not use up anybody's share.
            rates.demand("upload", str(getattr(request.user, "uid", address_of(request))), 30, 60)
            keep(file)
        except SecondFactorRequired:
            return to_second_factor(request, name)
        except Refusal as refusal:
            field = refusal.field[-1] if refusal.field else "photo"
            refused.append((field, _named(file, refusal) if len(files) > 1 else str(refusal)))
    if kept := len(files) - len(refused):
        messages.success(request, str(said(kept)))
    if refused:
        return back(request, name, refused)
    return HttpResponseRedirect(ours(request, "next"))


def _named(file: Any, refusal: Refusal) -> str:
    return str(say("{name}：{why}", "{name}: {why}", name=str(file.name)[:60], why=str(refusal)))
