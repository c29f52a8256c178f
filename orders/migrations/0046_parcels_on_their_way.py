"""A parcel's numbers are remembered: whatever writes one, of this release or the one before, a trigger adds to its history. What
was sent before begins with the number that it has."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


NOTES = """
    CREATE FUNCTION orders_note_number() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO orders_parcelnumber (parcel_id, carrier, tracking_number, at)
        VALUES (NEW.id, NEW.carrier, NEW.tracking_number, clock_timestamp());
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_number AFTER UPDATE OF carrier, tracking_number ON orders_parcel
    FOR EACH ROW WHEN ((OLD.carrier, OLD.tracking_number) IS DISTINCT FROM (NEW.carrier, NEW.tracking_number))
    EXECUTE FUNCTION orders_note_number();
    CREATE TRIGGER note_first_number AFTER INSERT ON orders_parcel
    FOR EACH ROW WHEN (NEW.tracking_number <> '') EXECUTE FUNCTION orders_note_number();
"""
FORGETS = """
    DROP TRIGGER note_number ON orders_parcel; DROP TRIGGER note_first_number ON orders_parcel;
    DROP FUNCTION orders_note_number;
"""
BEGINS = """
    INSERT INTO orders_parcelnumber (parcel_id, carrier, tracking_number, at)
    SELECT p.id, p.carrier, p.tracking_number, coalesce(min(s.shipped_at), now())
    FROM orders_parcel p LEFT JOIN orders_shipment s ON s.parcel_id = p.id
    WHERE p.tracking_number <> '' GROUP BY p.id ORDER BY p.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0045_return_label'),
    ]

    operations = [
        migrations.AddField(
            model_name='parcel',
            name='grams',
            field=models.PositiveIntegerField(help_text='what it weighs, where its team has said so', null=True),
        ),
        migrations.AddField(
            model_name='shipment',
            name='came_back_at',
            field=models.DateTimeField(help_text='when its team last had it back from the carrier; it waits to be sent again', null=True),
        ),
        migrations.AddField(
            model_name='shipment',
            name='lost_at',
            field=models.DateTimeField(help_text='since when its team says that the carrier has lost it', null=True),
        ),
        migrations.CreateModel(
            name='ParcelNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('carrier', models.CharField(blank=True, max_length=40)),
                ('tracking_number', models.CharField(blank=True, max_length=40)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='orders.parcel')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('tracking_number', ''), _negated=True), fields=['tracking_number'], name='numbers_that_parcels_had')],
            },
        ),
        migrations.RunSQL([BEGINS, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
        migrations.RunSQL([NOTES], [FORGETS]),
    ]
