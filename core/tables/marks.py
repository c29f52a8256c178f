"""What stands in each row of a table that the shop hands out, beside what it tells: known again when it comes back."""

from core.language import Words

# In each row, so that it is there whatever a spreadsheet cuts or sorts: what changes later is not in it.
MADE_AT = Words("制表时间", "List made at")
# Of a shop whose money is not real, likewise.
MONEY = Words("款项", "Money")
