"""An entry's facts as the rules ask for them: read once, for one entry, and kept no longer than that."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F, Min, Sum
from django.utils.functional import cached_property

from accounts.models import Address, Person
from catalog.models import Lot, TeamMember
from contest.integrity import ports
from contest.models import Conflict, Engagement, RelatedParty, View
from contest.reads.delivered import delivered
from impact.marks import mark_of_address, mark_of_mailbox, mark_of_phone
from impact.models import Edition, Entry
from impact.reads.figures import BOUGHT
from impact.reads.related import Sighting, of_households
from orders.models import Line, Order, Refund, RefundLine

# Money that was never kept, or that went back because of us: nobody has bought and thought better of it.
NOT_THE_BUYERS = (
    *Refund.TURNED_AWAY,
    Refund.Reason.FELL_SHORT,
    Refund.Reason.RECALLED,
    Refund.Reason.CLOSED,
    Refund.Reason.REGAINED,
)


@dataclass(frozen=True)
class Purchase:
    """An order as one entry bought by it; `net_minor` is what is left of it, in fen. `placed_at` is the wall clock's, as
    accounts' age is; `traded_at` the trade's."""

    order_uid: UUID
    entry_id: int
    person_key: str
    is_known: bool
    net_minor: int
    organisation_id: int | None
    person_id: int | None
    mobiliser_id: int | None
    email: str
    phone: str
    region_id: str
    street: str
    is_held_for_others: bool
    placed_at: datetime
    traded_at: datetime
    joined_at: datetime | None
    day: str


_PURCHASES = f"""
    WITH bought AS (
        {BOUGHT} JOIN impact_entry e ON e.id = s.entry_id JOIN impact_round r ON r.id = e.round_id
        WHERE e.team_id = %(team)s AND r.edition_id = %(edition)s GROUP BY s.entry_id, s.order_uid
    )
    SELECT b.order_uid, b.entry_id, b.person_key, b.is_known, b.net::bigint, b.organisation_id, o.person_id,
           o.mobiliser_person_id, o.email, coalesce(nullif(o.mobile, ''), d.phone), d.region_id, d.street, o.holder IS NOT NULL, o.placed_at,
           o.traded_at, p.joined_at, b.day::text
    FROM bought b JOIN orders_order o ON o.uid = b.order_uid LEFT JOIN accounts_person p ON p.id = o.person_id
    {delivered("o.id", "%(team)s")}
    ORDER BY o.traded_at, o.id
