"""A team's orders of a month as a file to take along: with whom they go to only as long as that is needed to send them."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.actions import audit
from core import language
from core.clock import SHANGHAI
from core.language import localized, say
from impact.reads.statement import CHANNELS, SUPPORTERS
from orders.models import Line, Order, Shipment
from orders.reads.sold import sold_in, to_whom
from shop.web.acts import proof_page
from shop.web.desk.statement import wanted
from shop.web.office.figures import yuan
from shop.web.sheet import sheet

HEADS = (
    *(say("订单", "Order"), say("卖出", "Sold on"), say("订单状态", "State"), say("商品", "Product")),
    *(say("份数", "Units"), say("退了几份", "Units refunded")),
    *(say("买家付（元）", "Paid (yuan)"), say("退款（元）", "Refunded (yuan)")),
    *(say("渠道", "Channel"), say("买的是谁", "For whom")),
    *(say("包裹", "Parcel"), say("发货", "Sent on"), say("收件人", "Recipient")),
    *(say("电话", "Phone"), say("地址", "Address")),
)
FORMS = ("csv", "xlsx")


def sold_file(request: HttpRequest, lang: str, form: str) -> HttpResponse:
    """A row a line that was sold in the month, for whoever reads the team's statement; each file is written down."""
    language.activate(lang)
    by: Any = request.user
    statement = wanted(request) if form in FORMS and by.is_authenticated else None
    if statement is None:
        if by.is_authenticated and (where := proof_page(by, request.get_full_path())):
            return HttpResponseRedirect(where)
        raise Http404("orders")
    team = statement.team
    lines = list(sold_in(team, statement.month))
    with transaction.atomic():
        audit.record(by, "download", "TeamOrders", team.uid, month=str(statement.month), rows=len(lines))
    return sheet(f"orders-{team.code}-{statement.month:%Y%m}", HEADS, map(_row, lines), form)


def _row(line: Line) -> tuple[Any, ...]:
    order, parcel = line.order, line.shipment
    return (
        *(order.number, _day(line.sold_at), str(Order.State(order.state).words)),
        *(localized(line, "name"), line.quantity, line.refunded_units),
        *(yuan(line.net_minor), yuan(line.refunded_minor)),
        str(CHANNELS.get(order.channel or "", order.channel)),
        str(SUPPORTERS.get(order.supporter or "", order.supporter)),
        str(Shipment.State(parcel.state).words) if parcel else "",
        _day(parcel.shipped_at) if parcel else "",
        *to_whom(line),
    )


def _day(at: Any) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}" if at else ""
