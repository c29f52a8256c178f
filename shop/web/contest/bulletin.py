"""A round's published result as a file to take along, for anybody."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from contest.models import Result, ResultRow
from contest.reads import keeping
from contest.reads import result as reads
from contest.reads.public_result import decided, indicator_named, inputs_shown
from contest.reads.reason import reason_in_words
from contest.reads.stage import how_far
from core import language
from core.language import localized, say
from shop.web.contest.bulletin_paper import bulletin_paper
from shop.web.sheet import sheet

FORMS = ("csv", "xlsx")


def bulletin(request: HttpRequest, lang: str, edition: str, level: str, form: str) -> HttpResponse:
    """Each entry with its place, indicators and what they were computed from, or without the last as a paper (`pdf`); `version`
    asks for one before."""
    language.activate(lang)
    round_ = keeping.round_named(edition, level.lower(), request.GET.get("region") or None)
    if round_ is None or form not in (*FORMS, "pdf"):
        raise Http404("bulletin")
    version = request.GET.get("version", "")
    result = (
        reads.versions(round_).filter(version=int(version)).first()
        if version.isdecimal() and len(version) < 6
        else reads.published(round_)
    )
    if result is None:
        raise Http404("bulletin")
    return bulletin_paper(request, result) if form == "pdf" else _sheet(result, form)


def _sheet(result: Result, form: str) -> HttpResponse:
    rows = reads.shown_rows(result)
    parameters = result.snapshot.rulebook.parameters
    keys = [one["key"] for one in parameters["indicators"]]
    inputs = inputs_shown(next((row for row in rows if not row.out), ResultRow(inputs={}, out="none")))
    heads = [
        *(say("名次", "Rank"), say("编号", "Number"), say("团队", "Team"), say("总分", "Total")),
        *(indicator_named(parameters, key) for key in keys),
        *(
            (say("走到哪一步", "How far it came"), say("最后阶段评分", "Mark of the last stage"))
            if result.stages
            else ()
        ),
        *(say("定序规则", "Decided by"), say("晋级", "Goes on"), say("说明", "Remarks")),
        *(one.name for one in inputs),
        *(say("版本", "Version"), say("结果 SHA-256", "SHA-256 of the result")),
    ]
    table = [_line(row, keys, [one.key for one in inputs]) for row in rows]
    round_ = result.round
    return sheet(f"result-{round_.edition.slug}-{round_.level}-v{result.version}", heads, table, form)


def _far(row: ResultRow) -> list[Any]:
    """Of a round of several stages: how far it has come, and what the last stage gave it."""
    if not row.result.stages:
        return []
    return ["", ""] if row.passed is None else [str(how_far(row.result.stages, row.passed)), row.mark]


def _line(row: ResultRow, keys: list[str], inputs: list[str]) -> list[Any]:
    picked = row.result.words_of_picks.get(row.entry_id, "")
    out = f"{ResultRow.Out(row.out).words} {reason_in_words(row.out_reason)}" if row.out else ""
    shown = {one.key: one.value for one in inputs_shown(row)}
    return [
        row.rank,
        row.entry.number,
        localized(row.entry.team, "name"),
        row.total,
        *(Decimal(row.values[key]) if key in row.values else "" for key in keys),
        *_far(row),
        decided(row) or "",
        say("是", "yes") if row.advances or picked else "",
        out or picked,
        *(Decimal(shown[key]) if key in shown else "" for key in inputs),
        row.result.version,
        row.result.sha256,
    ]
