"""The bulletin of a round's result as a paper to print and sign: in one language, the same to the byte for whoever asks.

It is set once and kept for an hour; one is set at a time and so many a minute, so that a stranger who asks for ten thousand
costs no more than one.
"""

from threading import Lock

from django.http import HttpRequest, HttpResponse

from accounts.shop import band, this_shop
from contest.models import Result, ResultRow
from contest.reads import result as reads
from contest.reads.public_result import decided, indicator_named
from contest.reads.reason import reason_in_words
from contest.reads.stage import how_far
from core import fast, language, rates
from core.api.reply import unchanged
from core.language import localized, say
from core.papers.paper import Paper
from core.templatetags.sheaf import moment
from impact.models import Round
from shop.web.sheet import to_keep

MOST_BYTES, HOUR = 12_000_000, 3600
A_MINUTE, PATIENCE_SECONDS = 60, 5.0
papers = fast.Responses(MOST_BYTES)
_press = Lock()


class Busy(Exception):
    """More papers are asked for than are set."""


def bulletin_paper(request: HttpRequest, result: Result) -> HttpResponse:
    """The paper of this version, as it stands now: provisional, final or superseded, with whom the committee has picked."""
    state = f"{result.state} {result.picked.count()}"
    key = (f"bulletin/{result.uid}", state, language.current())
    try:
        found = papers.at_hand(key) or papers.made(key, (), HOUR, lambda: (_set_alone(result), None))[0]
    except Busy:
        response = HttpResponse(status=503)
        response["Retry-After"] = "30"
        return response
    assert found is not None
    response = HttpResponse(content_type="application/pdf")
    if unchanged(request.META, found.etag):
        response.status_code = 304
    else:
        response.content = found.body
    name = (
        f"result-{result.round.edition.slug}-{result.round.level}-v{result.version}-{language.current()}.pdf"
    )
    response["ETag"] = found.etag
    return to_keep(response, name)


def _set_alone(result: Result) -> bytes:
    if not rates.allow_roughly("bulletins", "set", A_MINUTE, 60):
        raise Busy
    if not _press.acquire(timeout=PATIENCE_SECONDS):
        raise Busy
    try:
        return _set(result)
    finally:
        _press.release()


def _set(result: Result) -> bytes:
    round_ = result.round
    name = f"{localized(round_.edition, 'name')} · {Round.Level(round_.level).words}"
    paper = Paper(
        str(say("{x}：结果公报", "{x}: bulletin of the result", x=name)),
        language.current(),
        result.published_at,
    )
    if mark := band():
        paper.text(str(mark))
    paper.text(_head(result))
    _table(paper, result)
    paper.heading(str(say("怎么核对", "How to check it")))
    paper.small(
        str(
            say(
                "总分与指标满分 100，取四位小数。计分用的各项数在 CSV 和 Excel 公报里；规则和算法人人可读，任何人都能重算。",
                "Totals and indicators are of 100, with four decimals. What they were computed from is in the bulletin as"
                " CSV or Excel; rules and arithmetic are open to everybody, who can compute it again.",
            )
        )
    )
    snapshot = result.snapshot
    for what, value in (
        (say("结果", "Result"), result.sha256),
        (say("冻结的成绩", "Figures at the freeze"), snapshot.sha256),
        (say("规则", "Rules"), snapshot.rulebook_sha256),
        (say("抽签种子", "Seed of draws"), result.seed),
    ):
        paper.small(f"{what} SHA-256: {value}")
    paper.small(localized(this_shop(), "name"))
    return paper.pdf()


def _head(result: Result) -> str:
    lines = [
        str(Result.State(result.state).words),
        str(say("第 {n} 版", "version {n}", n=result.version)),
        str(say("{d} 发布", "published {d}", d=moment(result.published_at))),
        str(say("成绩冻结于 {d}", "figures frozen {d}", d=moment(result.snapshot.until))),
        str(say("第 {n} 版规则", "rules of version {n}", n=result.snapshot.rulebook.version)),
    ]
    if result.reason:
        lines.append(str(say("理由：{x}", "because: {x}", x=result.reason)))
    return " · ".join(lines)


def _table(paper: Paper, result: Result) -> None:
    parameters = result.snapshot.rulebook.parameters
    keys = [one["key"] for one in parameters["indicators"]]
    titles = [
        *(str(say("名次", "Rank")), str(say("团队", "Team")), str(say("总分", "Total"))),
        *(str(indicator_named(parameters, key)) for key in keys),
        str(say("说明", "Remarks")),
    ]
    rows = [_line(row, keys) for row in reads.shown_rows(result)]
    figures = range(2, 3 + len(keys))
    paper.table(titles, rows, widths=[6, 20, 10, *[10] * len(keys), 22], figures=[0, *figures])


def _line(row: ResultRow, keys: list[str]) -> list[str]:
    if row.out:
        remarks = [f"{ResultRow.Out(row.out).words} {reason_in_words(row.out_reason)}".strip()]
    else:
        picked = row.result.words_of_picks.get(row.entry_id, "")
        remarks = [
            str(how_far(row.result.stages, row.passed)) if row.passed is not None else "",
            str(say("晋级", "goes on")) if row.advances else "",
            str(say("推荐晋级：{x}", "picked to go on: {x}", x=picked)) if picked else "",
            decided(row) or "" if row.decided_by != "score" else "",
        ]
    return [
        str(row.rank or ""),
        f"{localized(row.entry.team, 'name')} ({row.entry.number})",
        "" if row.total is None else str(row.total),
        *(row.values.get(key, "") for key in keys),
        "; ".join(words for words in remarks if words),
    ]
