"""The noes of buying together."""

from core.language import say
from core.refusals import Refusal


class GroupFull(Refusal):
    """Fewer seats are free than were asked for."""

    code = "GROUP_FULL"

    def __init__(self, units_left: int):
        words = (
            say(
                "这个团购只剩 {n} 份了。",
                "Only {n} units are left in this group.",
                single="Only one unit is left in this group.",
                n=units_left,
            )
            if units_left
            else say("这个团购已经满了。", "This group purchase is full.")
        )
        super().__init__(words, field="units", units_left=units_left)
