"""Likes, follows, shares and looks: counted for popularity, and each person's own as she sees them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.merging import MERGED_BY, hers
from accounts.models import Person
from contest.models import Engagement
from impact.models import Entry, Round

Kind = Engagement.Kind


@dataclass(frozen=True)
class Popularity:
    """Of one entry, exactly and for the score alone: verified persons that like, follow or share it (each once), and
    verified accounts that looked at it. Whoever engages has looked: engaged <= viewers."""

    engaged: int = 0
    viewers: int = 0


# What was given before the close and not taken back by `until`, by persons whose mailbox was known to be theirs by then.
_COUNTED = f"""
    WITH {MERGED_BY}, out AS (SELECT * FROM unnest(%(entries)s::bigint[], %(persons)s::bigint[]) AS o (entry_id, person_id)),
    engaged AS (
        SELECT DISTINCT g.entry_id, coalesce(m.who, g.person_id) AS person_id FROM contest_engagement g
        JOIN impact_entry e ON e.id = g.entry_id LEFT JOIN merged m ON m.id = g.person_id
        WHERE e.round_id = %(round)s AND g.at < %(last)s AND g.proved_at < %(until)s AND NOT g.is_own
              AND (g.revoked_at IS NULL OR g.revoked_at >= %(until)s)
              AND (g.entry_id, g.person_id) NOT IN (SELECT entry_id, person_id FROM out)
              AND (g.entry_id, coalesce(m.who, g.person_id)) NOT IN (SELECT entry_id, person_id FROM out)
    ),
    looked AS (
        SELECT v.entry_id, coalesce(m.who, v.person_id) AS person_id FROM contest_view v
        JOIN impact_entry e ON e.id = v.entry_id LEFT JOIN merged m ON m.id = v.person_id
        WHERE e.round_id = %(round)s AND v.at < %(last)s
              AND (v.entry_id, v.person_id) NOT IN (SELECT entry_id, person_id FROM out)
              AND (v.entry_id, coalesce(m.who, v.person_id)) NOT IN (SELECT entry_id, person_id FROM out)
        UNION SELECT entry_id, person_id FROM engaged
    )
    SELECT e.id, coalesce(l.n, 0), coalesce(v.n, 0) FROM impact_entry e
    LEFT JOIN (SELECT entry_id, count(*) AS n FROM engaged GROUP BY entry_id) l ON l.entry_id = e.id
    LEFT JOIN (SELECT entry_id, count(*) AS n FROM looked GROUP BY entry_id) v ON v.entry_id = e.id
    WHERE e.round_id = %(round)s
"""


def popularity_of(
    round_: Round, until: datetime, excluded: Collection[tuple[int, int]] = ()
) -> dict[int, Popularity]:
    """Each entry's of a round, as of `until` (trade clock): the same for ever once that is past.

    `excluded`: (entry id, person id) that count neither as engaged nor as having looked: were she still a viewer,
    a farm of likes would lower the rate of whom it was meant to harm.
    """
    asked: dict[str, Any] = {
        "round": round_.pk,
        "until": until,
        "last": min(until, round_.closes_at),
        "entries": [entry for entry, _ in excluded],
        "persons": [person for _, person in excluded],
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, asked)
        return {entry: Popularity(engaged, viewers) for entry, engaged, viewers in cursor.fetchall()}


def entry_open_to_all(**which: Any) -> Entry | None:
    """An entry that takes part now, with its round and team; None for any other."""
    rows = Entry.objects.filter(approved_at__isnull=False, **which)
    return rows.select_related("round__edition", "team").first()


def given_by(person: Person, entry: Entry) -> set[str]:
    """The kinds of what she gives this entry now."""
    return set(live(person).filter(entry=entry).values_list("kind", flat=True))


def live(person: Person) -> QuerySet[Engagement]:
    """What she has given and not taken back."""
    return Engagement.objects.filter(hers(person), revoked_at=None)


def follows_of(person: Person) -> QuerySet[Entry]:
    """The entries that she follows, the last first."""
    own = live(person).filter(kind=Kind.FOLLOW)
    rows = Entry.objects.filter(engagements__in=own, approved_at__isnull=False)
    rows = rows.select_related("round__edition", "team__division", "standing", "disclosure")
    return rows.order_by("-engagements__at", "-pk")
