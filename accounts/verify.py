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
]


def verify() -> Iterator[Offence]:
    """I14, each row that breaks it."""
    return broken(_RULES)
