"""A team's address that was its code says its name, and the one of before leads on to it for ever.

The release of before reads a team's address from its row, as it always did; only links to the old ones wait for the new
release. Search goes by the new one at once, another engine after the next `mend`.
"""

from django.db import migrations
from django.db.models.functions import Lower


def say_names(apps, schema_editor):
    from accounts.models.person import a_code
    from catalog.naming import in_letters

    Team, Former, SearchEntry = (
        apps.get_model("catalog", name) for name in ("Team", "FormerTeamSlug", "SearchEntry")
    )
    for team in Team.objects.filter(slug=Lower("code")).order_by("pk"):
        stem, was = in_letters(team.name_zh), team.slug
        if not stem or stem == was:
            continue
        is_taken = Team.objects.filter(slug=stem).exists() or Former.objects.filter(slug=stem).exists()
        team.slug = f"{stem}-{a_code(6).lower()}" if is_taken else stem
        team.save(update_fields=["slug"])
        Former.objects.create(slug=was, team=team)
        SearchEntry.objects.filter(product__team=team).update(team=team.slug, made_by=0)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0023_former_team_slugs")]

    operations = [migrations.RunPython(say_names, migrations.RunPython.noop)]