"""


class Facts:
    """What is known of an entry, its team's own people, its purchases in the edition, its likes."""

    def __init__(self, entry: Entry, now: datetime):
        self.entry, self.now = entry, now
        self.edition: Edition = entry.round.edition

    @cached_property
    def in_edition(self) -> list[Purchase]:
        """What was bought of the team in any round of the edition, in the order in which it was placed."""
        with connection.cursor() as cursor:
            cursor.execute(_PURCHASES, {"team": self.entry.team_id, "edition": self.edition.pk})
            return [Purchase(*row) for row in cursor.fetchall()]

    @cached_property
    def purchases(self) -> list[Purchase]:
        """Those that were placed in this round."""
        return [one for one in self.in_edition if one.entry_id == self.entry.pk]

    @cached_property
    def _of_these(self) -> list[int]:
        uids = [one.order_uid for one in self.in_edition]
        return list(Order.objects.filter(uid__in=uids).values_list("pk", flat=True))

    @cached_property
    def units(self) -> Counter[UUID]:
        """How many units of the team's goods each order bought."""
        lines = Line.objects.filter(order__in=self._of_these, team=self.entry.team_id)
        return Counter(dict(lines.values_list("order__uid").annotate(Sum("quantity")).order_by()))

    @cached_property
    def refunded(self) -> set[UUID]:
        """The orders of which something of the team's goods went back, for a reason of their buyers'."""
        lines = RefundLine.objects.filter(line__order__in=self._of_these, line__team=self.entry.team_id)
        return set(
            lines.exclude(refund__reason__in=NOT_THE_BUYERS).values_list("line__order__uid", flat=True)
        )

    @cached_property
    def prices(self) -> list[tuple[UUID, UUID, int, datetime]]:
        """(variant, order, price of a unit in fen, when placed) of what was bought here at the shelf's price."""
        lines = Line.objects.filter(order__in=self._of_these, team=self.entry.team_id, order__holder=None)
        rows = lines.order_by("order__traded_at", "pk").values_list(
            "variant__uid", "order__uid", "unit_price_minor", "order__traded_at"
        )
        here = {one.order_uid for one in self.purchases}
        return [row for row in rows if row[1] in here]

    @cached_property
    def lots(self) -> dict[UUID, tuple[int, int]]:
        """Of each of the team's lots (units that left it, sold or in place of others; grams of a unit)."""
        lots = Lot.objects.filter(variant__product__team=self.entry.team_id)
        rows = lots.values_list("uid", F("units_sold") + F("units_replaced"), "variant__weight_grams")
        return {uid: (units, grams) for uid, units, grams in rows}

    # --- the team's own people, and who is near to them

    @cached_property
    def _members(self) -> list[Person]:
        parts = TeamMember.objects.filter(team=self.entry.team_id)
        return list(Person.objects.filter(pk__in=parts.values("person")))

    @cached_property
    def _own(self) -> set[tuple[str, object]]:
        """(sort, key) of whatever is the team's own people's, or was declared as near to them."""
        edition, members = self.edition, self._members
        own: set[tuple[str, object]] = {("member", one.pk) for one in members}
        own |= {("phone", mark_of_phone(edition, one.phone)) for one in members}
        own |= {
            ("mailbox", mark_of_mailbox(edition, one.email or "")) for one in members if one.email_verified_at
        }
        addresses = Address.objects.filter(person__in=members).values_list("region_id", "street")
        own |= {("address", mark_of_address(edition, *row)) for row in addresses}
        declared = RelatedParty.objects.filter(entry=self.entry, withdrawn_at=None)
        own |= {("kin", mark) for mark in declared.values_list("mark", flat=True)}
        return {(sort, key) for sort, key in own if key}

    @cached_property
    def _accounts(self) -> dict[UUID, str]:
        return {one.order_uid: one.account for one in ports.PAYER_ACCOUNTS.of(self.entry)}

    @cached_property
    def _of_households(self) -> dict[Sighting, set[str]]:
        seen = {self._sighting(one) for one in self.purchases}
        seen |= {Sighting(one.phone) for one in self.callers.values()}
        return of_households(self.edition, self.entry.team_id, seen)

    def _sighting(self, of: Purchase) -> Sighting:
        return Sighting(of.phone, self._accounts.get(of.order_uid, ""))

    @cached_property
    def callers(self) -> dict[int, Person]:
        """Whose codes brought purchases of this round."""
        pks = {one.mobiliser_id for one in self.purchases if one.mobiliser_id}
        return {one.pk: one for one in Person.objects.filter(pk__in=pks)}

    def nearness(self, of: Purchase) -> set[str]:
        """By what a payer is a related party: "member", "mailbox", "phone", "address", "kin", or a household's "phone of a
        household", "account of a household". Empty for all others.

        A mailbox says something only once its reader has: anybody may order under it.
        """
        found = self._near(of.person_id, of.email if of.is_known else "", self._sighting(of))
        return found | ({"address"} if ("address", self.address_mark(of)) in self._own else set())

    def nearness_of_caller(self, person: Person) -> set[str]:
        """The same of whoever called by her own code."""
        mailbox = (person.email or "") if person.email_verified_at else ""
        return self._near(person.pk, mailbox, Sighting(person.phone))

    def _near(self, person_id: int | None, mailbox: str, seen: Sighting) -> set[str]:
        phone, mailbox = mark_of_phone(self.edition, seen.phone), mark_of_mailbox(self.edition, mailbox)
        keys = [
            ("member", person_id),
            ("phone", phone),
            ("mailbox", mailbox),
            ("kin", phone),
            ("kin", mailbox),
        ]
        found = {sort for sort, key in keys if (sort, key) in self._own}
        return found | {f"{how} of a household" for how in self._of_households.get(seen, ())}

    def address_mark(self, of: Purchase) -> str:
        """The keyed hash of where it was sent."""
        return mark_of_address(self.edition, of.region_id, of.street)

    @cached_property
    def ties(self) -> list[tuple[UUID, str, str]]:
        """(judge, kind, state) of whatever ties a judge of the edition to the entry."""
        return list(Conflict.objects.filter(entry=self.entry).values_list("judge__uid", "kind", "state"))

    # --- likes and looks

    @cached_property
    def likes(self) -> list[tuple[int, datetime]]:
        """(person, moment) of each that stands and would count, the first of each person."""
        rows = Engagement.objects.filter(
            entry=self.entry, revoked_at=None, is_own=False, proved_at__isnull=False
        )
        return list(rows.values_list("person_id").annotate(at=Min("at")).order_by("at", "person_id"))

    @cached_property
    def looks(self) -> list[tuple[int, datetime]]:
        """(person, moment) of each verified account that looked at the entry."""
        return list(View.objects.filter(entry=self.entry).order_by("at", "pk").values_list("person_id", "at"))


def with_net(purchases: Iterable[Purchase]) -> tuple[UUID, ...]:
    """The orders of which something is left to count."""
    return tuple(one.order_uid for one in purchases if one.net_minor > 0)
