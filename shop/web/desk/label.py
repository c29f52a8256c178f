"""A carrier's label comes by HTTP from the team that takes goods back; its buyer is given it on the claim's page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.reads import signed_in
from core import language, rates
from core.api.ids import uid_of
from core.language import say
from core.refusals import Invalid, Refusal, SecondFactorRequired
from orders.actions import return_label
from orders.models import ReturnLabel
from orders.reads.return_parcel import return_of_team
from shop.web.act import back, ours, spoken, to_second_factor
from shop.web.sheet import pdf_to_keep

NAME = "upload_return_label"
# Of a refusal's field, the field of the form.
_FIELDS = {"tracking_number": "trackingNumber"}


@require_POST
def upload_return_label(request: HttpRequest) -> HttpResponse:
    """Take it in, in place of the one that we draw or of one before."""
    language.activate(spoken(request))
    told = request.POST
    try:
        person = signed_in(request)
        rates.demand("upload", str(person.uid), 30, 60)
        one = return_of_team(person, uid_of(told.get("return", ""), "ReturnParcel", field="return_id"))
        if (file := request.FILES.get("file")) is None:
            raise Invalid(return_label.NEITHER, field="file")
        carrier, number = told.get("carrier", ""), told.get("trackingNumber", "")
        return_label.put(one, person, file, carrier=carrier, number=number)
    except SecondFactorRequired:
        return to_second_factor(request, NAME)
    except Refusal as refused:
        name = refused.field[-1] if refused.field else ""
        return back(request, NAME, [(_FIELDS.get(name, name), str(refused))])
    words = say(
        "标签已上传，买家打印的就是这一张。", "It is uploaded; this is the one that the buyer prints."
    )
    messages.success(request, str(words))
    return HttpResponseRedirect(ours(request, "next"))


def uploaded_label(request: HttpRequest, lang: str, parcel: str) -> HttpResponse:
    """What the team has uploaded, as its buyer is given it."""
    language.activate(lang)
    try:
        found = return_of_team(signed_in(request), uid_of(parcel, "ReturnParcel"))
    except Refusal as refusal:
        raise Http404(parcel) from refusal
    label = ReturnLabel.objects.filter(return_parcel=found).first()
    if label is None:
        raise Http404(parcel)
    return pdf_to_keep(bytes(label.body), f"return-{found.claim.line.order.number}.pdf")
