"""What becomes of group purchases when their coordinator's account goes into another of hers. Seats go with their orders."""

from functools import partial

from accounts.merging import Becomes, move

COLUMNS = {"together.GroupPurchase.coordinator": Becomes.MOVES}
merge = partial(move, COLUMNS)
