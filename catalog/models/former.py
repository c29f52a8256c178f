"""Addresses that products and teams had."""

from django.db import models

from catalog.models.product import Product
from catalog.models.team import Team


class FormerAddress(models.Model):
    """An address that something had once: it leads to where that is today, for ever, and becomes no other's."""

    slug = models.SlugField(max_length=80, unique=True)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.slug


class FormerSlug(FormerAddress):
    """A product's."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="former_slugs")


class FormerTeamSlug(FormerAddress):
    """A team's."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="former_slugs")
