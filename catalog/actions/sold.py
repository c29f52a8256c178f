"""Units sold as they are told: a step that only rises, moved once a day. Search and cards know the step alone: no order,
cursor or document holds how many it truly is."""

from collections.abc import Mapping
from datetime import date

from django.db import connection, transaction

from catalog import search
from catalog.actions import card
from catalog.models import Product, SearchEntry
from catalog.models.sold import step_of

# Who comes second waits for the first, and finds that it was done.
_BEGIN = "INSERT INTO catalog_solddisclosure (day, made_at) VALUES (%s, now()) ON CONFLICT DO NOTHING"


@transaction.atomic
def tell(day: date, units: Mapping[int, int]) -> int:
    """Raise the steps of these products, by their units sold until the boundary of this day; how many rose. A second
    time on one day nothing moves."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [day])
        if not cursor.rowcount:
            return 0
        steps = {pk: step for pk, sold in units.items() if (step := step_of(sold))}
        cursor.execute(card.LOCK, {"products": sorted(steps), "variants": [], "lots": []})
    told = dict(Product.objects.filter(pk__in=steps).values_list("pk", "sold_step"))
    # It never falls: units that are given back later would tell on which day.
    risen = {pk: steps[pk] for pk, before in told.items() if steps[pk] > before}
    for step in sorted(set(risen.values())):
        of_it = [pk for pk, its in risen.items() if its == step]
        Product.objects.filter(pk__in=of_it).update(sold_step=step)
        SearchEntry.objects.filter(product_id__in=of_it).update(sold_step=step)
    if risen:
        search.tell(risen.keys())
    return len(risen)
