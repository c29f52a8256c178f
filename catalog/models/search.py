"""What PostgreSQL's search knows of a published product; written by the search port alone."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from catalog.models.product import Product


class SearchEntry(models.Model):
    """Words (segmented Chinese, pinyin, English) and two-character pieces of a product, by weight."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    words = SearchVectorField(help_text="A: title, B: team and place, C: the rest, D: initials and pieces")
    titles = models.CharField(max_length=400, help_text="|both titles|, lower case: an exact one comes first")
    latin = models.CharField(max_length=400, help_text="English and pinyin of the title, for misspellings")

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="search_words"),
            GinIndex(fields=["latin"], opclasses=["gin_trgm_ops"], name="search_latin"),
        ]
