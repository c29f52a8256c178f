from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("orders", "0034_often_together"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="mobile",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="where a guest without a mailbox is told by text, as E.164; empty of all others",
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("mobile", ""), _negated=True), fields=["mobile"], name="orders_of_a_number"
            ),
        ),
    ]
