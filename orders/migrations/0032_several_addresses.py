"""A part of a cart may go to somebody else; her parcel says what is written to her, whether it is packed, and when its
address was changed."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_questions'),
        ('catalog', '0014_a_desk_is_an_appointment'),
        ('orders', '0031_returned_by_line'),
    ]

    operations = [
        migrations.CreateModel(
            name='CartAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('recipient', models.CharField(max_length=60)),
                ('phone', models.CharField(max_length=24)),
                ('street', models.CharField(max_length=200)),
                ('gift_note', models.CharField(blank=True, max_length=200)),
                ('sender', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='cartline',
            name='one_cart_line_a_variant',
        ),
        migrations.AddField(
            model_name='parcel',
            name='changed_at',
            field=models.DateTimeField(help_text='when its buyer last changed who takes it, or where', null=True),
        ),
        migrations.AddField(
            model_name='parcel',
            name='gift_note',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='parcel',
            name='is_gift',
            field=models.BooleanField(db_default=False, default=False, help_text='for somebody else than who bought: forgotten early'),
        ),
        migrations.AddField(
            model_name='parcel',
            name='packed_at',
            field=models.DateTimeField(help_text='from then on its address stays as it is', null=True),
        ),
        migrations.AddField(
            model_name='parcel',
            name='sender',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
        migrations.AddIndex(
            model_name='parcel',
            index=models.Index(condition=models.Q(('is_gift', True), models.Q(('street', ''), _negated=True)), fields=['id'], name='gifts_to_forget'),
        ),
        migrations.AddField(
            model_name='cartaddress',
            name='cart',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='orders.cart'),
        ),
        migrations.AddField(
            model_name='cartaddress',
            name='region',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.region'),
        ),
        migrations.AddField(
            model_name='cartline',
            name='address',
            field=models.ForeignKey(help_text="to whom it is sent; empty: to the cart's own address", null=True, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='orders.cartaddress'),
        ),
        migrations.AddConstraint(
            model_name='cartline',
            constraint=models.UniqueConstraint(fields=('cart', 'variant', 'address'), name='one_cart_line_a_variant_and_address', nulls_distinct=False),
        ),
    ]
