"""What an entry has gathered: supports that are never edited, and the standing folded from them."""

import uuid

from django.conf import settings
from django.db import models

from accounts.models import Organisation, Region
from impact.models.contest import Entry, Round
from impact.models.ledger import LedgerTransaction


class Support(models.Model):
    """One purchase for one entry, or what a refund takes back of it."""

    append_only = True

    class Exclusion(models.TextChoices):
        NONE = ""
        RELATED = "related"  # the team's own people

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="supports")
    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="supports")
    order_uid = models.UUIDField(db_index=True)
    amount_minor = models.BigIntegerField(help_text="net of the lines; negative when taken back")
    exclusion = models.CharField(max_length=10, choices=Exclusion.choices, blank=True)
    person_key = models.CharField(max_length=64, help_text="an HMAC: the same person, not who")
    is_known_person = models.BooleanField(help_text="an account or a verified address; else no person")
    day = models.DateField(help_text="when placed, in Shanghai")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    mobiliser_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    mobiliser_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "entry"], name="one_support_a_transaction_and_entry"
            )
        ]
        indexes = [models.Index(fields=["entry", "person_key"], name="supports_of_an_entry")]


class SupportNumber(models.Model):
    """The order in which committed supports were folded: identity values commit out of order."""

    append_only = True

    number = models.PositiveBigIntegerField(primary_key=True)
    support = models.OneToOneField(Support, on_delete=models.PROTECT, related_name="numbered")


class SupportWaiting(models.Model):
    """A support that is not folded yet. The fold takes it away: what it finds here has committed."""

    support = models.OneToOneField(Support, on_delete=models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        verbose_name_plural = "supports waiting"


class Standing(models.Model):
    """An entry's figures now: the fold of its numbered supports, up to `number`."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    number = models.PositiveBigIntegerField(default=0)
    net_minor = models.BigIntegerField(default=0)
    person_times = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    organisations = models.PositiveIntegerField(default=0)
    mobilised_minor = models.BigIntegerField(default=0)
    excluded_minor = models.BigIntegerField(default=0, help_text="shown beside it, not counted")
    folded_at = models.DateTimeField(null=True)


class Presence(models.Model):
    """How many qualifying orders a person, or an organisation, has in a division of a round; null: in all of it."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="+")
    division = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    person_key = models.CharField(
        max_length=64, blank=True, help_text="of a known person; else an organisation's"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    orders = models.IntegerField()

    class Meta:
        verbose_name_plural = "presences"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "division", "person_key", "organisation"],
                nulls_distinct=False,
                name="one_presence_in_a_division",
            )
        ]


class Turnout(models.Model):
    """How many different people and organisations bought in a division of a round; null: in all of it.

    They cannot be added up from entries, nor counted anew of all that was ever bought: the fold keeps them.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="turnouts")
    division = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    people = models.IntegerField()
    organisations = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "division"], nulls_distinct=False, name="one_turnout_a_division"
            )
        ]
