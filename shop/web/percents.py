"""Percents as a page shows them: they add up to one hundred."""


def tenths_of(amounts: list[int]) -> list[int]:
    """Tenths of a per cent by largest remainder; equal amounts are told alike where that can be."""
    whole = sum(amounts)
    found = [1000 * amount // whole for amount in amounts]
    left = 1000 - sum(found)
    remainders = sorted({a: 1000 * a % whole for a in amounts}.items(), key=lambda pair: -pair[1])
    split = []
    for amount, remainder in remainders:
        alike = [i for i, a in enumerate(amounts) if a == amount]
        if not remainder:
            continue
        if len(alike) > left:
            split += alike
            continue
        left -= len(alike)
        for i in alike:
            found[i] += 1
    for i in split[:left]:
        found[i] += 1
    return found
