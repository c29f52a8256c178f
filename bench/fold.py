"""What the fold of one more support costs in an entry that has many.

The many are one of the demo's supports again, for other orders, and folded at once. Then one by one: who adds a support is
the bench, who folds is a Django process of its own (`bench.acts`), as the shop's worker would be.
"""

import psycopg

from bench import clones
from bench.acts import acting
from bench.client import Wrong
from bench.house import House

MANY = 100_000
ROUNDS = 21
# That of an order which counts, in the entry that has most of them.
_FIRST = """
    SELECT id FROM impact_support WHERE amount_minor > 0 AND exclusion = '' AND transaction_id IS NOT NULL ORDER BY
        count(*) OVER (PARTITION BY entry_id) DESC, organisation_id IS NULL, id LIMIT 1
"""
_MADE = """
    CREATE TEMP TABLE made AS SELECT n, {step} + n AS id, {first} AS base, gen_random_uuid() AS order_uid
    FROM generate_series({begin}::bigint, {end}::bigint - 1) n
"""
# One in twenty comes back, and all of them on different days.
_PERSON = "md5((m.n - (m.n % 20 = 0)::int)::text)"
_CLONED = {
    "impact_ledgertransaction": (
        "made m JOIN impact_support s ON s.id = m.base JOIN impact_ledgertransaction b ON b.id = s.transaction_id",
        {"id": "m.id", "key": "'paid:bench:' || m.n", "order_uid": "m.order_uid"},
    ),
    "impact_support": (
        "made m JOIN impact_support b ON b.id = m.base",
        {
            "id": "m.id", "uid": "gen_random_uuid()", "transaction_id": "m.id", "order_uid": "m.order_uid",
            "person_key": _PERSON, "is_known_person": "true", "day": "b.day - (m.n % 7)::int",
        },
    ),
    "impact_supportwaiting": ("made m", {"support_id": "m.id"}),
}  # fmt: skip


class Crowd:
    """An entry's supporters, made one after the other."""

    def __init__(self, connection: psycopg.Connection):
        self.connection, self.made = connection, 0
        clones.prepare(connection)
        row = connection.execute(_FIRST).fetchone()
        if not row:
            raise Wrong("nobody has supported anybody: there is nothing to fold")
        (self.first,) = row

    def come(self, count: int) -> None:
        """So many more have bought and wait for the fold."""
        words = _MADE.format(step=clones.STEP, first=self.first, begin=self.made, end=self.made + count)
        with self.connection.transaction():
            self.connection.execute(words)
            for table, (source, changed) in _CLONED.items():
                clones.clone(self.connection, table, source, changed)
            self.connection.execute("DROP TABLE made")
        self.made += count


def one_more(house: House, many: int = MANY, rounds: int = ROUNDS) -> dict[str, float]:
    """Milliseconds of a fold that has one support to add, and how many a second there could be."""
    database = house.copy("bench_fold")
    env = house.env | house.servers.addresses(database)
    with house.connect(database) as everybody, acting(env) as act:
        crowd = Crowd(everybody)

        def folded() -> float:
            """Let it fold once; the seconds that it took."""
            entries, seconds = act("fold")
            if entries != 1:
                raise Wrong(f"one entry was to be folded, and {entries} were")
            return seconds

        crowd.come(many)
        folded()
        everybody.execute("VACUUM ANALYZE")
        took = []
        for _ in range(rounds):
            crowd.come(1)
            took.append(folded())
    return timed(took)


def timed(took: list[float]) -> dict[str, float]:
    """Of so many turns, in seconds: how many there could be in one, the middle turn and the slowest."""
    took = sorted(took)
    middle = took[len(took) // 2]
    return {"rate": 1 / middle, "p50_ms": 1000 * middle, "p99_ms": 1000 * took[-1]}
