"""A team's month as a file to take along."""

from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.actions import audit
from catalog.models import Product
from core import language
from core.language import localized, say
from core.refusals import Refusal
from impact.api.statement import statement_for
from impact.reads.set_aside import PART_WORDS
from impact.reads.statement import CHANNELS, SUPPORTERS, TeamStatement
from shop.web.acts import proof_page
from shop.web.form import read_address
from shop.web.office.figures import yuan
from shop.web.sheet import sheet

HEADS = (
    *(say("月份", "Month"), say("商品", "Product"), say("价格的部分", "Part of the price")),
    *(say("渠道", "Channel"), say("买的是谁", "For whom")),
    *(say("卖出（元）", "Sold (yuan)"), say("退款（元）", "Refunded (yuan)")),
    *(
        say("准备金付农户（元）", "Paid by its reserve (yuan)"),
        say("月末已记账（元）", "Set aside at its end (yuan)"),
    ),
    say("月末应付（元）", "Owed at its end (yuan)"),
)


def statement_file(request: HttpRequest, lang: str, form: str) -> HttpResponse:
    """A row for each product, part, channel and type of supporter; its columns add up to the page's figures."""
    language.activate(lang)
    by: Any = request.user
    statement = wanted(request) if form == "xlsx" and by.is_authenticated else None
    if statement is None:
        if by.is_authenticated and (where := proof_page(by, request.get_full_path())):
            return HttpResponseRedirect(where)
        raise Http404("statement")
    rows = _rows(statement)
    team = statement.team
    with transaction.atomic():
        audit.record(by, "download", "TeamStatement", team.uid, month=str(statement.month), rows=len(rows))
    return sheet(f"statement-{team.code}-{statement.month:%Y%m}", HEADS, rows, form)


def wanted(request: HttpRequest) -> TeamStatement | None:
    """The month that the address asks for, of a team whose money the asker reads; None for anybody else."""
    try:
        given = read_address("desk/statement.graphql", request.GET)
        month = date.fromisoformat(given["month"]) if given.get("month") else None
        return statement_for(request.user, given.get("team"), month)
    except (Refusal, ValueError):
        return None


def _rows(statement: TeamStatement) -> list[tuple[Any, ...]]:
    products = Product.objects.in_bulk({cell.product_id for cell in statement.cells if cell.product_id})
    names = {pk: localized(product, "name") for pk, product in products.items()}
    rows = [
        (
            *(f"{statement.month:%Y-%m}", names.get(cell.product_id, ""), str(PART_WORDS[cell.part])),
            *(
                str(CHANNELS.get(cell.channel, cell.channel)),
                str(SUPPORTERS.get(cell.supporter, cell.supporter)),
            ),
            *(yuan(minor) for minor in vars(cell.sums).values()),
        )
        for cell in statement.cells
    ]
    return sorted(rows, key=lambda row: row[:5])
