"""Invoices: wanted by buyers, seen beside their order, and what is missing of them, at the desk and in the office."""

from collections.abc import Iterable
from typing import Any

import graphene

from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from catalog.models import Team
from catalog.reads.teams import desks_of, team_at_desk
from core.api.access import HELD, PUBLIC, SIGNED_IN, Access
from core.api.act import Act
from core.api.errors import error_type
from core.api.facts import guarded, needs
from core.api.ids import global_id, uid_of
from core.api.types import ModelType, Money, MoneyField, PlainType, enum_of, list_of, money
from core.language import localized
from orders.actions import invoice_wish
from orders.api.payment import BY_LINK, NUMBER, open_order
from orders.models import Invoice, InvoiceWish, Order
from orders.reads import invoice as reads
from orders.refusals import InvoiceDiffers

KEEP = "orders.keep_invoices"
InvoiceKind = enum_of(InvoiceWish, "kind")


@error_type(InvoiceDiffers)
class InvoiceDiffersError:
    """An invoice says another sum than is owed; nothing was kept."""

    said = graphene.Field(Money, required=True, description="What the invoice says.")
    owed = graphene.Field(Money, required=True, description="What is owed.")

    def resolve_said(root, info):
        """As it was typed, or as its XML has it."""
        return money(root.said_minor)

    def resolve_owed(root, info):
        """What was paid and not given back, less what invoices say already."""
        return money(root.owed_minor)


class InvoiceWishType(ModelType):
    """To whom invoices for an order are to be."""

    class Meta:
        model = InvoiceWish
        fields = ("kind", "title", "tax_number")
        access = Access("whoever holds the cart or may read the order", pii=2)
        about = {
            "kind": "Ordinary, or a special VAT invoice.",
            "title": "The person's or the company's name.",
            "tax_number": "The company's unified social credit code; empty of a person.",
        }


class InvoiceInput(graphene.InputObjectType):
    """To whom invoices are to be."""

    title = graphene.String(description="The person's or the company's name; empty: none is wanted.")
    tax_number = graphene.String(
        description="The company's unified social credit code, 18 places; empty of a person."
    )
    kind = graphene.Field(InvoiceKind, description="By default ORDINARY; SPECIAL is a company's.")


class InvoiceType(ModelType):
    """An invoice that a team has issued elsewhere and uploaded; its number is the tax office's."""

    class Meta:
        model = Invoice
        fields = ("number", "uploaded_at")
        access = HELD
        about = {"number": "The tax office's number.", "uploaded_at": "When it was uploaded."}

    amount = MoneyField("amount_minor", description="Tax included; of a red one what it takes back.")
    is_red = graphene.Boolean(required=True, description="Whether it takes of a blue one back.")
    blue_number = graphene.String(description="Of a red one, the number of the blue one.")
    team_name = graphene.String(required=True, description="The team that issued it.")

    @needs("blue")
    def resolve_blue_number(root, info):
        """Null of a blue one."""
        return root.blue.number if root.blue else None

    @needs("team")
    def resolve_team_name(root, info):
        """As the reader calls it."""
        return localized(root.team, "name")


class WithInvoices:
    """What an order tells of its invoices."""

    invoice_wish = graphene.Field(
        InvoiceWishType, description="To whom invoices are to be; null: none is wanted."
    )
    invoices = list_of(InvoiceType, most=20, description="What its teams have invoiced, the first first.")

    def resolve_invoice_wish(root: Any, info: Any) -> InvoiceWish | None:
        """Asked for when it is wanted: most orders have none."""
        return reads.wish_of(root)

    def resolve_invoices(root: Any, info: Any) -> list[Invoice]:
        """Of all its teams, without what lies in them."""
        return reads.invoices_of(root)


