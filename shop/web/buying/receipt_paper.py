"""A receipt as a paper of one page, to be kept or handed in: its words can be selected and searched."""

from django.http import Http404, HttpRequest, HttpResponse

from core import language
from core.clock import SHANGHAI
from core.language import localized, say
from core.money import show
from core.papers.paper import Paper
from orders import words
from orders.models import Order
from orders.reads.address import PLACES, parcels_of
from orders.reads.address import localized as written
from orders.reads.order import orders_open_to


def receipt_paper(request: HttpRequest, lang: str, number: str) -> HttpResponse:
    """The buyer's, by account or link; of an order that was not paid there is none."""
    language.activate(lang)
    rows = orders_open_to(request.user, number, request.GET.get("token"))
    order = rows.prefetch_related("lines__team", PLACES, "payments").first()
    if order is None or order.paid_at is None:
        raise Http404(number)
    response = HttpResponse(_paper(order, lang).pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{order.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _paper(order: Order, lang: str) -> Paper:
    assert order.paid_at, "who has paid has a receipt"
    paper = Paper(str(say("收据", "Receipt")), lang, order.paid_at)
    paid = order.paid_at.astimezone(SHANGHAI)
    facts = say(
        "订单 {number} · 付款 {paid} · {state}",
        "Order {number} · paid {paid} · {state}",
        number=order.number,
        paid=f"{paid:%Y-%m-%d %H:%M}",
        state=words.order_state(order),
    )
    paper.text(str(facts))
    heads = [say("商品", "Item"), say("单价", "Price"), say("数量", "Qty"), say("金额", "Amount")]
    lines = [
        [localized(line, "name"), show(line.unit_price_minor), str(line.quantity), show(line.net_minor)]
        for line in order.lines.all()
    ]
    sums = [
        (say("运费", "Shipping"), show(order.shipping_minor)),
        (say("合计", "Total"), show(order.total_minor)),
    ]
    if order.refunded_minor:
        sums.append((say("已退回", "Given back"), f"−{show(order.refunded_minor)}"))
    rows = [*lines, *([str(name), "", "", amount] for name, amount in sums)]
    paper.table([str(head) for head in heads], rows, widths=(6, 2, 1, 2), figures=(1, 2, 3))
    paper.small(str(say("送到：{x}", "Sent to: {x}", x=_places(order))))
    paper.small(
        str(
            say(
                "本收据只说明付款，不是税务发票。",
                "This receipt tells of a payment; it is not a tax invoice.",
            )
        )
    )
    return paper


def _places(order: Order) -> str:
    parcels = parcels_of(order)
    told = [f"{one.recipient}, {written(one.region, one.street)}" for one in parcels if one.street]
    return "; ".join(dict.fromkeys(told)) or "—"
