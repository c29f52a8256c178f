"""The label of what goes back to a team, to be printed and stuck on the parcel."""

from django.http import Http404, HttpRequest, HttpResponse

from core import language
from core.api.ids import uid_of
from core.language import localized, say
from core.papers.paper import Paper
from core.refusals import Refusal
from orders.models import ReturnLabel, ReturnParcel
from orders.reads.return_parcel import return_of_buyer
from shop.web.sheet import pdf_to_keep


def return_label(request: HttpRequest, lang: str, number: str, parcel: str) -> HttpResponse:
    """The buyer's, by account or link, from her yes to the team's receipt of it."""
    language.activate(lang)
    try:
        uid = uid_of(parcel, "ReturnParcel")
        found = return_of_buyer(request.user, number, request.GET.get("token"), uid)
    except Refusal as refusal:
        raise Http404(parcel) from refusal
    if found.state not in ReturnParcel.UNDER_WAY or found.agreed_at is None:
        raise Http404(parcel)
    of_carrier = ReturnLabel.objects.filter(return_parcel=found).first()
    body = bytes(of_carrier.body) if of_carrier else _paper(found, lang).pdf()
    return pdf_to_keep(body, f"return-{number}.pdf")


def _paper(one: ReturnParcel, lang: str) -> Paper:
    """Where it goes comes first and large: a courier reads that. The code is what the team scans or types."""
    assert one.agreed_at
    line = one.claim.line
    paper = Paper(str(say("退货标签", "Return label")), lang, one.agreed_at)
    paper.heading(str(say("寄到", "To")))
    for row in one.send_to.splitlines():
        paper.text(row)
    if one.tracking_number:
        paper.heading(str(say("快递", "Carrier")))
        paper.text(f"{one.carrier}  {one.tracking_number}")
    paper.heading(str(say("里面是", "Inside")))
    paper.text(f"{localized(line, 'name')} × {line.quantity}")
    paper.text(str(say("订单 {n}", "Order {n}", n=line.order.number)))
    paper.qr(one.tracking_number or line.order.number)
    paper.small(
        str(
            say(
                "打印后贴在包裹外面；不方便打印，把地址抄在快递单上，订单号写在纸条上放进去也行。",
                "Stick it on the parcel. Without a printer, copy the address to the carrier's form and lay a note with the "
                "order's number inside.",
            )
        )
    )
    return paper
