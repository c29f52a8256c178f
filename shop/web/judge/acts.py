"""What follows a judge's deeds, and what comes of those that are final."""

from typing import Any

from django.http import HttpRequest

from contest.reads.judges_desk import judged_entry
from core.api.ids import uid_of
from core.language import say
from core.refusals import NotFound
from shop.web.acts import Act, Lines, done, gathered, says, will


def saved_or_sealed(request: HttpRequest, payload: dict[str, Any]) -> str:
    """A draft is kept, or the sheet is sealed."""
    if payload["sheet"]["state"] == "DRAFT":
        return done(request, say("草稿已存。", "The draft is kept."))
    return done(request, say("已提交并密封。", "Submitted and sealed."))


def final_marks(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Her marks, once more, before they are sealed; a draft is kept at once."""
    if not variables.get("isFinal"):
        return []
    entry = judged_entry(request.user, uid_of(variables["entry"], "JudgedEntry"))
    if entry is None:
        raise NotFound(field="entry")
    points = {mark["criterion"]: mark["points"] for mark in variables["marks"]}
    keys = [criterion["key"] for criterion in entry.desk.criteria]
    if set(points) != set(keys) or not all(0 <= one <= 100 for one in points.values()):
        return []
    marks: Lines = [(say(c["name_zh"], c["name_en"]), str(points[c["key"]])) for c in entry.desk.criteria]
    return [*marks, (say("密封后不能再改", "Once sealed it stays as it is"), "")]


JUDGE = {
    "declare_ties": Act(
        follow=says(say("已记下。", "It is written down.")),
        as_written="what she adds later is added; that she has a tie is never taken back",
    ),
    "recuse_myself": Act(
        follow=says(say("已回避。", "You are recused.")),
        look=will(say("这个项目从您的列表里消失，不能恢复", "This entry leaves your list for good")),
    ),
    "write_sheet": Act(follow=saved_or_sealed, look=final_marks),
}

ACTS = gathered(JUDGE)
