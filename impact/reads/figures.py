"""The contest's figures, each computed from numbered supports and from nothing else.

An order qualifies for an entry when what is left of it (paid less taken back before the freeze) is above
zero and it is not excluded. Its buyer is known when she has an account, or has proved her mailbox before the
freeze: a stranger may order under anybody's address. Over an entry's qualifying orders:

net             what the team's goods brought in, less refunds; shipping is not in it
person-times    the days (Asia/Shanghai) on which a known person bought, at most `days_a_person` of each person
people          different known persons
organisations   different verified organisations for which, or by whose call, ¥500 or more were bought
mobilised       the part of net that came by somebody's call: an organisation's or another person's
called          the same with what came by a code of the team's own people: this is what is told as mobilised, or
                one order with somebody's code would tell whether she is of the team
excluded        what the team's own people bought, never counted

What the public is told of them, and when, is said in impact.reads.disclosure.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from core.language import Words, say
from impact.models import Round

LEAST_OF_AN_ORGANISATION = 50_000  # fen

DEFINITIONS: dict[str, Words] = {
    "net": say(
        "净额：已付款的商品金额减去冻结前的退款，不含运费。",
        "Net: goods paid for, less refunds before the freeze; shipping is not in it.",
    ),
    "person_times": say(
        "人次：同一人在同一天的购买计一次，每人最多计 {n} 天；没有账户的，确认邮箱后才计。",
        "Person-times: a person counts once a day however often she buys, on at most {n} days; a guest, once "
        "she has confirmed her mailbox.",
        n=5,
    ),
    "people": say(
        "人数：不同的购买者，有账户或已确认邮箱；未确认的只计金额。",
        "People: different buyers with an account or a confirmed mailbox; of others the amount alone counts.",
    ),
    "organisations": say(
        "组织数：购买或发动购买满 {m} 元的、经核实的不同组织；多个项目合计时为各项目之和。",
        "Organisations: different verified organisations that bought, or called others to buy, for ¥{m} or more; of "
        "several entries, their sum.",
        m=LEAST_OF_AN_ORGANISATION // 100,
    ),
    "mobilised": say(
        "动员金额：由组织或他人发动的购买净额，包含在净额之内；团队自己人发动的也显示在内，但不计入成绩。",
        "Mobilised: the part of net that came by the call of an organisation or another person; calls of a team's "
        "own people show in it too, and are not scored.",
    ),
    "excluded": say(
        "不计入：团队自己人的购买，不计入成绩；只公布全赛段的合计。",
        "Not counted: purchases by the teams' own people; only their sum over the whole round is told.",
    ),
}


def definitions_of(round_: Round) -> dict[str, Words]:
    """How each figure of this round is counted."""
    return {
        figure: Words(words.zh, words.en, {**words.facts, "n": round_.days_a_person})
        for figure, words in DEFINITIONS.items()
    }


class Figures(NamedTuple):
    """One entry's figures up to a number of the fold."""

    entry_id: int
    number: int
    net_minor: int
    person_times: int
    people: int
    organisations: int
    mobilised_minor: int
    excluded_minor: int
    called_minor: int


# One row an order and entry: what is left of it. Its supports differ in amount, and in that its buyer may be known
# by a later one, which also says whether she is of the team, and that nobody called her where the code is her own.
# Of several such the last says who she is: a guest who has opened an account since.
AS_BOUGHT = """
    SELECT s.entry_id, s.order_uid, max(s.day) AS day, bool_and(s.exclusion = '') AS counts,
           bool_or(s.is_known_person) AS is_known,
           coalesce(substr(max(lpad(n.number::text, 19, '0') || s.person_key)
                           FILTER (WHERE s.transaction_id IS NULL), 20), max(s.person_key)) AS person_key,
           max(s.organisation_id) AS organisation_id, max(s.mobiliser_organisation_id) AS mobiliser_organisation_id,
           CASE WHEN bool_or(s.transaction_id IS NULL AND s.mobiliser_person_id IS NULL) THEN NULL
                ELSE max(s.mobiliser_person_id) END AS mobiliser_person_id, bool_or(s.is_own_call) AS is_own_call,
           sum(s.amount_minor) AS net, max(n.number) AS number
"""
BOUGHT = f"{AS_BOUGHT} FROM impact_support s JOIN impact_supportnumber n ON n.support_id = s.id"
# For whom, or by whose call, an order was made: an organisation once, even where it is both.
BODIES = """CROSS JOIN LATERAL (
    SELECT organisation_id UNION SELECT mobiliser_organisation_id) AS b (body)"""
