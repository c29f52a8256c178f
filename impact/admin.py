"""The operators' rooms of this floor: households to verify, ledger and contest to look at.

What a household brought and what was set aside for it has no room: of that nobody outside its team is told.
"""

from datetime import date

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from accounts.operators import OperatorAdmin, admin_action
from accounts.shown import ShownInline
from impact.actions import household as households
from impact.models import (
    Account,
    DetailReading,
    DisclosedHouseholds,
    Disclosure,
    Edition,
    Entry,
    Household,
    LedgerTransaction,
    Round,
    Standing,
    Support,
    Transfer,
)
from impact.reads.household import FEWEST


class ReadOnly(OperatorAdmin):
    """To look at, and nothing more: the database would refuse it too."""

    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes what is only ever added to."""
        return False


class Transfers(ShownInline):
    """The movements of a transaction."""

    model = Transfer
    called = ("转账", "Transfers")
    fields = ("source", "target", "amount_minor", "line")


@admin.register(Household)
class HouseholdAdmin(OperatorAdmin):
    """Households under their pseudonyms; they are verified in the office."""

    called = ("农户", "household", "households")
    list_display = ("uid", "team", "county", "state", "consented_at", "verified_at")
    list_filter = ("state",)
    search_fields = ("=uid", "=team__code")
    list_select_related = ("team", "county")
    fields = ("uid", "team", "county", "state", "consented_at", "verified_at", "verified_by")
    ordering = ("-id",)
    actions = (admin_action("退出，抹去资料 · Withdraw", households.withdraw, is_final=True),)


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnly):
    """What happened with money, and the movements of it."""

    called = ("账目", "ledger transaction", "ledger transactions")
    list_display = ("key", "reason", "at")
    list_filter = ("reason",)
    search_fields = ("=key", "=order_uid")
    ordering = ("-id",)
    inlines = (Transfers,)


@admin.register(Account)
class AccountAdmin(ReadOnly):
    """Places where money stands."""

    called = ("账户科目", "ledger account", "ledger accounts")
    list_display = ("id", "kind", "team", "lot", "part", "holder")
    fields = ("kind", "team", "lot", "part", "holder")
    list_filter = ("kind",)
    list_select_related = ("team", "lot")


@admin.register(Support)
class SupportAdmin(ReadOnly):
    """Purchases as the contest counts them; who bought is a keyed hash."""

    called = ("支持", "support", "supports")
    list_display = ("id", "entry", "amount_minor", "exclusion", "day", "at")
    list_filter = ("exclusion",)
    fields = (
        *("uid", "entry", "transaction", "order_uid", "amount_minor", "exclusion", "day", "organisation"),
        *("mobiliser_organisation", "is_own_call", "at"),
    )
    list_select_related = ("entry",)
    ordering = ("-id",)


@admin.register(Standing)
class StandingAdmin(ReadOnly):
    """Entries' figures now."""

    called = ("战绩", "standing", "standings")
    list_display = (
        "entry",
        "net_minor",
        "person_times",
        "people",
        "organisations",
        "excluded_minor",
        "number",
    )
    list_select_related = ("entry",)
    ordering = ("-net_minor",)


@admin.register(Edition)
class EditionAdmin(ReadOnly):
    """Contests; the secret that makes person keys stays out of sight."""

    called = ("赛事", "edition", "editions")
    list_display = ("slug", "ordinal", "name_zh")
    fields = ("uid", "slug", "ordinal", "name_zh", "name_en", "theme_zh", "theme_en")


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    """Teams in the contest; those with fewer than ten households stand still in public from the next boundary."""

    called = ("参赛团队", "entry", "entries")
    list_display = ("number", "team", "round", "households", "stands_still_since")
    list_filter = ("round",)
    list_select_related = ("team", "round", "disclosure")
    fields = ("uid", "number", "team", "round", "approved_at", "households", "stands_still_since")
    ordering = ("number",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """With how many verified households stand behind each."""
        verified = Count("team__households", filter=Q(team__households__state=Household.State.VERIFIED))
        return super().get_queryset(request).annotate(behind=verified)

    @admin.display(description="农户 · households", ordering="behind")
    def households(self, entry: Entry) -> str:
        """How many, and a word where they are too few."""
        count: int = entry.behind  # type: ignore[attr-defined]
        return f"{count} · 不足 10 · fewer than 10" if count < FEWEST else str(count)

    @admin.display(description="停住 · stands still since")
    def stands_still_since(self, entry: Entry) -> date | None:
        """Since which boundary its public figures stand still."""
        told: Disclosure | None = getattr(entry, "disclosure", None)
        return told.held_since if told else None


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnly):
    """What the public is told of counts, and since when."""

    called = ("公布的数字", "disclosed figure", "disclosed figures")
    list_display = (
        "round",
        "entry",
        "division",
        "day",
        "people",
        "person_times",
        "organisations",
        "held_since",
    )
    list_filter = ("round", "is_final")
    list_select_related = ("round", "entry", "division")
    ordering = ("round", "entry__number", "division")


@admin.register(DetailReading)
class DetailReadingAdmin(ReadOnly):
    """Who opened a household's details, and why."""

    called = ("农户资料查看", "reading of details", "readings of details")


@admin.register(DisclosedHouseholds)
class DisclosedHouseholdsAdmin(ReadOnly):
    """How many households are told to stand behind each team."""

    called = ("公布的农户数", "disclosed household count", "disclosed household counts")


@admin.register(Round)
class RoundAdmin(ReadOnly):
    """The levels of a contest, by the clock."""

    called = ("赛段", "round", "rounds")
