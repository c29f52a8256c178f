"""What an entry has gathered: supports that are never edited, and the standing folded from them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, Region
from core.choices import Choices
from core.language import say
from core.money import show
from impact.models.contest import Entry, Round
from impact.models.ledger import LedgerTransaction


class Support(models.Model):
    """One purchase for one entry, what a refund takes back of it, or (without a sum) that its buyer is known.

    A stranger may order under anybody's address. Until its mailbox is proved a guest's purchase is an amount
    alone; a support without a transaction says that it was, and whether that buyer is of the team. Should the mailbox
    have an account later, or that account go into another, another one says so: the last one holds.
    """

    append_only = True

    class Exclusion(Choices):
        NONE = "", say("计入", "Counted")
        RELATED = "related", say("团队自己人", "The team’s own people")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="supports")
    transaction = models.ForeignKey(
        LedgerTransaction, on_delete=models.PROTECT, null=True, related_name="supports", db_index=False
    )
    order_uid = models.UUIDField(db_index=True)
    amount_minor = models.BigIntegerField(help_text="net of the lines; negative when taken back")
    exclusion = models.CharField(max_length=10, choices=Exclusion.choices, blank=True)
    person_key = models.CharField(max_length=64, help_text="an HMAC: the same person, not who")
    is_known_person = models.BooleanField(help_text="an account or a proved mailbox; else an amount alone")
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
    is_own_call = models.BooleanField(
        default=False,
        help_text="by a code of the team's own people: told among what was mobilised, never scored",
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "entry"], name="one_support_a_transaction_and_entry"
            ),
            models.UniqueConstraint(
                fields=["order_uid", "entry", "person_key", "exclusion", "mobiliser_person"],
                condition=Q(transaction=None),
                nulls_distinct=False,
                name="one_proof_an_order_and_entry",
            ),
            models.CheckConstraint(
                condition=Q(transaction__isnull=False) | Q(amount_minor=0, is_known_person=True),
                name="a_proof_moves_no_money",
            ),
        ]

    def __str__(self) -> str:
        return f"{show(self.amount_minor)} · {self.day:%Y-%m-%d}"


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
    called_minor = models.BigIntegerField(
        default=0, help_text="what is told as mobilised: with what came by the team's own codes"
    )
    excluded_minor = models.BigIntegerField(default=0, help_text="shown beside it, not counted")
    folded_at = models.DateTimeField(null=True, help_text="when a sum that is told live last moved")

    def __str__(self) -> str:
        return f"{show(self.net_minor)} · {self.number}"


class StandingDay(models.Model):
    """An entry's net at the end of a day, as it was told live: what a round's race is drawn from.

    A support is of the day of the latest purchase in its round that was folded by then, so that a refund or a proof of a
    later day is not told of the purchase's. `number` is that of the last support in it.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    net_minor = models.BigIntegerField()
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "day"], name="one_net_an_entry_and_day")]
        indexes = [models.Index(fields=["round", "day"], name="days_of_a_round")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} · {show(self.net_minor)}"


class SupporterDay(models.Model):
    """That a known person bought for an entry on a day, by so many orders that count: of it person-times are made.

    Like the next one it belongs to the fold, which so needs not look again at what it has folded; nobody else reads it.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+", db_index=False)
    person_key = models.CharField(max_length=64, help_text="an HMAC: the same person, not who")
    day = models.DateField()
    orders = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "person_key", "day"], name="one_supporter_and_day"),
            models.CheckConstraint(condition=Q(orders__gt=0), name="supporter_has_bought"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.day:%Y-%m-%d}"


class SupportingOrganisation(models.Model):
    """What an organisation bought for an entry, or called others to buy, net of the orders that count."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    net_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "organisation"], name="one_supporting_organisation"),
            models.CheckConstraint(condition=Q(net_minor__gt=0), name="organisation_has_bought"),
        ]

    def __str__(self) -> str:
        return show(self.net_minor)


class Disclosure(models.Model):
    """What is told of counts in an entry, a division or a whole round: made once a day, exact from the freeze.

    No count under ten, and null is told as "fewer than 10". An entry whose households fell under ten stands still
    from a boundary until the freeze, with the sums and up to the support that it had then.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="disclosures")
    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, null=True, related_name="disclosure")
    division = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField(help_text="of the boundary, 04:00 in Shanghai, as of which it is told")
    made_at = models.DateTimeField()
    number = models.PositiveBigIntegerField(help_text="up to this support")
    is_final = models.BooleanField(default=False)
    person_times = models.PositiveIntegerField(null=True)
    people = models.PositiveIntegerField(null=True)
    are_times_exact = models.BooleanField(default=False, help_text="else so many or more")
    are_people_exact = models.BooleanField(default=False)
    organisations = models.PositiveIntegerField(null=True)
    excluded_minor = models.BigIntegerField(null=True, help_text="of a whole round alone")
    held_since = models.DateField(null=True)
    held_number = models.PositiveBigIntegerField(null=True)
    held_net_minor = models.BigIntegerField(null=True)
    held_mobilised_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "entry", "division"], nulls_distinct=False, name="one_disclosure_a_cell"
            ),
            models.CheckConstraint(
                condition=(Q(people=None) | Q(people__gte=10))
                & (Q(person_times=None) | Q(person_times__gte=10))
                & (Q(organisations=None) | Q(organisations__gte=10) | Q(is_final=True)),
                name="no_count_under_ten_is_told",
            ),
            models.CheckConstraint(
                condition=Q(excluded_minor=None) | Q(entry=None, division=None),
                name="what_is_excluded_is_told_of_a_round_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} · {self.number}"
