"""Why a team is out of a round, in the reader's language."""

from contest.models import Rule
from core.language import Words, say

# What the shop keeps as a reason by itself: this, or the number of a rule of integrity.
RESULT_CHANGED = "result_changed"


def reason_in_words(reason: str) -> Words | str:
    """The reason of a registration, an entry or a row of a result, as it is shown: a person's stays as she wrote it."""
    if reason == RESULT_CHANGED:
        return say("新版结果改变了晋级名单", "A new version of the result changed who goes on")
    if reason in Rule.values:
        words = Rule(reason).words
        return say(f"{reason} {words.in_language('zh')}", f"{reason} {words.in_language('en')}")
    return reason
