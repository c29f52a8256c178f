"""What a team pays its households for what it sends in place of what arrived spoilt."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('impact', '0016_whose_it_is_now'),
    ]

    operations = [
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('gateway', 'Gateway'), ('escrow', 'Escrow'), ('buyer', 'Buyer'), ('earmarked', 'Earmarked'), ('owed', 'Owed'), ('pool_earmarked', 'Pool Earmarked'), ('pool_owed', 'Pool Owed'), ('part_earmarked', 'Part Earmarked'), ('part_owed', 'Part Owed'), ('shipping_earmarked', 'Shipping Earmarked'), ('shipping_owed', 'Shipping Owed'), ('reserve', 'Reserve'), ('purse', 'Purse'), ('coupons', 'Coupons'), ('team_reserve', 'Team Reserve')], max_length=20),
        ),
        migrations.AlterField(
            model_name='ledgertransaction',
            name='reason',
            field=models.CharField(choices=[('paid', 'Paid'), ('held', 'Held'), ('confirmed', 'Confirmed'), ('refunded', 'Refunded'), ('given_back', 'Given Back'), ('returned', 'Returned'), ('turned_away', 'Turned Away'), ('owed', 'Owed'), ('disputed', 'Disputed'), ('regained', 'Regained'), ('replaced', 'Replaced'), ('replaced_due', 'Replaced Due')], max_length=12),
        ),
    ]
