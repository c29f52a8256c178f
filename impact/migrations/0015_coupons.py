from django.db import migrations, models


class Migration(migrations.Migration):
    """An account for what the shop pays of lines by its own coupons."""

    dependencies = [
        ('impact', '0014_days_of_the_race'),
    ]

    operations = [
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('gateway', 'Gateway'), ('escrow', 'Escrow'), ('buyer', 'Buyer'), ('earmarked', 'Earmarked'), ('owed', 'Owed'), ('pool_earmarked', 'Pool Earmarked'), ('pool_owed', 'Pool Owed'), ('part_earmarked', 'Part Earmarked'), ('part_owed', 'Part Owed'), ('shipping_earmarked', 'Shipping Earmarked'), ('shipping_owed', 'Shipping Owed'), ('reserve', 'Reserve'), ('purse', 'Purse'), ('coupons', 'Coupons')], max_length=20),
        ),
    ]
