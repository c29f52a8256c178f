"""What teams write into forms, made plain before it is kept: texts in two languages, months, whole numbers."""

import re
from collections.abc import Iterable
from typing import Any

from django.db import models

from accounts.clean import line
from core.language import Words, say
from core.refusals import Invalid
from core.texts import has_ink, visible

PARAGRAPHS_MOST = 4000
SLUG = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")


def paragraphs(text: str | None, field: str, most: int = PARAGRAPHS_MOST) -> str:
    """Several lines of what can be seen."""
    plain = "\n".join(" ".join(row.split()) for row in visible(text or "").strip().splitlines())
    if not has_ink(plain):
        plain = ""
    if len(plain) > most:
        raise Invalid(say("最多 {n} 个字。", "At most {n} characters.", n=most), field=field)
    return plain


def text_for(model: type[models.Model], name: str, text: Any, *, required: bool = False) -> str:
    """The text as this column of the model takes it."""
    column = model._meta.get_field(name)
    if isinstance(column, models.TextField):
        return paragraphs(str(text or ""), name)
    most = getattr(column, "max_length", None) or 200
    return line(str(text or ""), name, most, required=required)


def address(slug: str, most: int) -> str:
    """What stands in a page's address; what its pattern does not know has no page, nor has any that links to it."""
    if not SLUG.fullmatch(slug):
        words = say("只能用小写字母、数字和连字符。", "Small letters, digits and hyphens only.")
        raise Invalid(words, field="slug")
    if len(slug) > most:
        raise Invalid(say("最多 {n} 个字符。", "At most {n} characters.", n=most), field="slug")
    return slug


def whole(
    number: Any, field: str | tuple[str, ...], least: int, most: int, words: Words | None = None
) -> int:
    """A whole number between two others."""
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
        said = words or say(
            "请填写 {a} 到 {b} 之间的整数。", "Enter a whole number from {a} to {b}.", a=least, b=most
        )
        raise Invalid(said, field=field)
    return number


def one_of(value: Any, field: str, choices: Iterable[str]) -> str:
    """One of these words."""
    if value not in set(choices):
        raise Invalid(say("请选择一项。", "Please choose one."), field=field)
    return str(value)


CHOOSE_MONTHS = say("请选择上市月份。", "Choose the months in which it is in season.")


def months(numbers: Any, field: str = "season_months") -> list[int]:
    """The months of a season, each once, in order; none where none is chosen yet."""
    found = sorted(set(numbers or ()))
    if not all(isinstance(n, int) and 1 <= n <= 12 for n in found):
        raise Invalid(CHOOSE_MONTHS, field=field)
    return found
