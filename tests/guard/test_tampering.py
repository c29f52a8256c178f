"""Tampering shows, table by table and column by column: the app's role cannot, and what a superuser does is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import Error, connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from catalog.models import Lot, Reservation, Variant
from core.deliveries import drain
from core.grants import append_only_tables
from impact.actions import disclosure
from impact.models import (
    Account,
    Attribution,
    Credit,
    Disclosure,
    LedgerTransaction,
    LotShare,
    LotTally,
    Standing,
    StandingDay,
    Support,
    SupporterDay,
    SupportingOrganisation,
    SupportNumber,
    Transfer,
)
from orders.actions import notice, payment, placing, refund, shipment
from orders.actions.placing import Purchase, Want
from orders.models import (
    Dispute,
    Line,
    LineLot,
    Order,
    Parcel,
    Payment,
    Refund,
    RefundLine,
    Shipment,
)
from orders.provider.port import Noun
from tests.figures import figure, full
from tests.guard.bank import notice as body_of
from tests.guard.bank import pay_at_the_bank
from tests.guard.market import Market
from tests.orders.world import WUHAN
from together.actions import group, seat
from together.models import GroupPurchase, Seat

pytestmark = pytest.mark.proof

# Whatever counts units or fen, says whose they are, or how far something is.
WATCHED: list[type[models.Model]] = [
    *(
        Lot,
        Reservation,
        Variant,
        Order,
        Line,
        LineLot,
        Payment,
        Refund,
        RefundLine,
        Dispute,
        Shipment,
        Parcel,
    ),
    *(GroupPurchase, Seat, Account, LedgerTransaction, Transfer, Attribution, Credit, LotShare, LotTally),
    *(Support, SupportNumber, SupporterDay, SupportingOrganisation, Standing, StandingDay, Disclosure),
]


def offences() -> list[Any]:
    return [offence for name in settings.VERIFIERS for offence in import_string(name)()]


# --- The app's role -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_apps_role_changes_takes_and_drops_nothing_that_is_only_added_to():
    tables = {m._meta.db_table: m._meta.pk.column for m in apps.get_models(include_auto_created=True)}
    ours = [table for table in tables if table != "django_migrations"]
    added_to = sorted(append_only_tables())
    everywhere = ["TRUNCATE {} CASCADE", "DROP TABLE {} CASCADE", "ALTER TABLE {} DISABLE TRIGGER ALL",
                  "ALTER TABLE {} OWNER TO sheaf_app", "CREATE TRIGGER x AFTER INSERT ON {} EXECUTE FUNCTION now()"]  # fmt: skip
    there = ["UPDATE {0} SET {1} = {1}", "DELETE FROM {}", "SELECT 1 FROM {} FOR UPDATE", "SELECT 1 FROM {} FOR SHARE",
             "MERGE INTO {0} a USING {0} b ON a.{1} = b.{1} WHEN MATCHED THEN DELETE"]  # fmt: skip
    tried = [(deed, table) for table in ours for deed in everywhere]
    tried += [(deed, table) for table in added_to for deed in there]
    done = []
    for deed, table in tried:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(deed.format(f'"{table}"', tables[table]))
            done.append((deed, table))
        except Error as no:
            assert "permission denied" in str(no) or "must be owner" in str(no), (deed, table, no)
    assert done == []
    figure("tampering/role", f"{len(tried)} deeds refused: 5 on each of {len(ours)} tables, 5 more on each of the"
           f" {len(added_to)} that are only added to")  # fmt: skip


# --- A superuser ----------------------------------------------------------------------------------------


class Story:
    """A bit of everything has happened in the market, and everything holds."""

    def __init__(self) -> None:
        self.market, self.count = Market(), 0
        orders = [self.bought(2, 1, 1), self.bought(3, 2, 0), self.bought(1, 0, 1), self.bought(0, 1, 0)]
        for order in orders[:2]:
            shipment.ship_many(
                [shipment.Sent(one, timezone.now(), "示例速运", "SL0001") for one in order.shipments.all()]
            )
            shipment.deliver_many([(one, timezone.now()) for one in order.shipments.all()])
        shipment.complete_many(list(orders[0].shipments.all()))
        refund.request(orders[0], {orders[0].lines.first().uid: refund.Part(units=1)})
        refund.request(orders[2], {orders[2].lines.first().uid: refund.Part(units=1)}, shipping=True)
        page = Payment.objects.get(order=orders[3]).page_ref
        self.tell(Noun.DISPUTE, self.market.bank.dispute(page, 500, "lost"))
        on, short = self.a_group(), self.a_group()
        for row in (on, on, short):
            self.paid(seat.join(row, AnonymousUser(), name="示例", units=1, email="a@example.com").order)
        seat.join(short, AnonymousUser(), name="示例", units=1, email="a@example.com")
        GroupPurchase.objects.filter(pk=on.pk).update(closes_at=timezone.now())
        group.close_due()
        self.placed(1, 0, 0)
        drain()
        disclosure.disclose()
        assert offences() == []

    def placed(self, *units: int) -> Order:
        wants = [Want(self.market.variant(n), of) for n, of in enumerate(units) if of]
        shipping = {want.variant.product.team_id: 800 for want in wants}
        address = {
            "recipient": "示例买家",
            "phone": "13800138000",
            "region_id": WUHAN,
            "street": "示例路 1 号",
        }
        purchase = Purchase(email="guest@example.com", wants=wants, shipping=shipping, **address)
        order = placing.place_many([purchase])[0]
        self.market.note(order)
        return order

    def bought(self, *units: int) -> Order:
        return self.paid(self.placed(*units))

    def paid(self, order: Order) -> Order:
        if order.holder:
            self.market.open_group(order.seat.group_id, 9, 9)
            self.market.note(order, order.seat.group_id)
        page = payment.begin(order).page_ref
        self.market.bank.pay(page)
        self.tell(Noun.PAGE, page)
        order.refresh_from_db()
        return order

    def a_group(self) -> GroupPurchase:
        terms = {"title": "示例团购", "minimum_units": 2, "maximum_units": 3, "region_code": WUHAN}
        address = {"recipient": "示例", "phone": "13800138000", "street": "示例路"}
        ends = timezone.now() + timedelta(days=1)
        of = (self.market.coordinator, self.market.union, self.market.variant(1))
        return group.open_group(*of, closes_at=ends, **terms, **address)

    def tell(self, noun: Noun, id: str) -> None:
        self.count += 1
        notice.receive("bank", body_of(f"evt_{self.count}", noun, id), {})


@contextmanager
def as_superuser() -> Iterator[None]:
    """Within it Django speaks as PostgreSQL's superuser, in one transaction that is undone."""
    before = connection.settings_dict
    connection.close()
    connection.settings_dict = before | {"USER": "postgres"}
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        connection.close()
        connection.settings_dict = before


