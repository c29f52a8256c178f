"""The figures as a file to take along."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from accounts.actions import audit
from accounts.permissions import may_anywhere
from core import language
from core.language import say
from core.money import decimal
from orders.api.figures import Scope, names_of
from orders.reads.figures import Split, Step, span, teams_seen_by
from shop.web.form import read_address
from shop.web.sheet import sheet

FORMS = ("csv", "xlsx")


def figures_file(request: HttpRequest, lang: str, form: str) -> HttpResponse:
    """A row for each step and, as `split` asks, the shop, each team or each place; of her places alone."""
    language.activate(lang)
    by: Any = request.user
    if form not in FORMS or not (by.is_authenticated and may_anywhere(by, "orders.see_figures")):
        raise Http404("figures")
    given = read_address("office/figures.graphql", request.GET)
    split, step = _one_of(Split, request.GET.get("split")), _one_of(Step, given.get("step"))
    over = span(step, _day(given.get("since")), _day(given.get("until")))
    scope = Scope(over, given.get("team", ""), given.get("place", ""), teams_seen_by(by))
    rows = scope.rows(split)
    names = names_of(split, rows)
    with transaction.atomic():
        audit.record(
            by, "download", "Figures", split, since=str(over.since), until=str(over.until), rows=len(rows)
        )
    heads = [
        *(say("从", "From"), say("代码", "Code"), say("名称", "Name"), say("订单", "Orders")),
        *(say("卖出（元）", "Sold (yuan)"), say("退款（元）", "Given back (yuan)")),
        *(say("售后", "Claims"), say("晚发的包裹", "Late parcels")),
    ]
    table = [
        (
            *(row.begins, row.key, names.get(row.key, ""), row.figures.orders),
            *(yuan(row.figures.sold_minor), yuan(row.figures.refunded_minor)),
            *(row.figures.claims, row.figures.late_parcels),
        )
        for row in rows
    ]
    return sheet(f"figures-{over.since:%Y%m%d}-{over.until:%Y%m%d}-{split}", heads, table, form)


def _one_of(choices: Any, name: str | None) -> Any:
    """The choice of this name, else the first."""
    return next((one for one in choices if one.name == name), next(iter(choices)))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def yuan(minor: int) -> Decimal:
    """Exact, with two places."""
    return Decimal(decimal(minor))
