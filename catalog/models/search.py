"""What search knows of a published product: PostgreSQL's index, and what another engine is told.

Written by the search port and the cards alone, in the transaction of the change.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from catalog.models.product import Product


class SearchEntry(models.Model):
    """A product's words, and all that a search narrows, counts and orders by: one row, no joins."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    category = models.CharField(max_length=40, help_text="its slug")
    division = models.CharField(max_length=6, help_text="the team's, by its code")
    kind = models.CharField(max_length=12)
    team = models.CharField(max_length=80, help_text="its slug")
    season = ArrayField(
        models.PositiveSmallIntegerField(),
        size=12,
        help_text="by month: 0 out of season, else more the shorter it is",
    )
    in_stock = models.BooleanField(help_text="net of what is reserved")
    price_from_minor = models.PositiveBigIntegerField()
    published_at_us = models.BigIntegerField(help_text="microseconds since 1970")
    titles = models.CharField(max_length=400, help_text="|both titles|, lower case: an exact one comes first")
    title_words = SearchVectorField(help_text="the words of the titles: what they hold comes first")
    sold_step = models.PositiveSmallIntegerField(default=0, db_default=0)
    rating_tenths = models.PositiveSmallIntegerField(default=0, db_default=0)
    reviews_shown = models.PositiveIntegerField(default=0, db_default=0)
    made_by = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="which words it holds (search.WORDS): one of before is written anew by mend_search",
    )
    words = SearchVectorField(help_text="all words: of titles, team, place and the rest; initials and pieces")

    class Meta:
        # Written at once: a list of what is pending would be read by each search.
        indexes = [
            GinIndex(fields=["words"], name="search_words", fastupdate=False),
            GinIndex(fields=["title_words"], name="search_title_words", fastupdate=False),
        ]


class SearchWord(models.Model):
    """A word of some title, as it is spelt: what a misspelt one may have meant."""

    word = models.CharField(max_length=60, primary_key=True)

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_spelling")]
