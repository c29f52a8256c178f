"""What our own supports say of each entry of a round, before any indicator: sums by payer, day, group, caller and place.

All of it is computed from the supports numbered up to a number, with what they point at and is never edited: an order's
region and group, when a seat was handed out, what was told of calls. docs/decisions/0040 says why each is counted so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from accounts.merging import MERGED_BY
from contest.reads.delivered import delivered
from impact.models import Round
from impact.reads.figures import BOUGHT, QUALIFIES

OrderOfEntry = tuple[int, UUID]  # (entry id, order uid)
HUBEI = "42"


@dataclass(frozen=True)
class Caps:
    """How much of one payer, person or mobiliser counts for one entry, and from what on an organisation or area does;
    money in fen."""

    individual_minor: int
    organisation_minor: int
    mobiliser_minor: int
    days_a_person: int
    organisation_least_minor: int
    area_least: int

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "Caps":
        """Those of a rulebook."""
        caps = parameters["caps"]
        return cls(
            caps["person_minor"],
            caps["organisation_minor"],
            caps["mobiliser_minor"],
            caps["person_days"],
            caps["organisation_least_minor"],
            caps["area_least_supporters"],
        )


@dataclass
class Counted:
    """One entry's. `callers` and `bodies` are by whose call, and for or by which organisation, it was bought, in fen."""

    net_minor: int = 0
    amount_minor: int = 0  # each payer capped
    people: int = 0  # known persons, each once: at least so many
    people_most: int = 0
    days: int = 0  # each person's days, capped; group purchases are not in it
    seats: int = 0  # of group purchases: those handed out to members who chose, or one a group
    callers: dict[str, int] = field(default_factory=dict)
    bodies: dict[int, int] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)  # region code: known persons whose goods went there


def area_sql(region: str, home: str) -> str:
    """SQL: the area of a region's code: a division of the home province, or another province as a whole.

    A county that the province administers itself (GB/T 2260: xx90xx) is a division of its own.
    """
    return f"""CASE WHEN left({region}, 2) <> {home} THEN left({region}, 2) || '0000'
                    WHEN substr({region}, 3, 2) = '90' THEN {region}
                    ELSE left({region}, 4) || '00' END"""


# One row an order and entry that counts. The first that matches has called for it (domain 3.7): a docking's contract, the
# owner of a group purchase, a voucher's issuer for the voucher's amount, and a code for what is left. A support
# bears the owner or the code already, without those that are nobody's call (impact.actions.support).
COUNTED = f"""
    {MERGED_BY}, as_bought AS MATERIALIZED (
        {BOUGHT} WHERE s.entry_id = ANY(%(entries)s) AND n.number <= %(number)s GROUP BY s.entry_id, s.order_uid
    ), reversed AS MATERIALIZED (
        SELECT * FROM unnest(%(reversed_of)s::bigint[], %(reversed)s::uuid[], %(reversed_minor)s::bigint[], %(reversed_by)s::bigint[])
            AS x (entry_id, order_uid, minor, transaction_id)
    ), bought AS MATERIALIZED (
        SELECT b.entry_id, b.order_uid, b.day, b.counts, b.is_known, b.person_key, b.organisation_id,
               b.mobiliser_organisation_id, b.mobiliser_person_id, (b.net - coalesce(t.minor, 0))::bigint AS net
        FROM as_bought b LEFT JOIN (SELECT entry_id, order_uid, sum(minor) AS minor FROM reversed GROUP BY entry_id, order_uid)
             AS t USING (entry_id, order_uid)
    ), excluded AS MATERIALIZED (
        SELECT * FROM unnest(%(orders_of)s::bigint[], %(orders)s::uuid[]) AS x (entry_id, order_uid)
    ), uncalled AS MATERIALIZED (
        SELECT * FROM unnest(%(uncalled_of)s::bigint[], %(uncalled)s::uuid[]) AS x (entry_id, order_uid)
    ), counted AS MATERIALIZED (
        SELECT b.entry_id, b.order_uid, b.day, b.is_known, b.person_key, b.organisation_id, b.net, e.team_id, o.holder,
               {area_sql("d.region_id", "%(home)s")} AS area,
               coalesce(t.collected_at <= %(until)s, false) AS is_handed_out, u.order_uid IS NOT NULL AS is_uncalled,
               b.mobiliser_organisation_id AS by_organisation, coalesce(m.who, b.mobiliser_person_id) AS by_person,
               (SELECT c.organisation_id FROM impact_call c WHERE c.order_uid = b.order_uid AND c.way = 'docking'
                AND c.team_id = e.team_id ORDER BY c.id LIMIT 1) AS by_docking
        FROM bought b JOIN impact_entry e ON e.id = b.entry_id JOIN orders_order o ON o.uid = b.order_uid
        {delivered("o.id", "e.team_id")}
        LEFT JOIN together_seat t ON t.order_id = o.id LEFT JOIN merged m ON m.id = b.mobiliser_person_id
        LEFT JOIN uncalled u ON u.entry_id = b.entry_id AND u.order_uid = b.order_uid
        WHERE {QUALIFIES} AND NOT EXISTS (
            SELECT FROM excluded x WHERE x.entry_id = b.entry_id AND x.order_uid = b.order_uid)
    ), vouchers AS (
        SELECT c.entry_id, c.order_uid, v.organisation_id, greatest(0, least(v.amount_minor, c.net - coalesce(
                   sum(v.amount_minor) OVER (PARTITION BY c.entry_id, c.order_uid ORDER BY v.id
                                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS minor
        FROM counted c JOIN impact_call v
             ON v.order_uid = c.order_uid AND v.way = 'voucher' AND v.team_id = c.team_id
        WHERE NOT c.is_uncalled AND c.by_docking IS NULL AND (c.holder IS NULL OR c.by_organisation IS NULL)
    ), called AS MATERIALIZED (
        SELECT entry_id, order_uid, coalesce(by_docking, by_organisation) AS organisation_id,
               CASE WHEN by_docking IS NULL AND by_organisation IS NULL THEN by_person END AS person_id,
               net - coalesce(v.minor, 0) AS minor
        FROM counted LEFT JOIN (
            SELECT entry_id, order_uid, sum(minor) AS minor FROM vouchers GROUP BY entry_id, order_uid
        ) AS v USING (entry_id, order_uid)
        WHERE NOT is_uncalled AND coalesce(by_docking, by_organisation, by_person) IS NOT NULL
        UNION ALL SELECT entry_id, order_uid, organisation_id, NULL, minor FROM vouchers
    )
"""
_BY_WHAT = f"""
    WITH {COUNTED}
    SELECT 'all', entry_id, '', sum(net)::bigint, count(DISTINCT person_key) FILTER (WHERE is_known)
    FROM counted GROUP BY entry_id
    UNION ALL
    SELECT 'amount', entry_id, '',
           sum(least(net, CASE WHEN payer IS NULL THEN %(individual)s ELSE %(organisation)s END))::bigint, 0
    FROM (
        -- A seat is paid by its member, whoever opened the group.
        SELECT entry_id, sum(net) AS net, CASE WHEN holder IS NULL THEN organisation_id END AS payer FROM counted
        GROUP BY entry_id, payer, CASE WHEN holder IS NULL AND organisation_id IS NOT NULL THEN '' ELSE person_key END
    ) AS paid GROUP BY entry_id
    UNION ALL
    SELECT 'days', entry_id, '', sum(least(days, %(days)s))::bigint, 0 FROM (
        SELECT entry_id, count(DISTINCT day) AS days FROM counted WHERE is_known AND holder IS NULL
        GROUP BY entry_id, person_key
    ) AS persons GROUP BY entry_id
    UNION ALL
    SELECT 'seats', entry_id, '', sum(greatest(1, members))::bigint, 0 FROM (
        SELECT entry_id, count(DISTINCT person_key) FILTER (WHERE is_known AND is_handed_out) AS members FROM counted
        WHERE holder IS NOT NULL GROUP BY entry_id, holder
    ) AS of_groups GROUP BY entry_id
    UNION ALL
    SELECT 'caller', entry_id, coalesce('organisation:' || organisation_id, 'person:' || person_id), sum(minor)::bigint, 0
    FROM called GROUP BY entry_id, organisation_id, person_id
    UNION ALL
    SELECT 'body', entry_id, body::text, sum(minor)::bigint, 0 FROM (
        -- An order once, even where who called is who bought.
        SELECT entry_id, body, max(minor) AS minor FROM (
            SELECT entry_id, order_uid, organisation_id AS body, net AS minor FROM counted
            UNION ALL SELECT entry_id, order_uid, organisation_id, minor FROM called
        ) AS either WHERE body IS NOT NULL GROUP BY entry_id, order_uid, body
    ) AS bodies GROUP BY entry_id, body
    UNION ALL
    SELECT 'area', entry_id, area, 0, count(DISTINCT person_key) FROM counted WHERE is_known AND area IS NOT NULL GROUP BY entry_id, area
"""


