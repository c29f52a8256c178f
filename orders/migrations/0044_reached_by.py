"""Who is told of money that comes back for a guest's order that was never proved, once its mailbox is forgotten."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("orders", "0043_news"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="reached_by",
            field=models.ForeignKey(
                db_index=False,
                help_text="of a guest's that was never proved, under the mailbox of an account that is deleted: who is told, "
                "should money come back",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("reached_by__isnull", False)),
                fields=["reached_by"],
                name="orders_reached_by_another",
            ),
        ),
    ]
