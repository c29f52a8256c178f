"""I4: what teams' statements have kept is the ledger, to the fen, added up anew from every transaction that is in them."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken
from impact.reads.ledger_by_month import CELL, MOVED, SUMS

_FOLDED = f"{MOVED} WHERE NOT EXISTS (SELECT 1 FROM impact_statementwaiting w WHERE w.transaction_id = t.id)"


def _agrees(noun: str, words: str, cell: str, names: tuple[str, ...]) -> Rule:
    """A cell that is kept and the same of the ledger, both ways: one of them may be missing."""
    # Of all but a product, which sending has none of, something is said; PostgreSQL joins both ways by equality alone.
    ends = [(f"kept.{name}", f"found.{name}") for name in cell.split(", ")]
    same = " AND ".join(
        f"coalesce({a}, 0) = coalesce({b}, 0)" if a == "kept.product_id" else f"{a} = {b}" for a, b in ends
    )
    sums = ", ".join(f"sum({name}) AS {name}" for name in names)
    keeps = ", ".join(f"coalesce(kept.{name}_minor, 0)" for name in names)
    finds = ", ".join(f"coalesce(found.{name}, 0)" for name in names)
    return Rule(
        "I4",
        noun,
        words,
        f"""SELECT coalesce(kept.id, 0), 'team ' || coalesce(kept.team_id, found.team_id) || ', '
                   || coalesce(kept.part, found.part) || ': keeps ' || concat_ws('/', {keeps})
                   || ', the ledger says ' || concat_ws('/', {finds})
            FROM impact_{noun.lower()} kept
            FULL JOIN (SELECT {cell}, {sums} FROM ({_FOLDED}) AS m GROUP BY {cell}) AS found ON {same}
            WHERE ({keeps}) IS DISTINCT FROM ({finds})""",
    )


RULES = [
    _agrees("StatementMonth", "a team's month is not what the ledger moved in it", f"{CELL}, month", SUMS),
    _agrees(
        "StatementBalance",
        "what a team's statement says is set aside and owed is not what stands in the ledger",
        CELL,
        ("set_aside", "owed"),
    ),
    Rule(
        "I4",
        "LedgerTransaction",
        "a transaction that waits for its statement for over five minutes",
        """SELECT transaction_id, since FROM impact_statementwaiting WHERE since < now() - interval '5 minutes'""",
        waits=True,
    ),
]


def verify() -> Iterator[Offence]:
    """Each cell that differs, and what has waited too long."""
    return broken(RULES)
