"""What must hold of accounts at rest: a proved mailbox is a way to sign in, and what was erased has none."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken

_RULES = [
    Rule(
        "I14",
        "Person",
        "her mailbox is proved and no way of hers",
        """
        SELECT p.uid, p.email_verified_at FROM accounts_person p LEFT JOIN accounts_signinway w
            ON w.person_id = p.id AND w.kind = 'email' AND w.value = p.email AND w.ended_at IS NULL
        WHERE p.email_verified_at IS NOT NULL AND w.id IS NULL
        """,
    ),
    Rule(
        "I14",
        "SignInWay",
        "a way of somebody who was erased",
        """
        SELECT w.uid, w.kind FROM accounts_signinway w JOIN accounts_person p ON p.id = w.person_id
        WHERE p.erased_at IS NOT NULL
        """,
    ),
    Rule(
        "I14",
        "Person",
        "an account that has gone into another is not told where, or has gone further",
        """
        SELECT p.uid, coalesce(p.merged_into_id::text, 'nowhere') FROM accounts_person p
        LEFT JOIN accounts_merging m ON m.gone_id = p.id LEFT JOIN accounts_person k ON k.id = p.merged_into_id
        WHERE (m.id IS NULL) <> (p.merged_into_id IS NULL) OR k.merged_into_id IS NOT NULL
        """,
    ),
    Rule(
        "I14",
        "Person",
        "something of hers stands with an account that has gone into another",
        """
        SELECT p.uid, found.what FROM accounts_person p JOIN (
            SELECT person_id, 'way' AS what FROM accounts_signinway
            UNION SELECT person_id, 'address' FROM accounts_address
            UNION SELECT person_id, 'membership' FROM accounts_membership
            UNION SELECT person_id, 'token' FROM accounts_apitoken
        ) AS found ON found.person_id = p.id WHERE p.merged_into_id IS NOT NULL
        """,
        waits=True,
    ),
]


def verify() -> Iterator[Offence]:
    """I14, each row that breaks it."""
    return broken(_RULES)
