"""Why a product was found, in words."""

from enum import StrEnum
from typing import Any

import graphene

from catalog.api.access import HELD
from catalog.search import measures
from catalog.search.why import Reason
from core.api.types import PlainType, worded_enum
from core.language import Words, say

# Keys of `document.parts`, as a shopper calls them.
PLACES = {
    "NAME": say("名称", "name"),
    "SIZE": say("规格", "sizes"),
    "TEAM": say("团队", "team"),
    "PLACE": say("产地", "place"),
    "KIND": say("品类", "category"),
    "ABOUT": say("介绍", "description"),
}
SENTENCES = {
    "WRITTEN": ("{where}里有“{word}”。", "“{word}” is in its {where}."),
    "SYNONYM": (
        "“{word}”也按“{found}”找，{where}里有。",
        "“{word}” is looked for as “{found}” too, which is in its {where}.",
    ),
    "MENDED": (
        "“{word}”按“{found}”找，{where}里有。",
        "“{word}” was read as “{found}”, which is in its {where}.",
    ),
    "PINYIN": ("“{word}”是拼音，{where}里有“{found}”。", "“{word}” is pinyin of “{found}” in its {where}."),
    "INITIALS": (
        "“{word}”是拼音首字母，{where}里有“{found}”。",
        "“{word}” are the first letters of “{found}” in its {where}.",
    ),
    "BEGINS": ("{where}里有以“{word}”开头的“{found}”。", "“{found}” in its {where} begins with “{word}”."),
    "SOUNDS": ("“{word}”与{where}里的“{found}”同音。", "“{word}” sounds like “{found}” in its {where}."),
    "NEARLY": (
        "{where}里有与“{word}”只差一个字的词。",
        "A word in its {where} is “{word}” but for one character.",
    ),
}
HOW = {
    "WRITTEN": say("那里就是这么写的", "It stands there as it was written"),
    "SYNONYM": say("那里是它的另一个叫法", "Another name for it stands there"),
    "MENDED": say("按改正后的词找到", "It was found by what it was mended to"),
    "PINYIN": say("是那里汉字的拼音", "It is the pinyin of what stands there"),
    "INITIALS": say("是那里汉字的拼音首字母", "It is the first letters of that pinyin"),
    "BEGINS": say("那里有词以它开头", "A word there begins so"),
    "SOUNDS": say("与那里的字同音", "It is spoken like what stands there"),
    "NEARLY": say("与那里的词差一个字", "It differs in one character from what stands there"),
}


def _enum(name: str, whole: str, words: dict[str, Words]) -> type[graphene.Enum]:
    members = StrEnum(name, [(key, key) for key in words])
    return worded_enum(members, name, whole, lambda one: words[one.value])


class SearchReason(PlainType):
    """Why a product was found: where a word of the question stands in what is told of it."""

    class Meta:
        access = HELD

    word = graphene.String(required=True, description="Of the question, in small letters and simplified.")
    where = graphene.Field(
        _enum("SearchReasonWhere", "A part of what is told of a product.", PLACES),
        required=True,
        description="Where it stands.",
    )
    how = graphene.Field(
        _enum("SearchReasonHow", "How near a word of a question is to what stands in a product.", HOW),
        required=True,
        description="As what it stands there.",
    )
    sentence = graphene.String(required=True, description="All of it in the reader's language.")


def in_words(reason: Reason) -> dict[str, Any]:
    """A reason as the type SearchReason, its sentence in the reader's language."""
    sentence = say(
        *SENTENCES[reason.how],
        word=measures.readable(reason.word),
        found=reason.found,
        where=PLACES[reason.where],
    )
    return {"word": reason.word, "where": reason.where, "how": reason.how, "sentence": str(sentence)}
