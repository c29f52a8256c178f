"""What a team's statement calls its months."""

from datetime import date

from django import template

from core import language
from core.language import say

register = template.Library()


@register.simple_tag
def month_name(day: str | date) -> str:
    """2026年11月; November 2026."""
    one = date.fromisoformat(str(day))
    return str(say(f"{one.year}年{one.month}月", f"{language.MONTHS[one.month - 1]} {one.year}"))