class InvoiceMissing(PlainType):
    """One team's part of one order of which invoices say another sum than is owed."""

    class Meta:
        access = HELD

    order_id = graphene.ID(required=True, description="The order, for whoever uploads its invoice.")
    number = graphene.String(required=True, description="The order's number.")
    team_name = graphene.String(required=True, description="Who is to issue it.")
    title = graphene.String(required=True, description="To whom it is to be.")
    tax_number = graphene.String(required=True, description="The company's code; empty of a person.")
    kind_name = graphene.String(required=True, description="Ordinary, or a special VAT invoice, in words.")
    owed = MoneyField("owed_minor", description="What was paid and not given back.")
    invoiced = MoneyField("invoiced_minor", description="What blue invoices less red ones say.")
    blue = graphene.Field(Money, description="What a blue invoice is to be over; null where none is missing.")
    red = graphene.Field(Money, description="What a red invoice is to take back; null where none is missing.")
    invoices = list_of(InvoiceType, most=10, description="The team's invoices over it so far.")

    def resolve_order_id(root, info):
        """Opaque."""
        return global_id("Order", root.order.uid)

    def resolve_blue(root, info):
        """More is owed than invoices say."""
        return money(root.missing_minor) if root.missing_minor > 0 else None

    def resolve_red(root, info):
        """Invoices say more than is owed."""
        return money(-root.missing_minor) if root.missing_minor < 0 else None


class _Row:
    """What is missing, with what is to be told of it."""

    def __init__(self, owed: reads.Owed, order: Order, team: Team, invoices: list[Invoice]):
        self.order, self.number = order, order.number
        self.team_name = localized(team, "name")
        wish = order.invoice_wish
        self.title, self.tax_number, self.kind_name = (
            wish.title,
            wish.tax_number,
            str(InvoiceWish.Kind(wish.kind).words),
        )
        self.owed_minor, self.invoiced_minor = owed.owed_minor, owed.invoiced_minor
        self.missing_minor = owed.missing_minor
        self.invoices = invoices


def _rows(rows: Iterable[reads.Owed]) -> list[_Row]:
    rows = list(rows)
    orders = Order.objects.select_related("invoice_wish").in_bulk([row.order_id for row in rows])
    teams = Team.objects.in_bulk([row.team_id for row in rows])
    over = reads.invoices_over(orders)
    return [
        _Row(row, orders[row.order_id], teams[row.team_id], over.get((row.order_id, row.team_id), []))
        for row in rows
    ]


class OrderInvoiceAsk(Act):
    """Say that invoices are wanted for an order, and to whom; each team that has sold something issues its own."""

    class Meta:
        access = PUBLIC
        rate = (20, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        kind = graphene.Field(InvoiceKind, description="By default ORDINARY; SPECIAL is a company's.")
        title = graphene.String(required=True, description="The person's or the company's name.")
        tax_number = graphene.String(
            description="The company's unified social credit code, 18 places; empty of a person."
        )

    wish = graphene.Field(InvoiceWishType, description="What is wanted now.")

    @classmethod
    def act(
        cls,
        request: Any,
        number: str,
        title: str,
        token: str | None = None,
        kind: Any = None,
        tax_number: str | None = None,
    ) -> Any:
        """What is wanted. INVALID names the field; CONFLICT once an invoice is issued to another title."""
        order = open_order(request, number, token)
        chosen = str(kind.value) if kind else InvoiceWish.Kind.ORDINARY
        return cls(wish=invoice_wish.wish(order, title=title, tax_number=tax_number or "", kind=chosen))


def _of_team(root: Any, info: Any, team: str | None = None) -> list[_Row]:
    person = info.context.user
    found = team_at_desk(person, KEEP, uid_of(team, "Team", field="team")) if team else None
    found = found or desks_of(person, KEEP).first()
    return _rows(reads.missing(found.pk)) if found else []


class Query:
    team_invoices = guarded(
        list_of(
            InvoiceMissing,
            most=reads.MOST,
            resolver=_of_team,
            description="Of which of a team's orders an invoice is missing: a blue one, or a red one.",
            team=graphene.Argument(graphene.ID, description="The asker's own team; without it her first."),
        ),
        SIGNED_IN,
        cost=5,
    )


class Mutation:
    order_invoice_ask = OrderInvoiceAsk.Field()


add_to_office(
    invoices_missing=guarded(
        list_of(
            InvoiceMissing,
            most=reads.MOST,
            resolver=lambda root, info: _rows(reads.missing_at_places_of(info.context.user)),
            description="Of which orders an invoice is missing, of all teams at the asker's places.",
        ),
        whoever_may("orders.see_orders", pii=2),
    )
)