def changes(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """(column, its new value) for each column that counts, points or tells a state."""
    for field in model._meta.concrete_fields:
        column = f'"{field.column}"'
        if field.column in UNWATCHED.get(model, ()):
            continue
        if isinstance(field, models.ForeignKey):
            other = field.related_model._meta
            yield (
                field.column,
                f'(SELECT o."{other.pk.column}" FROM "{other.db_table}" o WHERE o."{other.pk.column}" IS DISTINCT FROM t.{column} ORDER BY 1 LIMIT 1)',
            )
        elif isinstance(field, models.BooleanField):
            yield field.column, f"NOT {column}"
        elif field.choices and field.column in ("state", "kind", "reason"):
            for choice, _ in field.choices:
                if choice != Seat.State.COLLECTED:  # a coordinator's tick on her list
                    yield field.column, f"'{choice}'"
        elif isinstance(field, models.IntegerField) and not field.primary_key:
            yield field.column, f"coalesce({column}, 0) + 1"


# Nobody's money hangs on these: who sees what, how it is shown, names of reasons, counts of tries.
UNWATCHED: dict[type[models.Model], set[str]] = {
    Lot: {"state", "level"},
    Variant: {
        "approved_household_bps",
        "approved_price_minor",
        "position",
        "story_id",
        "weight_grams",
        "price_minor",
        "is_offered",
        "product_id",
    },
    Order: {
        "mobiliser_organisation_id",
        "mobiliser_person_id",
        "organisation_id",
        "person_id",
        "reached_by_id",  # who is told, should money come back
        "cart_id",
        "unproved_cookie",  # how much one whom nobody knows holds unpaid
        "unproved_mailbox",
        "unproved_phone",
    },
    Parcel: {"region_id"},  # where it goes
    Shipment: {"is_presumed"},  # how its arrival is told
    Line: {
        "after_sale_hours",
        "is_returnable",
    },  # until when she may say that something is wrong, or send it back
    Payment: {"kind"},
    Refund: {"attempt", "requested_by_id", "reason"},
    GroupPurchase: {
        "coordinator_id",
        "organisation_id",
        "region_id",
        "minimum_units",
        "maximum_units",
        "story_id",
        "variant_id",
    },
    Transfer: {"lot_number"},
    LotTally: {"number"},
}


@pytest.mark.django_db(transaction=True)
def test_one_row_changed_or_taken_by_the_superuser_is_named(settings):
    pay_at_the_bank(settings)
    Story()
    tried, refused, unseen = 0, 0, []
    with as_superuser():
        assert offences() == []
        for at, model in enumerate(WATCHED):
            for row in of_money(model):
                for what, statement in some(list(deeds(model, row)), at):
                    found = after(statement)
                    tried += 1
                    refused += found is None
                    if found == []:
                        unseen.append(f"{model.__name__} {row} {what}")
    assert not unseen, unseen
    figure("tampering/superuser", f"{tried} changes of {len(WATCHED)} tables, each column that counts, points or tells"
           f" a state, and rows taken out: {tried - refused} named by verify, {refused} refused by constraints")  # fmt: skip


def some(every: list[tuple[str, str]], at: int) -> list[tuple[str, str]]:
    """All changes of a row; in the suite one of each table, which by turns, and of each fourth that it is taken out."""
    return full(every, every[-1:] if at % 4 == 0 else every[at % len(every) :][:1])


def of_money(model: type[models.Model]) -> list[int]:
    """Rows to change: the first ones and the last ones, in the suite the last; of accounts those where money has been."""
    rows: Any = model.objects.order_by("pk")
    if model is Account:
        rows = rows.filter(
            Exists(Transfer.objects.filter(Q(source=OuterRef("pk")) | Q(target=OuterRef("pk"))))
        )
    found = list(rows.values_list("pk", flat=True))
    return list(dict.fromkeys(full([*found[:3], *found[-3:]], found[-1:])))


def deeds(model: type[models.Model], row: int) -> Iterator[tuple[str, str]]:
    """Each change of this row that is one, and its being taken out."""
    table, pk = model._meta.db_table, model._meta.pk.column
    for column, value in changes(model):
        is_other = f'WHERE t."{pk}" = {row} AND t."{column}" IS DISTINCT FROM {value}'
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {value} FROM "{table}" t {is_other}')
            if changed := cursor.fetchone():
                yield f"{column} = {changed[0]}", f'UPDATE "{table}" t SET "{column}" = {value} {is_other}'
    yield "taken out", f'DELETE FROM "{table}" WHERE "{pk}" = {row}'


def after(statement: str) -> list[Any] | None:
    """What verify says after a statement that is undone; None where the database's own rules forbid it."""
    point = transaction.savepoint()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount == 1
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return offences()
    except Error:
        return None
    finally:
        transaction.savepoint_rollback(point)
