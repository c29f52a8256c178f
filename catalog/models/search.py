"""What PostgreSQL's search knows of a published product; written by the search port alone."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from catalog.models.product import Product


class SearchEntry(models.Model):
    """Words (segmented Chinese, pinyin, English) and two-character pieces of a product."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    words = SearchVectorField()
    pieces = SearchVectorField()
    title = models.CharField(max_length=400)

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="search_words"),
            GinIndex(fields=["pieces"], name="search_pieces"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="search_title_trgm"),
        ]
