"""The demo's open round with 500 entries and so many purchases for them, folded and disclosed as the shop does it.

Entries are the demo's teams again, with leaders, households and registrations of their own. A purchase is one of its
team's orders again, with what a score looks at: order, line, what its households had of it, support. They are spread over
the round's days evenly, and a person comes three times.
"""

import psycopg

from bench import clones
from bench.acts import Act
from bench.client import Wrong
from bench.clones import NEW, STEP, clone

ENTRIES = 500
BASES = 12  # of a team's orders are bought again
HOUSEHOLDS = 12  # of a team that is made: with fewer than ten it would stand still
BATCHES = 10
ROUND = "SELECT id FROM impact_round WHERE opens_at <= now() AND closes_at > now() ORDER BY opens_at LIMIT 1"
_OF_ROUND = f"entry_id IN (SELECT id FROM impact_entry WHERE round_id = ({ROUND}))"

# Those that there are, and each of them again until there are enough.
_STALLS = f"""
    CREATE TEMP TABLE there AS SELECT e.id, e.team_id, row_number() OVER (ORDER BY e.number) - 1 AS place
    FROM impact_entry e WHERE e.round_id = ({ROUND}) AND e.approved_at IS NOT NULL;
    CREATE TEMP TABLE stall AS SELECT place, id AS entry_id, team_id, team_id AS base, false AS is_made FROM there
    UNION ALL SELECT j, {STEP} + j, {STEP} + j, t.team_id, true
    FROM generate_series((SELECT count(*) FROM there), {{entries}} - 1) j JOIN there t ON t.place = j % (SELECT count(*) FROM there)
"""
_BASES = f"""
    CREATE TEMP TABLE of_base AS SELECT s.* FROM impact_support s WHERE s.{_OF_ROUND}
        AND s.amount_minor > 0 AND s.exclusion = '' AND s.transaction_id IS NOT NULL;
    CREATE TEMP TABLE base AS SELECT *, count(*) OVER (PARTITION BY team_id) AS many FROM (
        SELECT s.id AS support_id, s.transaction_id, o.id AS order_id, e.team_id,
               row_number() OVER (PARTITION BY e.team_id ORDER BY s.id) - 1 AS k
        FROM of_base s JOIN impact_entry e ON e.id = s.entry_id JOIN orders_order o ON o.uid = s.order_uid) AS x
    WHERE k < {BASES}
"""
_EMPTIED = [
    f"DELETE FROM impact_supportnumber WHERE support_id IN (SELECT id FROM impact_support WHERE {_OF_ROUND})",
    f"DELETE FROM impact_supportwaiting WHERE support_id IN (SELECT id FROM impact_support WHERE {_OF_ROUND})",
    *(
        f"DELETE FROM impact_{table} WHERE {_OF_ROUND}"
        for table in ("support", "standing", "standingday", "supporterday", "supportingorganisation")
    ),
    f"DELETE FROM impact_disclosure WHERE round_id = ({ROUND})",
]
_MADE = """
    CREATE TEMP TABLE made AS
    SELECT n, {step} + n AS id, (n + 1) * {step} AS moved, md5('bench ' || n)::uuid AS order_uid, s.entry_id, s.team_id,
           s.base AS base_team, b.support_id, b.transaction_id AS base_transaction, b.order_id AS base_order,
           (r.opens_at AT TIME ZONE 'Asia/Shanghai')::date AS first,
           greatest(1, (now() AT TIME ZONE 'Asia/Shanghai')::date - (r.opens_at AT TIME ZONE 'Asia/Shanghai')::date) AS days
    FROM generate_series({begin}::bigint, {end}::bigint - 1) n JOIN impact_round r ON r.id = ({round})
    CROSS JOIN (SELECT count(*) AS entries FROM stall) AS a
    JOIN stall s ON s.place = n % a.entries JOIN base b ON b.team_id = s.base AND b.k = n / a.entries % b.many;
    ANALYZE made
"""


def grow_supports(
    connection: psycopg.Connection, act: Act, supports: int, entries: int = ENTRIES, batches: int = BATCHES
) -> None:
    """An open round of so many entries and exactly so many supports, with its standings, days and disclosures."""
    clones.prepare(connection)
    for words in (_STALLS.format(entries=entries), _BASES):
        connection.execute(words)
    _make_entries(connection)
    for words in _EMPTIED:
        connection.execute(words)
    size = max(1, supports // batches)
    for begin in range(0, supports, size):
        _buy(connection, begin, min(begin + size, supports), supports)
        connection.execute("ANALYZE")
        act("fold")
    _check(connection, supports, entries)
    act("disclose")
    clones.settle(connection)


def _make_entries(connection: psycopg.Connection) -> None:
    of = "stall n JOIN {} b ON n.is_made AND b.team_id = n.base"
    team = {
        "id": "n.team_id", "uid": NEW, "code": "'G' || n.place", "slug": "'g' || n.place",
        "name_zh": "left('第' || n.place || '队 ' || b.name_zh, 80)", "name_en": "left('Team ' || n.place || ' ' || b.name_en, 120)",
    }  # fmt: skip
    clone(connection, "catalog_team", "stall n JOIN catalog_team b ON n.is_made AND b.id = n.base", team)
    leader = {"id": "n.team_id", "team_id": "n.team_id"}
    clone(connection, "catalog_leader", of.format("catalog_leader"), leader)
    household = {"id": f"b.id + n.place * {STEP}", "uid": NEW, "team_id": "n.team_id"}
    verified = (
        "stall n CROSS JOIN LATERAL (SELECT * FROM impact_household h WHERE n.is_made AND h.team_id = n.base"
        f" AND h.state = 'verified' ORDER BY id LIMIT {HOUSEHOLDS}) b"
    )
    clone(connection, "impact_household", verified, household)
    own = {"id": "n.entry_id", "uid": NEW, "team_id": "n.team_id"}
    of_round = of + f" AND b.round_id = ({ROUND})"
    clone(connection, "impact_entry", of_round.format("impact_entry"), own | {"number": "'G' || n.place"})
    registration = own | {"entry_id": "n.entry_id"}
    clone(connection, "contest_registration", of_round.format("contest_registration"), registration)


def _buy(connection: psycopg.Connection, begin: int, end: int, of: int) -> None:
    """These of so many purchases, each waiting for its fold."""
    with connection.transaction():
        connection.execute(_MADE.format(step=STEP, begin=begin, end=end, round=ROUND))
        for table, (source, changed) in _PURCHASE.items():
            clone(connection, table, source, changed)
        support = {
            "id": "m.id", "uid": NEW, "entry_id": "m.entry_id", "transaction_id": "m.id", "order_uid": "m.order_uid",
            "person_key": f"md5((m.n % {max(1, of // 3)})::text)", "is_known_person": "true",
            "day": f"m.first + (m.n * m.days / {of})::int",
        }  # fmt: skip
        clone(connection, "impact_support", "made m JOIN of_base b ON b.id = m.support_id", support)
        clone(connection, "impact_supportwaiting", "made m", {"support_id": "m.id"})
        connection.execute("DROP TABLE made")


_LINE = "made m JOIN orders_line l ON l.order_id = m.base_order AND l.team_id = m.base_team"
_TRANSFER = f"{_LINE} JOIN impact_transfer {{}} ON {{}}.transaction_id = m.base_transaction AND {{}}.line_id = l.id AND {{}}.lot_number IS NOT NULL"
_PURCHASE: dict[str, tuple[str, dict[str, str]]] = {
    "orders_order": (
        "made m JOIN orders_order b ON b.id = m.base_order",
        {"id": "m.id", "uid": "m.order_uid", "number": "left(md5('number ' || m.n), 14)", "cart_id": "NULL"},
    ),
    "impact_ledgertransaction": (
        "made m JOIN impact_ledgertransaction b ON b.id = m.base_transaction",
        {"id": "m.id", "key": "'paid:bench:' || m.n", "order_uid": "m.order_uid"},
    ),
    "orders_line": (
        "made m JOIN orders_line b ON b.order_id = m.base_order AND b.team_id = m.base_team",
        {"id": "b.id + m.moved", "uid": NEW, "order_id": "m.id", "team_id": "m.team_id"},
    ),
    "impact_transfer": (
        _TRANSFER.replace("{}", "b"),
        {"id": "b.id + m.moved", "transaction_id": "m.id", "line_id": "l.id + m.moved"},
    ),
    "impact_attribution": (
        _TRANSFER.replace("{}", "t") + " JOIN impact_attribution b ON b.transfer_id = t.id",
        {"id": "b.id + m.moved", "transfer_id": "b.transfer_id + m.moved"},
    ),
}


def _check(connection: psycopg.Connection, supports: int, entries: int) -> None:
    """All were folded, for every entry."""
    words = f"""SELECT (SELECT count(*) FROM impact_support s JOIN impact_supportnumber n ON n.support_id = s.id WHERE {_OF_ROUND}),
                       (SELECT count(*) FROM impact_standing WHERE {_OF_ROUND} AND net_minor > 0)"""
    if (found := connection.execute(words).fetchone()) != (supports, entries):
        raise Wrong(f"{supports} supports of {entries} entries were to be folded: {found}")


def where(connection: psycopg.Connection) -> dict[str, str]:
    """The round's edition and level, the number of an entry in its middle, and a day that is over, as documents ask."""
    words = f"""SELECT e.slug, upper(r.level), (SELECT number FROM impact_entry WHERE round_id = r.id ORDER BY number DESC LIMIT 1),
                       ((now() AT TIME ZONE 'Asia/Shanghai')::date - 10)::text
                FROM impact_round r JOIN impact_edition e ON e.id = r.edition_id WHERE r.id = ({ROUND})"""
    row = connection.execute(words).fetchone()
    if not row:
        raise Wrong("no round is open")
    return dict(zip(("edition", "level", "number", "day"), row, strict=True))
