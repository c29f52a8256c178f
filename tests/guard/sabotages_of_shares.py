"""Sabotages of shares that are put right: money that nobody asked for, families that lose what is owed, a sale that is late."""

from tests.guard.sabotages import Sabotage

SHARES = [
    Sabotage(
        "a sale that waited for a correction shares by the weights of before",
        "impact/actions/lots.py",
        "if any(row[-1] for row in rows):",
        "if False:",
        "tests/impact/test_correction.py -k that_waited",
    ),
    Sabotage(
        "whoever asks for a correction decides it",
        "impact/actions/correction.py",
        "if correction.asked_by_id == by.pk:",
        "if False:",
        "tests/impact/test_correction.py -k two_and_neither",
    ),
    Sabotage(
        "what was owed by former weights is given back by the new",
        "impact/actions/lots.py",
        "return number <= self._lots[lot_id].since",
        "return False",
        "tests/impact/test_correction.py -k refund_takes",
    ),
    Sabotage(
        "a team promises what nobody owes it",
        "impact/actions/reshare.py",
        "    if minor > has:",
        "    if False:",
        "tests/impact/test_correction.py -k too_little",
    ),
    Sabotage(
        "what a correction changes is read and nobody writes it down",
        "impact/api/corrections.py",
        "        corrections.read(opening)\n",
        "",
        "tests/web/test_correction_pages.py -k agreed_to",
    ),
    Sabotage(
        "verify does not ask whether anybody approved that money went to others",
        "impact/verify/corrections.py",
        "WHERE t.reason IN ('corrected', 'made_good') AND NOT EXISTS",
        "WHERE false AND NOT EXISTS",
        "tests/impact/test_correction.py -k verify_names",
    ),
    Sabotage(
        "verify does not work out what a team had to make good",
        "impact/verify/corrections.py",
        "    if should != does:",
        "    if False:",
        "tests/impact/test_correction.py -k verify_names",
    ),
    Sabotage(
        "verify does not see what is set aside by former weights",
        "impact/verify/lots.py",
        "FROM former m WHERE NOT {IS_OWED}",
        "FROM former m WHERE false AND NOT {IS_OWED}",
        "tests/impact/test_correction.py -k verify_names",
    ),
]
