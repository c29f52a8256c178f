"""Invoices come by HTTP from the team that has issued them, and go to whoever may read their order."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.reads import signed_in
from catalog.reads.teams import desks_of, team_at_desk
from core import language, numbers, rates
from core.api.ids import uid_of
from core.language import say
from core.refusals import Invalid, NotFound, Refusal, SecondFactorRequired, every
from orders.actions.invoice import clean_number, upload_blue, upload_red
from orders.api.invoice import KEEP
from orders.models import Invoice, Order
from orders.reads.invoice import invoice_seen_by
from shop.web.act import back, ours, spoken, to_second_factor
from shop.web.sheet import to_keep

TYPES = {Invoice.Form.PDF: "application/pdf", Invoice.Form.OFD: "application/ofd"}
# Of a refusal's field, the field of the form.
_FIELDS = {"amount_minor": "amountMinor"}


@require_POST
def upload_invoice(request: HttpRequest) -> HttpResponse:
    """Take a blue invoice in, over the orders that were chosen."""

    def keep(person: Any, team: Any, **paper: Any) -> None:
        uids = [uid_of(one, "Order", field="orders") for one in request.POST.getlist("orders")]
        upload_blue(team, person, list(Order.objects.filter(uid__in=uids)), **paper)

    return _received(request, "upload_invoice", keep)


@require_POST
def upload_red_invoice(request: HttpRequest) -> HttpResponse:
    """Take a red invoice in, against its blue one."""

    def keep(person: Any, team: Any, **paper: Any) -> None:
        blue = Invoice.objects.filter(uid=uid_of(request.POST.get("blue", ""), "Invoice"), team=team).first()
        if blue is None:
            raise NotFound(field="blue")
        upload_red(team, person, blue, **paper)

    return _received(request, "upload_red_invoice", keep)


def _received(request: HttpRequest, name: str, keep: Any) -> HttpResponse:
    language.activate(spoken(request))
    try:
        person = signed_in(request)
        rates.demand("upload", str(person.uid), 30, 60)
        team = team_at_desk(person, KEEP, uid_of(request.POST.get("team", ""), "Team", field="team"))
        told = every(
            {
                "file": lambda: _file(request),
                "number": lambda: clean_number(request.POST.get("number", "")),
                "amount_minor": lambda: _fen(request.POST.get("amountMinor", "")),
            }
        )
        keep(person, team, xml=request.FILES.get("xml"), **told)
    except SecondFactorRequired:
        return to_second_factor(request, name)
    except Refusal as refusal:
        refused = [refusal, *refusal.beside]
        return back(request, name, [(_field(one), str(one)) for one in refused])
    messages.success(
        request,
        str(say("发票已上传，买家在订单页能下载。", "It is uploaded; the buyer finds it by the order.")),
    )
    return HttpResponseRedirect(ours(request, "next"))


def _field(refusal: Refusal) -> str:
    name = refusal.field[-1] if refusal.field else "file"
    return _FIELDS.get(name, name)


def _file(request: HttpRequest) -> Any:
    file = request.FILES.get("file")
    if file is None:
        words = say("请选择发票的 PDF 或 OFD 文件。", "Please choose the invoice's PDF or OFD.")
        raise Invalid(words, field="file")
    return file


def _fen(text: str) -> int:
    try:
        return numbers.scaled(text.strip(), 2, numbers.MONEY)
    except numbers.NotANumber:
        words = say("请填写金额，例如 36.90。", "Please give an amount, such as 36.90.")
        raise Invalid(words, field="amount_minor") from None


def invoice_file(request: HttpRequest, lang: str, id: str) -> HttpResponse:
    """An invoice to take along, for whoever may read one of its orders and for the team that issued it."""
    language.activate(lang)
    try:
        uid = uid_of(id, "Invoice")
    except Refusal as refused:
        raise Http404("invoice") from refused
    number, token = request.GET.get("order", ""), request.GET.get("token")
    teams = desks_of(request.user, KEEP) if request.user.is_authenticated else []
    found = invoice_seen_by(request.user, uid, number, token, teams)
    if found is None:
        raise Http404("invoice")
    response = HttpResponse(bytes(found.body), content_type=TYPES[Invoice.Form(found.form)])
    response["X-Content-Type-Options"] = "nosniff"
    return to_keep(response, f"invoice-{found.number}.{found.form}")
