"""Other words for a thing, kept by operators: what is asked is widened by them, in every process within a second."""

import re
from collections.abc import Sequence

from django.db import transaction

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from accounts.permissions import must
from catalog.models import Synonym
from catalog.search import synonyms
from core.language import say
from core.refusals import Invalid

PERMISSION = "catalog.keep_synonyms"
# Each process holds all of them.
MOST_ROWS = 500
_APART = re.compile(r"[,，、;；\n]")


def keep(
    by: Person | None, row: Synonym | None = None, *, names: str, others: str = "", is_one_way: bool = False
) -> Synonym:
    """Put down several names for one thing, or one row of them anew; refused with what is wrong with it."""
    must(by, PERMISSION)
    ours, theirs = _names(names, "names"), _names(others, "others")
    _check(ours, theirs, is_one_way)
    with transaction.atomic():
        rows = list(Synonym.objects.select_for_update().order_by("id"))
        if row is None and len(rows) >= MOST_ROWS:
            raise Invalid(say("最多 {n} 行。", "At most {n} rows.", n=MOST_ROWS), field="names")
        kept = row or Synonym()
        kept.names, kept.others, kept.is_one_way = ours, theirs, is_one_way
        if any(_says(one) == _says(kept) for one in rows if one.pk != kept.pk):
            raise Invalid(say("已经有这一行。", "There is this row already."), field="names")
        kept.save()
        audit.record(by, "save", "Synonym", kept.uid, words=str(kept))
    synonyms.forget()
    return kept


def drop(row: Synonym, by: Person | None) -> None:
    """Take a row out again; it widens nothing any more."""
    must(by, PERMISSION)
    with transaction.atomic():
        audit.record(by, "remove", "Synonym", row.uid, words=str(row))
        row.delete()
    synonyms.forget()


def _names(text: str, field: str) -> list[str]:
    found = [line(part, field, Synonym.LONGEST_NAME, required=False) for part in _APART.split(text or "")]
    names = [name for name in found if name]
    if len(names) > Synonym.MOST_NAMES:
        words = say("一边最多 {n} 个词。", "At most {n} words on a side.", n=Synonym.MOST_NAMES)
        raise Invalid(words, field=field)
    for name in names:
        parts = synonyms.key(name).split()
        if not parts:
            words = say("“{x}”里没有字，搜不到。", "There is no word in “{x}” to search for.", x=name)
            raise Invalid(words, field=field)
        if len(parts) > synonyms.MOST_WORDS:
            words = say(
                "“{x}”太长了：一个叫法最多 {n} 个词。", "“{x}” is too long: at most {n} words a name.",
                x=name, n=synonyms.MOST_WORDS,
            )  # fmt: skip
            raise Invalid(words, field=field)
    return names


def _check(ours: Sequence[str], theirs: Sequence[str], is_one_way: bool) -> None:
    if not ours:
        raise Invalid(say("请至少写一个词。", "Write one word at least."), field="names")
    if is_one_way and not theirs:
        raise Invalid(say("单向时，请写通到哪些词。", "Say which words it leads to."), field="others")
    if not theirs and len(ours) < 2:
        words = say("只有一个词：请再写一个，用逗号隔开。", "One word alone: write another, after a comma.")
        raise Invalid(words, field="names")
    seen: set[str] = set()
    for field, names in (("names", ours), ("others", theirs)):
        for name in names:
            if synonyms.key(name) in seen:
                # In other characters or another number it is the same word to search.
                raise Invalid(
                    say("“{x}”写了两次：搜索把它们当同一个词。", "“{x}” stands twice: to search it is one word.", x=name),
                    field=field,
                )  # fmt: skip
            seen.add(synonyms.key(name))


def _says(row: Synonym) -> tuple[object, ...]:
    sides = [frozenset(map(synonyms.key, side)) for side in (row.names, row.others)]
    return (*sides, True) if row.is_one_way else (frozenset(sides), False)
