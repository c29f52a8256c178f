"""Addresses that products had."""

from django.db import models

from catalog.models.product import Product


class FormerSlug(models.Model):
    """An address that a product had once: it leads to where the product is today, for ever, and becomes no other's."""

    slug = models.SlugField(max_length=80, unique=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="former_slugs")
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug
