"""A product's photos, which come with its words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.reads import signed_in
from catalog import reads
from catalog.actions import picture as pictures
from core import language
from core.api.asker import remember_write
from core.api.ids import uid_of
from core.language import say
from shop.web.act import asks_for_factor, back, do, forward, spoken, to_second_factor
from shop.web.upload import received


@require_POST
def upload_picture(request: HttpRequest) -> HttpResponse:
    """A manager adds a photo to a product of her team."""
    if request.POST.get("first") == "update_product":
        language.activate(spoken(request))
        payload, refused = do(request, "update_product", request.POST)
        if refused:
            return _refused(request, payload, refused)

    def add(file: Any) -> None:
        person = signed_in(request)
        product = reads.product_of(person, uid_of(request.POST.get("product", ""), "Product"))
        alt = {"alt_zh": request.POST.get("altZh", ""), "alt_en": request.POST.get("altEn", "")}
        pictures.add(product, file, person, **alt)

    return received(request, "upload_picture", add, said=say("照片已加上。", "The photo has been added."))


@require_POST
def update_product(request: HttpRequest) -> HttpResponse:
    """A product's words and a photo are one form: whichever button is pressed, both are kept."""
    language.activate(spoken(request))
    payload, refused = do(request, "update_product", request.POST)
    if refused:
        return _refused(request, payload, refused)
    if "photo" in request.FILES:
        return upload_picture(request)
    response = forward(request, "update_product", payload)
    remember_write(request, response)
    return response


def _refused(request: HttpRequest, payload: dict[str, Any], refused: list[tuple[str, str]]) -> HttpResponse:
    if asks_for_factor(payload):
        return to_second_factor(request, "update_product")
    return back(request, "update_product", refused)
