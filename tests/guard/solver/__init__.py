"""A statistician outside: what can be derived of single people and households from public answers alone.

One module an attack: what she asks, and what she then knows for sure. She knows the shop's code, prices and shares,
watches board and labels for as long as she likes, and may buy, join and coordinate like anybody. Each attack is
tried on the shop as it is (nothing is derived) and on one where the leak has been put back (she finds it).
"""
