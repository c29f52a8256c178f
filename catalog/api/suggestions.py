"""Suggestions: what somebody may be about to write into the search field."""

from typing import Any

import graphene

from catalog.api.access import HELD, PUBLIC
from catalog.search.suggestions import Suggestion, suggestions
from core.api.facts import A_MOMENT, cache_tags, guarded, mark
from core.api.types import Localized, PlainType, list_of
from core.language import say
from core.refusals import Invalid

MOST = 10


class SearchSuggestion(PlainType):
    """A shelf, a team, a place or a product that what was written may mean."""

    class Meta:
        access = HELD

    kind = graphene.String(required=True, description="category, place, team or product.")
    slug = graphene.String(required=True, description="Its name in addresses; a place's code.")
    name = Localized("name", description="Its name in the reader's language.")


def _suggestions(root: Any, info: Any, text: str, first: int) -> list[Suggestion]:
    if not 0 <= first <= MOST:
        raise Invalid(
            say("请用 first 指定 0 到 {n} 条。", "Give first, from 0 to {n}.", n=MOST), field="first"
        )
    return suggestions(text.replace("\0", ""), first)


class Query:
    search_suggestions = guarded(
        cache_tags(
            mark(
                list_of(
                    SearchSuggestion,
                    most=MOST,
                    resolver=_suggestions,
                    description="What somebody may be about to write: Chinese, pinyin, initials or English.",
                    text=graphene.Argument(
                        graphene.String, required=True, description="What is written so far."
                    ),
                    first=graphene.Argument(
                        graphene.Int, required=True, description=f"How many, at most {MOST}."
                    ),
                ),
                cost=20,
            ),
            "products",
            # Synonyms are in use within a second.
            seconds=A_MOMENT,
        ),
        PUBLIC,
    )
