"""The tabs of a round's desk, in the order in which a contest goes: each a page of this room, for whoever may what it is for."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from core.language import Words, say

HERE = Path(__file__).parent
KEEP = "contest.keep_editions"
IMPORT, APPROVE, DECIDE = "contest.import_results", "contest.approve_imports", "contest.decide_cases"


@dataclass(frozen=True)
class Tab:
    """A page `organiser/<name>`; open to whoever has one of these permissions where the round lies."""

    name: str
    words: Words
    permissions: tuple[str, ...] = (KEEP,)
    behind: str = ""  # the tab by which it is found, for whoever has that one too: a desk has six at most

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
        Tab("integrity", say("诚信核查", "Integrity"), (DECIDE,), behind="imports"),
        Tab("judging", say("评审", "Judging")),
        Tab("results", say("结果", "Results")),
    )
    if tab.is_there
)


def tabs_of(permissions: Collection[str]) -> list[Tab]:
    """Those of whoever may this at the round."""
    return [tab for tab in TABS if set(tab.permissions) & set(permissions)]


def in_a_row(permissions: Collection[str]) -> list[tuple[Tab, tuple[str, ...]]]:
    """The same as they stand in a row, each with the names of those behind it."""
    hers = tabs_of(permissions)
    names = {tab.name for tab in hers}
    return [
        (tab, tuple(one.name for one in hers if one.behind == tab.name))
        for tab in hers
        if tab.behind not in names
    ]
