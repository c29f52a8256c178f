"""A product's photos, which come with its words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.reads import signed_in
from catalog import reads
from catalog.actions import picture as pictures
from catalog.models import Picture
from core import language
from core.api.asker import remember_write
from core.api.ids import uid_of
from core.language import Words, say
from shop.web.act import asks_for_factor, back, do, forward, spoken, to_second_factor
from shop.web.document import act_document
from shop.web.form import read_form
from shop.web.look import confirmation
from shop.web.upload import received


@require_POST
def upload_picture(request: HttpRequest) -> HttpResponse:
    """A manager adds photos to a product of her team, several at once."""
    if request.POST.get("first") == "update_product":
        language.activate(spoken(request))
        if look := _look(request):
            return _with_its_photo(request, look)
        payload, refused = do(request, "update_product", request.POST)
        if refused:
            return _refused(request, payload, refused)

    return _photos_added(request)[0]


def _photos_added(request: HttpRequest) -> tuple[HttpResponse, bool]:
    """The photos, kept or refused one by one; and whether all were kept. What was written beside them is of the first."""
    kept: list[Picture] = []

    def add(file: Any) -> None:
        person = signed_in(request)
        product = reads.product_of(person, uid_of(request.POST.get("product", ""), "Product"))
        alt = (
            {} if kept else {"alt_zh": request.POST.get("altZh", ""), "alt_en": request.POST.get("altEn", "")}
        )
        kept.append(pictures.add(product, file, person, **alt))

    answer = received(request, "upload_picture", add, said=_said)
    return answer, len(kept) == len(request.FILES.getlist("photo")) > 0


def _said(photos: int) -> Words:
    return say(
        "{n} 张照片已加上。", "{n} photos have been added.", single="The photo has been added.", n=photos
    )


def _look(request: HttpRequest) -> dict[str, Any] | None:
    """What of the words takes the product off the shelf, before that was seen."""
    variables, unread = read_form(act_document("update_product"), request.POST)
    return None if unread else confirmation(request, "update_product", variables)


def _with_its_photo(request: HttpRequest, look: dict[str, Any]) -> HttpResponse:
    """Back to the words, to look at them once more; photos that came along are not chosen a second time."""
    if "photo" in request.FILES:
        answer, are_kept = _photos_added(request)
        if not are_kept:
            return answer
    return back(request, "update_product", [], look)


@require_POST
def update_product(request: HttpRequest) -> HttpResponse:
    """A product's words and its photos are one form: whichever button is pressed, both are kept."""
    language.activate(spoken(request))
    if look := _look(request):
        return _with_its_photo(request, look)
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
