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


def received(request: HttpRequest, name: str, keep: Callable[[Any], None], *, said: Any) -> HttpResponse:
    """Keep the form's photo, and go on; or back to the form with what was written and why not."""
    language.activate(spoken(request))
    file = request.FILES.get("photo")
    if file is None:
        return back(request, name, [("photo", str(NO_PHOTO))])
    try:
        # Strangers elsewhere must not use up anybody's share.
        rates.demand("upload", str(getattr(request.user, "uid", address_of(request))), 30, 60)
        keep(file)
    except SecondFactorRequired:
        return to_second_factor(request, name)
    except Refusal as refusal:
        field = refusal.field[-1] if refusal.field else "photo"
        return back(request, name, [(field, str(refusal))])
    messages.success(request, str(said))
    return HttpResponseRedirect(ours(request, "next"))