IS_MOBILISED = "(mobiliser_organisation_id IS NOT NULL OR mobiliser_person_id IS NOT NULL)"
QUALIFIES = "counts AND net > 0"
# What the fold remembers (impact.models.standing), computed anew of `bought`.
OF_DAYS = f"""
    SELECT entry_id, person_key, day, count(*)::int AS orders FROM bought WHERE {QUALIFIES} AND is_known
    GROUP BY entry_id, person_key, day
"""
OF_ORGANISATIONS = f"""
    SELECT entry_id, body AS organisation_id, sum(net)::bigint AS net_minor FROM bought {BODIES}
    WHERE {QUALIFIES} AND body IS NOT NULL GROUP BY entry_id, body
"""
# Each entry's net at the end of a day, of all numbered supports: one is of the day of the latest purchase in its round so far.
OF_STANDING_DAYS = """
    SELECT DISTINCT ON (entry_id, day) entry_id, day, number,
           (sum(moved) OVER (PARTITION BY entry_id ORDER BY number))::bigint AS net_minor
    FROM (
        SELECT entry_id, number, day,
               worth - coalesce(lag(worth) OVER (PARTITION BY entry_id, order_uid ORDER BY number), 0) AS moved
        FROM (
            SELECT s.entry_id, s.order_uid, n.number, max(s.day) OVER (PARTITION BY e.round_id ORDER BY n.number) AS day,
                   CASE WHEN bool_and(s.exclusion = '') OVER of_order THEN sum(s.amount_minor) OVER of_order
                        ELSE 0 END AS worth
            FROM impact_support s JOIN impact_supportnumber n ON n.support_id = s.id JOIN impact_entry e ON e.id = s.entry_id
            WINDOW of_order AS (PARTITION BY s.entry_id, s.order_uid ORDER BY n.number)
        ) AS folded
    ) AS told ORDER BY entry_id, day, number DESC
"""
ALL_BOUGHT = f"WITH bought AS ({BOUGHT} GROUP BY s.entry_id, s.order_uid)"
# One row an entry.
FIGURES = f"""
    WITH bought AS (
        {BOUGHT} WHERE s.entry_id = ANY(%(entries)s) AND n.number <= %(number)s GROUP BY s.entry_id, s.order_uid
    ), sums AS (
        SELECT entry_id, max(number) AS number,
               coalesce(sum(net) FILTER (WHERE counts), 0) AS net,
               coalesce(sum(net) FILTER (WHERE counts AND {IS_MOBILISED}), 0) AS mobilised,
               coalesce(sum(net) FILTER (WHERE counts AND ({IS_MOBILISED} OR is_own_call)), 0) AS called,
               coalesce(sum(net) FILTER (WHERE NOT counts), 0) AS excluded
        FROM bought GROUP BY entry_id
    ), persons AS (
        SELECT entry_id, person_key, count(*) AS days FROM ({OF_DAYS}) AS found GROUP BY entry_id, person_key
    ), times AS (
        SELECT p.entry_id, sum(least(p.days, r.days_a_person)) AS person_times, count(*) AS people
        FROM persons p JOIN impact_entry e ON e.id = p.entry_id JOIN impact_round r ON r.id = e.round_id
        GROUP BY p.entry_id
    ), bodies AS (
        SELECT entry_id, count(*) AS organisations FROM ({OF_ORGANISATIONS}) AS found
        WHERE net_minor >= {LEAST_OF_AN_ORGANISATION} GROUP BY entry_id
    )
    SELECT entry_id, number, net, coalesce(person_times, 0) AS person_times, coalesce(people, 0) AS people,
           coalesce(organisations, 0) AS organisations, mobilised, excluded, called
    FROM sums LEFT JOIN times USING (entry_id) LEFT JOIN bodies USING (entry_id)
"""
LATEST = 2**62


def recompute(round_: Round, number: int = LATEST) -> dict[int, Figures]:
    """Each entry's figures, computed anew from the supports numbered up to `number`."""
    return figures_of(round_.entries.values_list("pk", flat=True), number)


def figures_of(entry_ids: Iterable[int], number: int = LATEST) -> dict[int, Figures]:
    """The figures of these entries that have supports."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"entries": list(entry_ids), "number": number})
        return {row[0]: Figures(row[0], *(int(figure) for figure in row[1:])) for row in cursor.fetchall()}
