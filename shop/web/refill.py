"""How much of what was written into a form is kept to be shown again, and of which of its fields."""

from django.http import QueryDict

# The parts of a contest's rules, with which the names of their fields begin.
OF_RULES = (
    *("rules", "indicators", "references", "ties", "caps"),
    *("popularity", "judging", "integrity", "reexamination"),
)
# A field for each row of a form, and what it counts as: a household's weight and no name, a line's quantity, what of
# a line goes back, a judge's mark by a criterion, a size's price.
ROWS = {
    "kg": "shares",
    "mark": "marks",
    "quantity": "quantity",
    "units": "lines",
    "yuan": "lines",
    "number": "parcels",
    "price": "prices",
    **dict.fromkeys(OF_RULES, "values"),
}
# The longest form weighs in 1,000 households, the longest field is a text of 10,000 characters, and the fullest form
# has two of them: all of that is kept, and what is kept stays bounded whatever is sent.
MOST_FIELDS, MOST_VALUES, LONGEST, MOST_IN_ALL = 1_010, 20, 10_000, 20_000


def refill_of(posted: QueryDict, may: frozenset[str]) -> dict[str, list[str]]:
    """What was written into the fields that may be kept, until it is more than any form of ours holds."""
    left = MOST_IN_ALL
    refilled: dict[str, list[str]] = {}
    allowed = [
        name for name in posted if name in may or ("." in name and ROWS.get(name.partition(".")[0]) in may)
    ]
    for name in allowed[:MOST_FIELDS]:
        refilled[name[:80]] = []
        for written in posted.getlist(name)[:MOST_VALUES]:
            # Browsers send a line's end as two characters, and count it as one.
            text = written.replace("\r\n", "\n")[: min(LONGEST, left)]
            left -= len(text)
            refilled[name[:80]].append(text)
    return refilled
