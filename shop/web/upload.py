"""Files come by HTTP to addresses of their own, never through GraphQL."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.reads import signed_in
from catalog import reads
from catalog.actions import picture as pictures
from core import language, rates
from core.api.asker import mark_written
from core.api.ids import uid_of
from core.language import say
from core.middleware import address_of
from core.refusals import Refusal
from orders.actions import claim as claims
from orders.reads.shipment import line_received_by
from shop.web.act import back, do, forward, ours, spoken

NO_PHOTO = say("请选择一张照片。", "Please choose a photo.")


@require_POST
def picture(request: HttpRequest) -> HttpResponse:
    """A manager adds a photo to a product of her team."""

    if request.POST.get("first") == "update_product":
        language.activate(spoken(request))
        _, refused = do(request, "update_product", request.POST)
        if refused:
            return back(request, "update_product", refused)

    def add(file: Any) -> None:
        person = signed_in(request)
        product = reads.product_of(person, uid_of(request.POST.get("product", ""), "Product"))
        alt = {"alt_zh": request.POST.get("altZh", ""), "alt_en": request.POST.get("altEn", "")}
        pictures.add(product, file, person, **alt)

    return received(
        request, "upload_picture", add, needs_file=True, said=say("照片已加上。", "The photo has been added.")
    )


@require_POST
def product(request: HttpRequest) -> HttpResponse:
    """A product's words and a photo are one form: whichever button is pressed, both are kept."""
    language.activate(spoken(request))
    payload, refused = do(request, "update_product", request.POST)
    if refused:
        return back(request, "update_product", refused)
    if "photo" in request.FILES:
        return picture(request)
    response = forward(request, "update_product", payload)
    mark_written(request, response)
    return response


@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """A buyer says that something is wrong with a delivered line, with a photo."""

    def make(file: Any) -> None:
        told = request.POST
        line_id = uid_of(told.get("line", ""), "Line", field="line")
        line = line_received_by(request.user, told.get("number", ""), told.get("token"), line_id)
        claims.make(line, told.get("words", ""), file)

    said = say(
        "已告诉团队，答复会发到您的邮箱。", "The team has been told; its answer comes to your mailbox."
    )
    return received(request, "make_claim", make, needs_file=False, said=said)


def received(
    request: HttpRequest, name: str, keep: Callable[[Any], None], *, needs_file: bool, said: Any
) -> HttpResponse:
    """Keep the form's photo, and go on; or back to the form with what was written and why not."""
    language.activate(spoken(request))
    file = request.FILES.get("photo")
    if needs_file and file is None:
        return back(request, name, [("photo", str(NO_PHOTO))])
    try:
        # A guest by her link has no session: strangers elsewhere must not use up her share.
        rates.demand("upload", str(getattr(request.user, "uid", address_of(request))), 30, 60)
        keep(file)
    except Refusal as refusal:
        field = refusal.field[-1] if refusal.field else "photo"
        return back(request, name, [(field, str(refusal))])
    messages.success(request, str(said))
    return HttpResponseRedirect(ours(request, "next"))
