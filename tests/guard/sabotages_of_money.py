"""Sabotages of a team's statement: a sum that is added twice, a month that is not the refund's, a check that looks away."""

from tests.guard.sabotages import Sabotage

MONEY = [
    Sabotage(
        "what is folded into a team's month stays there to be folded again",
        "impact/actions/statement.py",
        "DELETE FROM impact_statementwaiting RETURNING transaction_id",
        "SELECT transaction_id FROM impact_statementwaiting",
        "tests/impact/test_statement.py",
    ),
    Sabotage(
        "a refund stands in the month of its sale",
        "impact/reads/ledger_by_month.py",
        "date_trunc('month', t.at AT TIME ZONE",
        "date_trunc('month', coalesce(o.paid_at, t.at) AT TIME ZONE",
        "tests/impact/test_statement.py -k later_month",
    ),
    Sabotage(
        "verify does not look at teams' months",
        "impact/verify/__init__.py",
        "        statement.verify(),\n",
        "",
        "tests/impact/test_statement.py -k differs_from_the_ledger",
    ),
    Sabotage(
        "verify takes a month for right that says too much",
        "impact/verify/statement.py",
        "WHERE ({keeps}) IS DISTINCT FROM ({finds})",
        "WHERE false",
        "tests/impact/test_statement.py -k differs_from_the_ledger",
    ),
]
