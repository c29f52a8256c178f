"""Charts, drawn here as SVG: no script, and a table behind each."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import money
from core.language import say

register = template.Library()

WIDTH, HEIGHT, LEFT, BOTTOM = 720, 320, 150, 40


@register.simple_tag
def race_chart(days: Sequence[str], lines: Sequence[dict[str, Any]]) -> SafeString:
    """One line an entry, from its first day to its last; the highest sum is the top."""
    most = max((minor for line in lines for minor in line["sums"]), default=0) or 1
    across, up = WIDTH - LEFT - 8, HEIGHT - BOTTOM - 12

    def point(n: int, minor: int) -> str:
        return f"{LEFT + across * n / max(1, len(days) - 1):.1f},{12 + up - up * max(0, minor) / most:.1f}"

    drawn = format_html_join(
        "",
        '<polyline class="line run-{}" points="{}"/>',
        (
            (n, " ".join(point(at, minor) for at, minor in enumerate(line["sums"])))
            for n, line in enumerate(lines, start=1)
        ),
    )
    marks = format_html_join(
        "",
        '<path class="grid" d="M{0} {1}H{2}"/><text x="{3}" y="{4}" text-anchor="end">{5}</text>',
        (
            (LEFT, y, WIDTH - 8, LEFT - 8, y + 9, money.show(minor // 100 * 100).removesuffix(".00"))
            for y, minor in ((12 + up, 0), (12 + up // 2, most // 2), (16, most))
        ),
    )
    return format_html(
        '<svg class="drawn" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}'
        '<text x="{}" y="{}">{}</text><text x="{}" y="{}" text-anchor="end">{}</text></svg>',
        WIDTH,
        HEIGHT,
        say(
            "每天结束时的净支持，前几名；数字在下面的表里",
            "Net at the end of each day; the figures stand below",
        ),
        marks,
        drawn,
        *(LEFT, HEIGHT - 10, days[0], WIDTH - 8, HEIGHT - 10, days[-1]),
    )


@register.simple_tag
def race_rows(days: Sequence[str], lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The chart's table: a row a day, the last first."""
    rows = [{"day": day, "sums": [line["sums"][n] for line in lines]} for n, day in enumerate(days)]
    return rows[::-1]


@register.simple_tag
def last_of(days: Sequence[str]) -> str:
    """The last day."""
    return days[-1]


@register.simple_tag
def places_chart(rows: Sequence[dict[str, Any]]) -> SafeString:
    """A bar an entry from its best place to its worst, with a mark at the place it has."""
    step, top = 30, 24
    last = max((row["worst"] for row in rows), default=1)

    def at(place: int) -> float:
        return LEFT + (WIDTH - LEFT - 24) * (place - 1) / max(1, last - 1)

    drawn = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text><path class="grid" d="M{} {}H{}"/>'
        '<path class="span" d="M{} {}H{}"/><circle class="mark" cx="{}" cy="{}" r="7"/>',
        (
            (
                *(LEFT - 18, y + 6, row["entry"]["number"], LEFT, y, WIDTH - 24),
                *(
                    round(at(row["best"]) - 0.1, 1),
                    y,
                    round(at(row["worst"]) + 0.1, 1),
                    round(at(row["rank"]), 1),
                    y,
                ),
            )
            for row, y in ((row, top + step * n) for n, row in enumerate(rows))
        ),
    )
    return format_html(
        '<svg class="drawn" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        top + step * len(rows),
        say(
            "每支团队的名次区间；数字在下面的表里", "Each team’s interval of places; the figures stand below"
        ),
        drawn,
    )