class Reversal(NamedTuple):
    """What left an order after its supports were numbered, in fen, and by which transaction of the ledger."""

    entry_id: int
    order_uid: UUID
    minor: int
    transaction_id: int


@dataclass(frozen=True)
class Scope:
    """Which supports are looked at: of these entries, up to a number, without what integrity decisions took out, and
    less what was reversed later."""

    entry_ids: Collection[int]
    number: int
    until: datetime
    excluded: Iterable[OrderOfEntry] = ()
    uncalled: Iterable[OrderOfEntry] = ()
    home: str = HUBEI
    reversals: Sequence[Reversal] = ()

    def facts(self) -> dict[str, Any]:
        """What the statements ask for."""
        excluded, uncalled = sorted(self.excluded), sorted(self.uncalled)
        return {
            "entries": list(self.entry_ids),
            "number": self.number,
            "until": self.until,
            "home": self.home,
            "orders_of": [entry for entry, _ in excluded],
            "orders": [order for _, order in excluded],
            "uncalled_of": [entry for entry, _ in uncalled],
            "uncalled": [order for _, order in uncalled],
            "reversed_of": [one.entry_id for one in self.reversals],
            "reversed": [one.order_uid for one in self.reversals],
            "reversed_minor": [one.minor for one in self.reversals],
            "reversed_by": [one.transaction_id for one in self.reversals],
        }


def home_of(round_: Round) -> str:
    """The province (two digits) whose divisions are areas of their own."""
    return round_.region_id[:2] if round_.region_id else HUBEI


def counted(scope: Scope, caps: Caps) -> dict[int, Counted]:
    """Each entry of the scope that has supports, in one statement."""
    facts = {
        **scope.facts(),
        "individual": caps.individual_minor,
        "organisation": caps.organisation_minor,
        "days": caps.days_a_person,
    }
    found: dict[int, Counted] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_WHAT, facts)
        for what, entry_id, key, minor, n in cursor.fetchall():
            _add(found.setdefault(entry_id, Counted()), what, key, minor, n)
    return found


def _add(entry: Counted, what: str, key: str, minor: int, n: int) -> None:
    match what:
        case "all":
            entry.net_minor, entry.people, entry.people_most = minor, n, n
        case "amount":
            entry.amount_minor = minor
        case "days":
            entry.days = minor
        case "seats":
            entry.seats = minor
        case "caller":
            entry.callers[key] = minor
        case "body":
            entry.bodies[int(key)] = minor
        case "area":
            entry.areas[key] = n
