"""An address that said no name is made of the product's name, and the one of before leads on to it for ever.

The release of before reads a product's address from its row, as it always did; only links to the few old ones wait for
the new release.
"""

import re

from django.db import migrations

NAMELESS = re.compile("product-[a-z0-9]{6}")


def say_names(apps, schema_editor):
    # Where another has the address already, its own tail keeps the two apart.
    from catalog.naming import in_letters

    Product, FormerSlug = (apps.get_model("catalog", name) for name in ("Product", "FormerSlug"))
    for product in Product.objects.filter(slug__startswith="product-").order_by("pk"):
        stem = in_letters(product.name_zh)
        if not stem or not NAMELESS.fullmatch(product.slug):
            continue
        was = product.slug
        is_taken = Product.objects.filter(slug=stem).exists()
        product.slug = f"{stem}-{was.removeprefix('product-')}" if is_taken else stem
        product.save(update_fields=["slug"])
        FormerSlug.objects.create(slug=was, product=product)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0017_former_slugs")]

    operations = [migrations.RunPython(say_names, migrations.RunPython.noop)]
