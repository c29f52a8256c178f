"""I6: each standing is the fold of its numbered supports, and each support says what its transaction moved."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken
from impact.models import Entry, Standing
from impact.reads.figures import ALL_BOUGHT, OF_DAYS, OF_ORGANISATIONS, OF_STANDING_DAYS, figures_of

# What supports count of each order for an entry, beside what was kept of the team's lines: paid, less whatever was
# given back or taken by a bank. After the freeze money may still leave, or come back that a bank had taken
# (`regained`), and nothing is counted anew.
KEPT = """
    SELECT counted.first, counted.minor, lines.net, lines.kept, counted.freezes_at, coalesce(back.minor, 0) AS regained
    FROM (
        SELECT s.order_uid, e.team_id, r.freezes_at, min(s.id) AS first, sum(s.amount_minor) AS minor
        FROM impact_support s JOIN impact_entry e ON e.id = s.entry_id JOIN impact_round r ON r.id = e.round_id
        GROUP BY s.order_uid, s.entry_id, e.team_id, r.freezes_at
    ) AS counted
    JOIN orders_order o ON o.uid = counted.order_uid
    JOIN (
        SELECT order_id, team_id, sum(net_minor) AS net, sum(net_minor - refunded_minor) AS kept
        FROM orders_line GROUP BY order_id, team_id
    ) AS lines ON lines.order_id = o.id AND lines.team_id = counted.team_id
    LEFT JOIN (
        SELECT l.order_id, l.team_id, sum(b.amount_minor) AS minor FROM orders_refund r
        JOIN orders_refundline b ON b.refund_id = r.id JOIN orders_line l ON l.id = b.line_id
        WHERE r.state = 'undone' GROUP BY l.order_id, l.team_id
    ) AS back ON back.order_id = o.id AND back.team_id = counted.team_id
