"""Sabotages of what teams write to their buyers: a letter too many, too soon or to somebody else (run by tests/guard/sabotage.py)."""

from tests.guard.sabotages import Sabotage

NEWS = [
    Sabotage(
        "who has not asked for news gets it",
        "orders/reads/news.py",
        "AND c.kind = %(consent)s AND c.ended_at IS NULL)",
        "OR c.kind = %(consent)s)",
        "tests/orders/test_news.py -k asked",
    ),
    Sabotage(
        "a guest whose mailbox is not proved gets it",
        "orders/reads/news.py",
        "AND b.buyer_proved_at IS NOT NULL AND b.news_wanted_at IS NOT NULL",
        "AND b.news_wanted_at IS NOT NULL",
        "tests/orders/test_news.py -k guest",
    ),
    Sabotage(
        "what was given back whole is a purchase",
        "orders/reads/news.py",
        "AND l.refunded_units < l.quantity)",
        ")",
        "tests/orders/test_news.py -k bought",
    ),
    Sabotage(
        "two teams' news at one moment both count the letters of before",
        "orders/actions/news.py",
        'cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COUNTED])',
        'cursor.execute("SELECT %s", [_COUNTED])',
        "tests/orders/test_news.py -k moment",
    ),
    Sabotage(
        "a letter that is on its way comes though it was switched off",
        "orders/letters_of_news.py",
        "and wants(person, LetterKind.NEWS)",
        "",
        "tests/orders/test_news.py -k off",
    ),
    Sabotage(
        "verify does not see a third letter within thirty days",
        "orders/verify_news.py",
        "WHERE n > 2",
        "WHERE n > 9",
        "tests/orders/test_news.py -k verify",
    ),
    Sabotage(
        "an operator lets out her own team's news",
        "catalog/actions/news.py",
        "desk.must_decide(by, news.team, DECIDE)\n    with transaction.atomic():\n        team =",
        "with transaction.atomic():\n        team =",
        "tests/orders/test_news.py -k own_team",
    ),
]
