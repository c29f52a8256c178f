import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A coupon and its uses; what it takes off stands on each line, and what a line’s buyer pays is less by it."""

    dependencies = [
        ('accounts', '0016_questions'),
        ('catalog', '0014_a_desk_is_an_appointment'),
        ('orders', '0026_bought_at_once'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Coupon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(blank=True, help_text='empty: for everybody, by its rule alone', max_length=20)),
                ('amount_minor', models.PositiveBigIntegerField(help_text="off its goods' sum; else a part of it", null=True)),
                ('percent', models.PositiveSmallIntegerField(null=True)),
                ('least_minor', models.PositiveBigIntegerField(default=0, help_text='from this sum of its goods on')),
                ('is_for_first', models.BooleanField(default=False, help_text="for a buyer's first purchase here alone")),
                ('most_in_all', models.PositiveIntegerField(help_text='uses; empty: no limit', null=True)),
                ('most_each', models.PositiveIntegerField(help_text='uses; empty: no limit', null=True)),
                ('uses', models.PositiveIntegerField(default=0, help_text='orders that have it now: not those that ended unpaid')),
                ('starts_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(help_text='taken back before its time', null=True)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='CouponUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.PositiveBigIntegerField(help_text='what it took off')),
                ('mailbox', models.BigIntegerField(null=True)),
                ('phone', models.BigIntegerField(null=True)),
                ('given_back_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='line',
            name='line_net_adds_up',
        ),
        migrations.RemoveConstraint(
            model_name='order',
            name='order_total_adds_up',
        ),
        migrations.AddField(
            model_name='cart',
            name='coupon_code',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='cart',
            name='is_without_coupon',
            field=models.BooleanField(db_default=False, default=False, help_text='the buyer has taken it off: none is to be used'),
        ),
        migrations.AddField(
            model_name='line',
            name='discount_minor',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='of a team’s coupon: nobody’s part'),
        ),
        migrations.AddField(
            model_name='line',
            name='subsidy_minor',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='of the shop’s coupon: the shop pays it in the buyer’s place'),
        ),
        migrations.AddField(
            model_name='order',
            name='discount_minor',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='what its coupon takes off, whoever pays for that'),
        ),
        migrations.AlterField(
            model_name='line',
            name='net_minor',
            field=models.PositiveBigIntegerField(help_text='quantity × price less what its coupon takes off: what its buyer pays for it'),
        ),
        migrations.AlterField(
            model_name='order',
            name='goods_minor',
            field=models.PositiveBigIntegerField(help_text='its lines at their prices'),
        ),
        migrations.AlterField(
            model_name='order',
            name='total_minor',
            field=models.PositiveBigIntegerField(help_text='what its buyer pays'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('net_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('quantity'), '*', models.F('unit_price_minor')), '-', models.F('discount_minor')), '-', models.F('subsidy_minor')))), name='line_net_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('discount_minor', 0), ('subsidy_minor', 0), _connector='OR'), name='line_has_one_coupon'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('total_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('goods_minor'), '+', models.F('shipping_minor')), '-', models.F('discount_minor')))), name='order_total_adds_up'),
        ),
        migrations.AddField(
            model_name='coupon',
            name='category',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.category'),
        ),
        migrations.AddField(
            model_name='coupon',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='coupon',
            name='team',
            field=models.ForeignKey(help_text="at whose expense; null: the shop's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.team'),
        ),
        migrations.AddField(
            model_name='couponuse',
            name='coupon',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='used', to='orders.coupon'),
        ),
        migrations.AddField(
            model_name='couponuse',
            name='order',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='coupon_use', to='orders.order'),
        ),
        migrations.AddIndex(
            model_name='coupon',
            index=models.Index(condition=models.Q(('code', ''), ('ended_at__isnull', True)), fields=['team'], name='coupons_for_everybody'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('code',), name='one_coupon_a_code'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__gt', 0), ('percent__isnull', True)), models.Q(('amount_minor__isnull', True), ('percent__gt', 0)), _connector='OR'), name='coupon_takes_off_a_sum_or_a_part'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__isnull', True), ('percent__lte', 50)), models.Q(('least_minor__gte', django.db.models.expressions.CombinedExpression(models.Value(2), '*', models.F('amount_minor'))), ('percent__isnull', True)), _connector='OR'), name='coupon_leaves_at_least_half'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('most_in_all__isnull', True), ('most_in_all__gt', 0), _connector='OR'), models.Q(('most_each__isnull', True), ('most_each__gt', 0), _connector='OR')), name='coupon_limit_is_not_nought'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('most_in_all__isnull', True), ('uses__lte', models.F('most_in_all')), _connector='OR'), name='coupon_is_used_no_more_than_it_may'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='coupon_ends_after_it_starts'),
        ),
        migrations.AddIndex(
            model_name='couponuse',
            index=models.Index(fields=['coupon', 'mailbox'], name='coupon_uses_of_a_mailbox'),
        ),
        migrations.AddIndex(
            model_name='couponuse',
            index=models.Index(fields=['coupon', 'phone'], name='coupon_uses_of_a_telephone'),
        ),
        migrations.AddConstraint(
            model_name='couponuse',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='coupon_use_takes_something_off'),
        ),
    ]