"""


def _remembered(noun: str, words: str, of: str, same: str, figure: str) -> Rule:
    """Rows of the fold against what the supports say anew."""
    table = f"impact_{noun.lower()}"
    return Rule(
        "I6",
        noun,
        words,
        f"""{ALL_BOUGHT} SELECT coalesce(kept.id, 0), 'entry ' || coalesce(kept.entry_id, found.entry_id) || ': is '
                                || coalesce(kept.{figure}, 0) || ', the supports say ' || coalesce(found.{figure}, 0)
            FROM {table} kept FULL JOIN ({of}) AS found ON {same}
            WHERE kept.{figure} IS DISTINCT FROM found.{figure}""",
    )


RULES = [
    _remembered(
        "SupporterDay",
        "the fold counts a person's day otherwise than her orders do",
        OF_DAYS,
        "kept.entry_id = found.entry_id AND kept.person_key = found.person_key AND kept.day = found.day",
        "orders",
    ),
    _remembered(
        "SupportingOrganisation",
        "the fold has another sum of an organisation than the orders by it and its call",
        OF_ORGANISATIONS,
        "kept.entry_id = found.entry_id AND kept.organisation_id = found.organisation_id",
        "net_minor",
    ),
    Rule(
        "I6",
        "StandingDay",
        "an entry's net of a day is not what its supports came to by then",
        f"""SELECT coalesce(kept.id, 0), 'entry ' || coalesce(kept.entry_id, found.entry_id) || ': is '
                   || coalesce(kept.net_minor, 0) || ', the supports say ' || coalesce(found.net_minor, 0)
           FROM impact_standingday kept FULL JOIN ({OF_STANDING_DAYS}) AS found
               ON kept.entry_id = found.entry_id AND kept.day = found.day
           WHERE (kept.net_minor, kept.number) IS DISTINCT FROM (found.net_minor, found.number)
              OR kept.round_id <> (SELECT round_id FROM impact_entry e WHERE e.id = kept.entry_id)""",
    ),
    Rule(
        "I6",
        "Support",
        "an order's supports are not what was kept of it",
        f"""SELECT first, 'counts ' || minor || ', kept ' || kept FROM ({KEPT}) AS found
           LEFT JOIN core_clock c ON c.id = 1
           WHERE CASE WHEN freezes_at > now() + coalesce(c.ahead, interval '0') THEN minor <> kept
                      ELSE minor < kept - regained OR minor > net END""",
    ),
    Rule(
        "I6",
        "Support",
        "a support that waits to be folded for over a minute",
        """SELECT s.id, s.entry_id FROM impact_support s
           LEFT JOIN impact_supportnumber n ON n.support_id = s.id
           LEFT JOIN impact_supportwaiting w ON w.support_id = s.id
           WHERE n.support_id IS NULL AND (w.support_id IS NULL OR s.at < now() - interval '60 seconds')""",
        waits=True,
    ),
    Rule(
        "I6",
        "SupportNumber",
        "a number is missing before this one",
        """SELECT number, 'after ' || before FROM (
               SELECT number, lag(number, 1, 0) OVER (ORDER BY number) AS before FROM impact_supportnumber
           ) n WHERE number <> before + 1""",
    ),
    Rule(
        "I6",
        "Support",
        "a support is not what its transaction moved for the team's lines",
        """SELECT s.id, 'says ' || s.amount_minor || ', moved ' || coalesce(m.amount, 0)
           FROM impact_support s JOIN impact_entry e ON e.id = s.entry_id
           JOIN impact_ledgertransaction t ON t.id = s.transaction_id AND t.reason NOT IN ('disputed', 'regained')
           LEFT JOIN (
               SELECT m.transaction_id, l.team_id, sum(CASE
                   -- What the shop pays by a coupon counts for nobody: the contest counts what buyers pay.
                   WHEN source.kind = 'coupons' THEN -m.amount_minor
                   WHEN source.kind IN ('gateway', 'escrow') THEN m.amount_minor
                   WHEN source.kind = 'buyer' THEN m.amount_minor
                   WHEN target.kind = 'buyer' THEN -m.amount_minor ELSE 0 END) AS amount
               FROM impact_transfer m JOIN orders_line l ON l.id = m.line_id
               JOIN impact_account source ON source.id = m.source_id
               JOIN impact_account target ON target.id = m.target_id
               GROUP BY m.transaction_id, l.team_id
           ) m ON m.transaction_id = t.id AND m.team_id = e.team_id
           WHERE s.amount_minor <> coalesce(m.amount, 0)
             -- All of a seat leaves escrow, but what a bank took of it before counts for nobody.
             AND NOT (t.reason = 'confirmed' AND s.amount_minor BETWEEN 0 AND coalesce(m.amount, 0))""",
    ),
    Rule(
        "I6",
        "Support",
        "supports of one order for one entry differ in more than their sums",
        """SELECT min(id), count(*) FROM impact_support WHERE transaction_id IS NOT NULL
           GROUP BY order_uid, entry_id
           HAVING count(DISTINCT (is_known_person, exclusion, person_key, day, organisation_id,
                                  mobiliser_organisation_id, mobiliser_person_id, is_own_call)) > 1""",
    ),
    Rule(
        "I6",
        "Support",
        "a support by the team's own code has another mobiliser",
        """SELECT id, order_uid FROM impact_support WHERE is_own_call
             AND (mobiliser_organisation_id IS NOT NULL OR mobiliser_person_id IS NOT NULL)""",
    ),
    Rule(
        "I6",
        "Support",
        "a support knows a guest whose mailbox is not proved",
        """SELECT s.id, s.order_uid FROM impact_support s JOIN orders_order o ON o.uid = s.order_uid
           WHERE s.transaction_id IS NULL AND o.person_id IS NULL AND o.buyer_proved_at IS NULL""",
    ),
    Rule(
        "I6",
        "Support",
        "a support outside its round's window",
        """SELECT s.id, o.traded_at FROM impact_support s JOIN impact_entry e ON e.id = s.entry_id
           JOIN impact_round r ON r.id = e.round_id JOIN orders_order o ON o.uid = s.order_uid
           WHERE o.traded_at < r.opens_at OR o.traded_at >= r.closes_at""",
    ),
]


def verify() -> Iterator[Offence]:
    """Supports against the ledger, standings against supports."""
    yield from broken(RULES)
    standings = {row.entry_id: row for row in Standing.objects.all()}
    number = max((row.number for row in standings.values()), default=0)
    folded = figures_of(standings, number)
    for entry_id, row in sorted(standings.items()):
        said = (
            row.net_minor,
            row.person_times,
            row.people,
            row.organisations,
            row.mobilised_minor,
            row.excluded_minor,
            row.called_minor,
        )
        true = folded[entry_id][2:] if entry_id in folded else (0,) * len(said)
        if said != true or row.number != (folded[entry_id].number if entry_id in folded else 0):
            yield Offence("I6", "Standing", entry_id, f"says {said} up to {row.number}, the fold says {true}")
    for entry in Entry.objects.filter(supports__isnull=False, standing=None).distinct():
        yield Offence("I6", "Entry", entry.pk, "has supports and no standing")
