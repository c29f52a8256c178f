"""First shipping rates, from Hubei by parcel service.

The figures are ours: round sums of the order that carriers in Hubei ask, not any carrier's tariff. An operator
changes them in the admin. A pair of storage class and province that is not here is not served.
"""

from django.db import migrations

HUBEI = ["420000"]
NEAR = ["340000", "360000", "410000", "430000", "500000", "610000"]
FAR = ["150000", "460000", "620000", "630000", "640000"]
EDGE = ["540000", "650000"]  # Tibet, Xinjiang: a week and more on the road
BEYOND_CUSTOMS = ["710000", "810000", "820000"]  # Taiwan, Hong Kong, Macau

# storage: {zone: (first fen, fen a further kilogram), or None = not sent there}; the first 3 kg are one price
# (live animals: 2 kg).
RATES = {
    "dry": {"hubei": (500, 100), "near": (600, 150), "else": (800, 200), "far": (1200, 500), "edge": (1800, 1000)},
    "fresh": {"hubei": (600, 120), "near": (800, 200), "else": (1200, 300), "far": (2000, 800), "edge": None},
    "chilled": {"hubei": (1200, 300), "near": (1800, 400), "else": (2500, 500), "far": (3800, 1000), "edge": None},
    "frozen": {"hubei": (1500, 300), "near": (2000, 400), "else": (2800, 600), "far": None, "edge": None},
    "live": {"hubei": (2000, 400), "near": (3000, 600), "else": (4500, 800), "far": None, "edge": None},
}
ZONES = {"hubei": HUBEI, "near": NEAR, "far": FAR, "edge": EDGE, "else": [None]}


def rows():
    for storage, zones in RATES.items():
        first_grams = 2000 if storage == "live" else 3000
        for zone, rate in zones.items():
            first, step = rate or (0, 0)
            for region in ZONES[zone]:
                yield dict(
                    storage=storage, region_id=region, is_served=rate is not None, first_grams=first_grams,
                    first_minor=first, step_grams=1000, step_minor=step,
                )
        for region in BEYOND_CUSTOMS:
            yield dict(
                storage=storage, region_id=region, is_served=False, first_grams=first_grams, first_minor=0,
                step_grams=1000, step_minor=0,
            )


def write(apps, schema_editor):
    ShippingRate = apps.get_model("orders", "ShippingRate")
    ShippingRate.objects.bulk_create(ShippingRate(**row) for row in rows())


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("accounts", "0002_regions")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop, elidable=False)]
