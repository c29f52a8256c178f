import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What buyers want invoices to say, and the invoices that teams have uploaded."""

    dependencies = [
        ('catalog', '0015_synonyms'),
        ('orders', '0036_claims_to_and_fro'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.CharField(help_text='as the tax office gave it, digits alone', max_length=20)),
                ('amount_minor', models.PositiveBigIntegerField(help_text='tax included; of a red one what it takes back')),
                ('title', models.CharField(max_length=100)),
                ('tax_number', models.CharField(blank=True, max_length=18)),
                ('form', models.CharField(choices=[('pdf', 'Pdf'), ('ofd', 'Ofd')], max_length=3)),
                ('body', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('blue', models.ForeignKey(help_text='of a red one: what it takes back', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reds', to='orders.invoice')),
                ('team', models.ForeignKey(help_text='who issued it', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.team')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='InvoicePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.PositiveBigIntegerField()),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='orders.invoice')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_parts', to='orders.order')),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ordinary', 'Ordinary'), ('special', 'Special')], default='ordinary', max_length=10)),
                ('title', models.CharField(max_length=100)),
                ('tax_number', models.CharField(blank=True, help_text='of a company; empty of a person', max_length=18)),
                ('asked_at', models.DateTimeField(auto_now=True)),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='invoice_wish', to='orders.order')),
            ],
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(fields=('team', 'number'), name='one_invoice_a_number_and_issuer'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='invoice_is_over_something'),
        ),
        migrations.AddConstraint(
            model_name='invoicepart',
            constraint=models.UniqueConstraint(fields=('invoice', 'order'), name='one_part_an_invoice_and_order'),
        ),
        migrations.AddConstraint(
            model_name='invoicepart',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='invoice_part_is_something'),
        ),
        migrations.AddConstraint(
            model_name='invoicewish',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'special'), _negated=True), models.Q(('tax_number', ''), _negated=True), _connector='OR'), name='special_invoice_is_a_companys'),
        ),
        migrations.AddField(
            model_name='cart',
            name='invoice_title',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
        migrations.AddField(
            model_name='cart',
            name='invoice_tax_number',
            field=models.CharField(blank=True, db_default='', default='', max_length=18),
        ),
        migrations.AddField(
            model_name='cart',
            name='invoice_kind',
            field=models.CharField(blank=True, db_default='', default='', help_text='empty: no invoice is wanted', max_length=10),
        ),
    ]
