"""The tabs of a round's desk, in the order in which a contest goes: each a page of this room, for whoever may what it is for."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from core.language import Words, say

HERE = Path(__file__).parent
KEEP = "contest.keep_editions"
IMPORT, APPROVE = "contest.import_results", "contest.approve_imports"


@dataclass(frozen=True)
class Tab:
    """A page `organiser/<name>`; open to whoever has one of these permissions where the round lies."""

    name: str
    words: Words
    permissions: tuple[str, ...] = (KEEP,)

    @property
    def is_there(self) -> bool:
        """Whether its page is written."""
        return (HERE / f"{self.name}.html").exists()


TABS = tuple(
    tab
    for tab in (
        Tab("calendar", say("日程", "Calendar")),
        Tab("rules", say("规则", "Rules")),
        Tab("entries", say("参赛", "Entries")),
        Tab("imports", say("导入与核查", "Imports and integrity"), (KEEP, IMPORT, APPROVE)),
        Tab("integrity", say("诚信核查", "Integrity"), ("contest.decide_cases",)),
        Tab("judging", say("评审", "Judging")),
        Tab("results", say("结果", "Results")),
    )
    if tab.is_there
)


def tabs_of(permissions: Collection[str]) -> list[Tab]:
    """Those of whoever may this at the round."""
    return [tab for tab in TABS if set(tab.permissions) & set(permissions)]
