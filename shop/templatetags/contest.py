"""What the contest's pages draw."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from contest.models import Result
from core import language, money
from core.language import say

register = template.Library()


@register.simple_tag
def race(value: int, most: int) -> SafeString:
    """A thin line as long as its figure is beside the largest."""
    width = max(2, round(1000 * value / most)) if most > 0 and value > 0 else 0
    return format_html(
        '<svg class="race" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="1000" height="12"/><rect class="run" width="{}" height="12"/></svg>',
        width,
    )


A_PAGE = 100  # rows, as the API gives them

FIGURES = {
    "NET": "net",
    "TOGETHER": "together",
    "PERSON_TIMES": "personTimes",
    "PEOPLE": "people",
    "ORGANISATIONS": "organisations",
    "MOBILISED": "mobilised",
    "ENTRIES": "entries",
}


@register.simple_tag
def board_rows(board: dict | None, sort: str = "") -> list[dict]:
    """The board's rows with the figure by which they are ranked in words, and the ways out to where each is sold too."""
    rows = []
    for row in (board or {}).get("rows", ()):
        figure = FIGURES.get(sort, "net")
        if isinstance(row["figures"].get(figure), dict):
            in_words = money.show(row["value"])
        else:
            in_words = row["figures"].get(f"{figure}InWords", str(row["value"]))
        links = list(zip(row["platforms"], row["platformUrls"], strict=True))
        rows.append({**row, "in_words": in_words, "links": links})
    return rows


@register.filter
def sells_outside(board: dict | None) -> bool:
    """Whether any entry of the board is sold on an outside platform too."""
    return any(row["platforms"] for row in (board or {}).get("rows", ()))


@register.simple_tag(takes_context=True)
def paged(context: template.Context, shown: list, count: int, name: str, at: str) -> dict[str, Any] | None:
    """Which rows of so many a list shows, and where those before and after them are; None where it shows all.

    `name` is the address's field that says how many are skipped, `at` the part of the page to come back to.
    """
    if count <= len(shown):
        return None
    query = context["request"].GET.copy()
    asked = query.get(name, "")
    skipped = min(int(asked), count) if asked.isdecimal() and len(asked) < 8 else 0

    def leads(to: int) -> str:
        query[name] = str(to)
        return f"?{query.urlencode()}#{at}"

    after = skipped + len(shown)
    return {
        "first": skipped + 1,
        "last": after,
        "count": count,
        "before": leads(max(0, skipped - A_PAGE)) if skipped else "",
        "next": leads(after) if shown and after < count else "",
    }


@register.simple_tag
def rules_file(book: dict[str, Any]) -> str:
    """Where a frozen rulebook's parameters are downloaded."""
    return reverse("rules_file", kwargs={"id": book["id"]})


@register.simple_tag
def state_of_result(name: str) -> str:
    """Provisional, final or superseded, in the reader's language."""
    return str(Result.State[name].words)


@register.simple_tag
def compare_url(edition: str, level: str, a: str, b: str) -> str:
    """Where two entries of a result are held against each other."""
    where = {"lang": language.current(), "edition": edition, "level": level}
    return f"{reverse('contest_compare', kwargs=where)}?{urlencode({'a': a, 'b': b})}"


@register.simple_tag
def result_rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A result's rows, each with the number of the entry one rank before it, and each of its points with its name."""
    of_rank = {row["rank"]: row["entry"]["number"] for row in result["rows"]}
    names = [one["name"] for one in result["indicators"]]
    return [
        {
            **row,
            "before": row["rank"] and of_rank.get(row["rank"] - 1),
            "values": [{"name": n, "value": p} for n, p in zip(names, row["points"], strict=False)],
        }
        for row in result["rows"]
    ]


@register.simple_tag
def bulletin_url(contest: dict[str, Any], form: str) -> str:
    """Where a round's result is taken along as a file."""
    where = {"lang": language.current(), "edition": contest["slug"], "level": contest["round"]["level"]}
    return reverse("contest_bulletin", kwargs={**where, "form": form})


@register.simple_tag
def signed(points: str) -> str:
    """A difference with its sign."""
    return f"−{points[1:]}" if points.startswith("-") else f"+{points}"


@register.simple_tag
def what_parts(lines: list[dict[str, Any]], second: str) -> dict[str, str]:
    """Of two that are compared: in a sentence each, by which indicator the first `gains` the most and by which it `loses` the
    most, with the points as they are told there; empty where no indicator does."""
    by_points = sorted(lines, key=lambda line: Decimal(line["points"]))
    worst, best = by_points[0], by_points[-1]
    gains = say(
        "拉开最多的是“{x}”：{u} 对 {v}，乘以权重后多 {p} 分。",
        "Most comes from {x}: {u} to {v}, which by its weight is {p} points.",
        x=best["ahead"]["name"], u=best["ahead"]["value"], v=best["behind"]["value"], p=best["points"],
    )  # fmt: skip
    loses = say(
        "“{x}”反过来，{b} 多 {p} 分。",
        "In {x} it is the other way: {b} is ahead by {p} points.",
        x=worst["ahead"]["name"], b=second, p=worst["points"].removeprefix("-"),
    )  # fmt: skip
    return {
        "gains": str(gains) if Decimal(best["points"]) > 0 else "",
        "loses": str(loses) if Decimal(worst["points"]) < 0 else "",
    }
